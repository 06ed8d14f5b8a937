"""The simulated AWS that labs talk to: clock, network, cache endpoints, database, trace.

Belongs here: anything a real client could meet at the other end of a connection. It knows no lab and no grader.
Import the modules by name (`labs.cloud.cloud`, `labs.cloud.database`); the heavy ones load when they are first used.
"""
