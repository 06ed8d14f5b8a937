"""What scripts/bench.py measures: the stock runtime as the yardstick, visits to the built site, and the table of both."""
