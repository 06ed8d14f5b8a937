"""The labs on real servers: cache endpoints of a cloud that stand on Redis, Valkey, ElastiCache or Memcached.

The learner's client goes on connecting to the lab's host names. Behind them each command goes to a real server, with
every key under a prefix of this run alone; replies come back without it. Keys of anybody else are neither read nor
deleted. Or the run starts servers of its own (`own_…`), which are told what AWS calls change, and refuse in their own
words. Only the command line comes here: nothing in `labs.cloud` or `labs.engine` imports this package.
"""
