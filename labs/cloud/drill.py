"""A failure drill: what an operator breaks on purpose while an app is running, to see what the app makes of it.

drill.stop("mc-0002.cache.lab")    # the node behind that name is gone, with what it held
drill.start("mc-0002.cache.lab")   # an empty one in its place (a replication group replaces its nodes by itself)
"""

from __future__ import annotations

from labs.cloud.cloud import Cloud, current
from labs.cloud.memcached import MemcachedCluster


class DrillError(Exception):
    """There is no such node to break or to start. Korean."""


def stop(host: str) -> None:
    """The node of this host name dies: a Memcached node, or the primary behind a primary endpoint."""
    cloud = current()
    for group in cloud.groups:
        if host in (group.primary_host, group.primary.host):
            group.fail_primary()
            return
    _cluster(cloud, host).fail(host)


def start(host: str) -> None:
    """A new and empty Memcached node in the place of the one that was stopped."""
    _cluster(current(), host).recover(host)


def _cluster(cloud: Cloud, host: str) -> MemcachedCluster:
    for cluster in cloud.memcached_clusters:
        if host in (node.host for node in cluster.nodes):
            return cluster
    raise DrillError(f"멈추거나 켤 수 있는 노드 가운데 {host!r}이(가) 없습니다.")
