"""Exports: each format alone, and what all of them promise."""
