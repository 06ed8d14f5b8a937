"""API calls of ElastiCache about nodes that run: the failover test, and the parameters of the engine."""

from __future__ import annotations

from labs.cloud.control import Answer, ApiError, Asked, Control, operation
from labs.cloud.settings import SettingError

SHARD = "0001"
"""The id of the one shard that a group with cluster mode disabled has."""


@operation(
    "elasticache",
    "TestFailover",
    {"ReplicationGroupId": str, "NodeGroupId": str},
    required=("ReplicationGroupId", "NodeGroupId"),
)
def test_failover(control: Control, asked: Asked) -> Answer:
    """Let the primary of a shard fail. The call returns at once; the promotion takes its time."""
    group_id, shard = asked.text("ReplicationGroupId"), asked.text("NodeGroupId")
    managed = control.group(group_id)
    if shard != SHARD:
        raise ApiError("NodeGroupNotFoundFault", f"Node group {shard} not found in replication group {group_id}.")
    group = next((one for one in control.cloud.groups if one.id == group_id), None)
    if group is None or not group.replicas or not group.available:
        raise ApiError(
            "InvalidReplicationGroupState",
            f"Replication group {group_id} must be available and have automatic failover with a replica.",
        )
    group.fail_primary()
    return {"ReplicationGroup": {"ReplicationGroupId": managed.id, "Status": "modifying"}}


@operation(
    "elasticache",
    "ModifyCacheParameterGroup",
    {"CacheParameterGroupName": str, "ParameterNameValues": [{"ParameterName": str, "ParameterValue": str}]},
    required=("CacheParameterGroupName", "ParameterNameValues"),
)
def modify_cache_parameter_group(control: Control, asked: Asked) -> Answer:
    """Change parameters of every node that uses the group, at once."""
    name = asked.text("CacheParameterGroupName")
    nodes = control.cloud.parameter_groups.get(name)
    if nodes is None:
        raise ApiError("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.")
    changes = [
        (one.text("ParameterName"), one.text("ParameterValue")) for one in asked.structures("ParameterNameValues")
    ]
    for parameter, value in changes:
        # maxmemory comes with the node type: nobody may change it.
        if parameter == "maxmemory" or parameter not in nodes[0].settings.all():
            raise ApiError("InvalidParameterValue", f"The parameter {parameter} cannot be modified or does not exist.")
        try:
            nodes[0].settings.checked(parameter, value)
        except SettingError as error:
            raise ApiError(
                "InvalidParameterValue", f"The value {value} is invalid for parameter {parameter}: {error}."
            ) from None
    for node in nodes:
        for parameter, value in changes:
            node.settings.set(parameter, value)
    return {"CacheParameterGroupName": name}
