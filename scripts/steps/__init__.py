"""The steps of a build. Each is a function from files to files; scripts/commands/build.py puts them in order."""
