"""Walks through the built site in a real browser, at `/` and below `/repo/`, on a server that sends no headers."""
