"""Everything around a lesson: template overrides, styles, fonts, reading-side fences, and the shell with the learning record."""
