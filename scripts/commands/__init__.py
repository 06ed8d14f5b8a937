"""The commands behind scripts/*.py, run inside `.venv` after scripts/bootstrap.py has set the project up."""
