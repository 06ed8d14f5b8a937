"""How long each operation takes, in microseconds of virtual time.

Round figures for one Availability Zone: the labs teach the proportion (a cache answers in well under a millisecond,
a database query takes many), not a benchmark.
"""

CONNECT_US = 1_000
"""Opening a TCP connection and greeting the other end (redis-py sends HELLO). A connection that fails costs the same."""

CACHE_ROUND_TRIP_US = 500
"""Client to cache node and back. A pipeline pays it once for all its commands."""

CACHE_COMMAND_US = 20
"""The node's own work for one command."""

DATABASE_READ_US = 12_000
"""One SELECT on RDS: network, parsing, and reading rows."""

DATABASE_WRITE_US = 18_000
"""One INSERT, UPDATE or DELETE on RDS, committed."""
