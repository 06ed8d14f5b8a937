"""How long each operation takes, in microseconds of virtual time.

Round figures for one Availability Zone: the labs teach the proportion (a cache answers in well under a millisecond,
a database query takes many), not a benchmark.
"""

CONNECT_US = 1_000
"""Opening a TCP connection and greeting the other end (redis-py sends HELLO). A connection that fails costs the same."""

CONNECT_PATIENCE_US = 127_000_000
"""How long a connection attempt without a timeout of its own waits for an answer that never comes: Linux repeats its
SYN six times (`tcp_syn_retries`), after 1, 2, 4, 8, 16 and 32 seconds, and waits 64 more."""

API_CALL_US = 200_000
"""One AWS API call over HTTPS. What it starts (a new rule, a new token) is done when it returns."""

REPLICATION_LAG_MS = 100
"""A write reaches a replica this much later, unless a lab says otherwise. Milliseconds, to be seen in a lab: inside one
Region it is usually less."""

PROMOTION_US = 5_000_000
"""From the death of a primary until the primary endpoint points at a promoted replica ("within a few seconds")."""

REPLACEMENT_US = 300_000_000
"""From a promotion until a new node has taken the place of the dead one, as a replica."""

CACHE_ROUND_TRIP_US = 500
"""Client to cache node and back. A pipeline pays it once for all its commands."""

CACHE_COMMAND_US = 20
"""The node's own work for one command."""

DATABASE_READ_US = 12_000
"""One SELECT on RDS: network, parsing, and reading rows."""

DATABASE_WRITE_US = 18_000
"""One INSERT, UPDATE or DELETE on RDS, committed."""

DATABASE_WORKERS = 10
"""How many statements of `async` code a database works on at once. Further ones wait for their turn, as they do where the
connections of a pool have run out."""
