"""Tests, mirroring the rooms; conformance/ compares the simulation with real servers, browser/ walks the built site."""
