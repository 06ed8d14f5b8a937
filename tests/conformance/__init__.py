"""The simulated cloud against real servers: the same commands on both, and no difference that is not written down."""
