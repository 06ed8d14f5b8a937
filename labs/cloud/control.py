"""The control plane: what AWS API calls know and change, and the table of the calls there are.

To add a call, write a function `(control, asked) -> answer` under `@operation(…)` and name its module in
`labs.cloud.aws.MODULES`. Parameter names and error codes are those of the AWS service models; a change made with
`ApplyImmediately=True` is done when the call returns, any other waits for the maintenance window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from labs.cloud.access import DEFAULT_USER, Access, AccessStringError, User
from labs.cloud.door import Door, Encryption, Rule, SecurityGroup

if TYPE_CHECKING:
    from labs.cloud.cloud import Cloud

type Service = Literal["ec2", "elasticache"]
type Shape = type | list[Shape] | dict[str, Shape]
"""What a parameter must be: a type, a list of such, or a structure of named ones."""
type Answer = dict[str, object]

WEEK_S = 7 * 24 * 3600
# 1970-01-01 was a Thursday; the window opens on Sundays at 05:00 UTC.
_WINDOW_S = 3 * 24 * 3600 + 5 * 3600


class ApiError(Exception):
    """A call was refused. `code` is the service's, `message` says what was wrong."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Asked:
    """The parameters of a call or of a structure in it, already of the types that the operation declares."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name, default)
        return value if isinstance(value, str) else default

    def number(self, name: str, default: int) -> int:
        value = self._values.get(name, default)
        return value if isinstance(value, int) else default

    def flag(self, name: str) -> bool:
        return self._values.get(name) is True

    def texts(self, name: str) -> list[str]:
        value = self._values.get(name, [])
        return [str(item) for item in value] if isinstance(value, list) else []

    def structure(self, name: str) -> Asked | None:
        value = self._values.get(name)
        return Asked(value) if isinstance(value, dict) else None

    def structures(self, name: str) -> list[Asked]:
        value = self._values.get(name, [])
        return [Asked(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []


type Call = Callable[[Control, Asked], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """One API call. `parameters` are those a lab may need, `required` the ones that must be there."""

    service: Service
    name: str
    required: frozenset[str]
    parameters: dict[str, Shape]
    call: Call


OPERATIONS: dict[tuple[Service, str], Operation] = {}
"""Every call, by its service and the name of its method in boto3."""


def operation(
    service: Service, name: str, parameters: dict[str, Shape], *, required: tuple[str, ...] = ()
) -> Callable[[Call], Call]:
    """Register a function as the API call `name`; the function's own name is the method's."""

    def register(call: Call) -> Call:
        OPERATIONS[service, call.__name__] = Operation(service, name, frozenset(required), parameters, call)
        return call

    return register


class Node(Protocol):
    """What a call needs of a node."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...

    def hang_up_strangers(self) -> None:
        """End the connections of users that the cache no longer has."""


@dataclass(slots=True)
class ManagedGroup:
    """A replication group as the API knows it. A single node is a group of one."""

    id: str
    door: Door
    nodes: Sequence[Node]
    tokens: list[str] = field(default_factory=list)
    """The AUTH tokens in force, the newest last."""
    token_optional: bool = False
    user_groups: list[str] = field(default_factory=list)
    pending: dict[str, str] = field(default_factory=dict)
    """What waits for the maintenance window, as `describe_replication_groups` tells it."""
    waiting: list[Callable[[], None]] = field(default_factory=list)
    due_s: float = 0.0
    details: Callable[[], Answer] = dict
    """What else `describe_replication_groups` tells, such as the nodes and their roles."""

    def use_token(self, token: str, strategy: str) -> None:
        """ROTATE adds a token and keeps the one before it; the first one is optional. SET leaves only this one."""
        self.token_optional = strategy == "ROTATE" and (self.token_optional or not self.tokens)
        self.tokens = [token] if strategy == "SET" else [*self.tokens, token][-2:]
        self.door.access.require(self.tokens, optional=self.token_optional)

    def forget_tokens(self) -> None:
        self.tokens = []
        self.door.access.require([])


@dataclass(slots=True)
class UserGroup:
    id: str
    engine: str
    user_ids: list[str]


@dataclass(slots=True)
class ApiUser:
    """A user as the API knows it: an id, and the name, rules and passwords the engine gets."""

    id: str
    engine: str
    engine_user: User


type _Settings = tuple[dict[str, list[Rule]], dict[str, tuple[Encryption, dict[str, User], list[str], bool, list[str]]]]


class Control:
    """The state that AWS keeps for one cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.security_groups: dict[str, SecurityGroup] = {}
        self.groups: dict[str, ManagedGroup] = {}
        self.users: dict[str, ApiUser] = {DEFAULT_USER: ApiUser(DEFAULT_USER, "redis", Access().default)}
        self.user_groups: dict[str, UserGroup] = {}
        self.keep()

    def manage(self, group_id: str, door: Door, nodes: Sequence[Node]) -> ManagedGroup:
        """Let API calls know these nodes as one replication group."""
        self.groups[group_id] = ManagedGroup(group_id, door, nodes, tokens=sorted(door.access.default.passwords))
        return self.groups[group_id]

    def group(self, group_id: str) -> ManagedGroup:
        try:
            return self.groups[group_id]
        except KeyError:
            raise ApiError("ReplicationGroupNotFoundFault", f"Replication group {group_id} not found.") from None

    def do(self, service: Service, method: str, **parameters: object) -> Answer:
        """Make a call from outside, at once and unrecorded, as an administrator would. Raises ApiError."""
        return OPERATIONS[service, method].call(self, Asked({"ApplyImmediately": True, **parameters}))

    def keep(self) -> None:
        """Remember the present settings for `restart`."""
        self._kept = deepcopy((self._settings(), self.users, self.user_groups))

    def restart(self) -> None:
        """Back to the settings of the last `keep`. Connections of users are ended; those of `default` as well."""
        (rules, settings), self.users, self.user_groups = deepcopy(self._kept)
        for group_id, kept in rules.items():
            self.security_groups[group_id].rules = kept
        for group_id, (encryption, users, tokens, optional, user_groups) in settings.items():
            group = self.groups[group_id]
            group.door.encryption, group.door.access.users = encryption, users
            group.tokens, group.token_optional, group.user_groups = tokens, optional, user_groups
            group.waiting.clear()
            group.pending.clear()
            for node in group.nodes:
                node.hang_up_strangers()

    def _settings(self) -> _Settings:
        return (
            {group.id: group.rules for group in self.security_groups.values()},
            {
                one.id: (one.door.encryption, one.door.access.users, one.tokens, one.token_optional, one.user_groups)
                for one in self.groups.values()
            },
        )

    def user(self, user_id: str) -> ApiUser:
        try:
            return self.users[user_id]
        except KeyError:
            raise ApiError("UserNotFound", f"User {user_id} not found.") from None

    def user_group(self, group_id: str) -> UserGroup:
        try:
            return self.user_groups[group_id]
        except KeyError:
            raise ApiError("UserGroupNotFound", f"User group {group_id} not found.") from None

    def check_members(self, group: UserGroup) -> None:
        """Raise ApiError unless these users can form a group: known, each name once, and one named `default`."""
        names = [self.user(user_id).engine_user.name for user_id in group.user_ids]
        for name in names:
            if names.count(name) > 1:
                raise ApiError(
                    "DuplicateUserName", f"A user with username {name} already exists in user group {group.id}."
                )
        if group.engine == "redis" and DEFAULT_USER not in names:
            raise ApiError("DefaultUserRequired", "A user group must contain a user with username default.")

    def load_users(self, group: ManagedGroup) -> None:
        """Give a replication group the users of its user group, and end the connections of all others."""
        access = group.door.access
        access.users.clear()
        access.users |= Access().users
        for group_id in group.user_groups:
            access.default.enabled = False
            for user_id in self.user_group(group_id).user_ids:
                user = self.user(user_id).engine_user
                access.users[user.name] = user
        for node in group.nodes:
            node.hang_up_strangers()

    def apply(self, group: ManagedGroup, asked: Asked, pending: dict[str, str], change: Callable[[], None]) -> None:
        """Make a change now, or in the next maintenance window."""
        if asked.flag("ApplyImmediately"):
            change()
            return
        now = self.cloud.clock.now_s
        group.due_s = now + WEEK_S - (now - _WINDOW_S) % WEEK_S
        group.pending |= pending
        group.waiting.append(change)

    def maintain(self) -> None:
        """Do what waited for a maintenance window that has come by now."""
        for group in self.groups.values():
            if group.waiting and self.cloud.clock.now_s >= group.due_s:
                for change in group.waiting:
                    change()
                group.waiting.clear()
                group.pending.clear()


# --- Amazon EC2: security groups

_PERMISSIONS: Shape = [
    {
        "IpProtocol": str,
        "FromPort": int,
        "ToPort": int,
        "UserIdGroupPairs": [{"GroupId": str, "UserId": str, "Description": str}],
        "IpRanges": [{"CidrIp": str, "Description": str}],
    }
]


@operation(
    "ec2", "AuthorizeSecurityGroupIngress", {"GroupId": str, "IpPermissions": _PERMISSIONS}, required=("GroupId",)
)
def authorize_security_group_ingress(control: Control, asked: Asked) -> Answer:
    """Add inbound rules to a security group. New connections meet them at once."""
    group = _security_group(control, asked)
    rules = list(_rules(control, asked))
    for rule in rules:
        if rule in group.rules:
            raise ApiError(
                "InvalidPermission.Duplicate",
                f'the specified rule "peer: {rule.source}, TCP, from port: {rule.first_port}, to port: '
                f'{rule.last_port}, ALLOW" already exists',
            )
    group.rules += rules
    return {"Return": True, "SecurityGroupRules": [_told_rule(group, rule) for rule in rules]}


@operation("ec2", "RevokeSecurityGroupIngress", {"GroupId": str, "IpPermissions": _PERMISSIONS}, required=("GroupId",))
def revoke_security_group_ingress(control: Control, asked: Asked) -> Answer:
    """Remove inbound rules. Connections that are open stay open."""
    group = _security_group(control, asked)
    for rule in _rules(control, asked):
        if rule not in group.rules:
            raise ApiError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
        group.rules.remove(rule)
    return {"Return": True}


@operation("ec2", "DescribeSecurityGroups", {"GroupIds": [str]})
def describe_security_groups(control: Control, asked: Asked) -> Answer:
    """The groups that were asked for, or all."""
    ids = asked.texts("GroupIds") or list(control.security_groups)
    groups = [_security_group(control, Asked({"GroupId": group_id})) for group_id in ids]
    return {
        "SecurityGroups": [{"GroupId": one.id, "IpPermissions": [_told(rule) for rule in one.rules]} for one in groups]
    }


def _security_group(control: Control, asked: Asked) -> SecurityGroup:
    group_id = asked.text("GroupId")
    if group_id not in control.security_groups:
        raise ApiError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
    return control.security_groups[group_id]


def _rules(control: Control, asked: Asked) -> Iterator[Rule]:
    permissions = asked.structures("IpPermissions")
    if not permissions:
        raise ApiError("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.")
    for permission in permissions:
        first, last = _ports(permission)
        sources = [pair.text("GroupId") for pair in permission.structures("UserIdGroupPairs")]
        ranges = [one.text("CidrIp") for one in permission.structures("IpRanges")]
        if not sources + ranges:
            raise ApiError("InvalidParameterValue", "Invalid value for portRange. Must specify a source.")
        for source in sources:
            if source not in control.security_groups and source not in control.cloud.network.client_groups:
                raise ApiError("InvalidGroup.NotFound", f"The security group '{source}' does not exist")
        yield from (Rule(first, last, source) for source in sources + ranges)


def _ports(permission: Asked) -> tuple[int, int]:
    match permission.text("IpProtocol"):
        case "-1":
            return 0, 65535
        case "tcp" | "6" if "FromPort" in permission and "ToPort" in permission:
            return permission.number("FromPort", 0), permission.number("ToPort", 0)
        case "tcp" | "6":
            raise ApiError(
                "InvalidParameterValue",
                "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
            )
        case other:
            raise ApiError("InvalidParameterValue", f"Invalid value '{other}' for IP protocol. Unknown protocol.")


def _told(rule: Rule) -> Answer:
    source: Answer = (
        {"IpRanges": [{"CidrIp": rule.source}]}
        if "/" in rule.source
        else {"UserIdGroupPairs": [{"GroupId": rule.source}]}
    )
    return {"IpProtocol": "tcp", "FromPort": rule.first_port, "ToPort": rule.last_port, **source}


def _told_rule(group: SecurityGroup, rule: Rule) -> Answer:
    return {"GroupId": group.id, "IsEgress": False, **_told(rule)}


# --- Amazon ElastiCache: replication groups

TOKEN_LENGTHS = range(16, 129)
"""How long an AUTH token or a user's password may be."""

_ENCRYPTIONS: dict[str, Encryption] = {"preferred": "preferred", "required": "required"}
_TOKEN_SIGNS = frozenset("!&#$^<>-")
_PASSWORD_BARRED = frozenset(',"/@')


@operation(
    "elasticache",
    "ModifyReplicationGroup",
    {
        "ReplicationGroupId": str,
        "ApplyImmediately": bool,
        "AuthToken": str,
        "AuthTokenUpdateStrategy": str,
        "TransitEncryptionEnabled": bool,
        "TransitEncryptionMode": str,
        "SecurityGroupIds": [str],
        "UserGroupIdsToAdd": [str],
        "UserGroupIdsToRemove": [str],
        "RemoveUserGroups": bool,
    },
    required=("ReplicationGroupId",),
)
def modify_replication_group(control: Control, asked: Asked) -> Answer:
    """Change the security of a replication group: encryption in transit, AUTH token, user group, security groups."""
    group = control.group(asked.text("ReplicationGroupId"))
    changes: list[tuple[dict[str, str], Callable[[], None]]] = []
    if "TransitEncryptionEnabled" in asked or "TransitEncryptionMode" in asked:
        changes.append(_encryption_change(group, asked))
    if "AuthToken" in asked or "AuthTokenUpdateStrategy" in asked:
        changes.append(_token_change(group, asked))
    if "UserGroupIdsToAdd" in asked or "UserGroupIdsToRemove" in asked or asked.flag("RemoveUserGroups"):
        changes.append(_user_group_change(control, group, asked))
    if "SecurityGroupIds" in asked:
        changes.append(_security_group_change(control, group, asked))
    if not changes:
        raise ApiError("InvalidParameterCombination", "No modifications were requested.")
    for pending, change in changes:
        control.apply(group, asked, pending, change)
    return {"ReplicationGroup": _told_group(group)}


@operation("elasticache", "DescribeReplicationGroups", {"ReplicationGroupId": str})
def describe_replication_groups(control: Control, asked: Asked) -> Answer:
    """The group that was asked for, or all."""
    wanted = asked.text("ReplicationGroupId")
    groups = [control.group(wanted)] if wanted else list(control.groups.values())
    return {"ReplicationGroups": [_told_group(group) for group in groups]}


def _encryption_change(group: ManagedGroup, asked: Asked) -> tuple[dict[str, str], Callable[[], None]]:
    """Off to preferred to required, one step a call, and back the same way."""
    now, mode = group.door.encryption, asked.text("TransitEncryptionMode")
    wanted: Encryption
    if "TransitEncryptionEnabled" in asked and not asked.flag("TransitEncryptionEnabled"):
        wanted = "off"
    elif mode in _ENCRYPTIONS:
        wanted = _ENCRYPTIONS[mode]
    else:
        raise ApiError(
            "InvalidParameterCombination",
            "TransitEncryptionMode must be preferred when in-transit encryption is enabled on an existing cluster.",
        )
    if now == "off" and not asked.flag("TransitEncryptionEnabled"):
        raise ApiError(
            "InvalidParameterCombination", "TransitEncryptionEnabled must be true to set TransitEncryptionMode."
        )
    if {now, wanted} == {"off", "required"}:
        raise ApiError(
            "InvalidParameterValue",
            "TransitEncryptionMode must be set to preferred first; clients can then be migrated without downtime.",
        )
    if wanted == "off" and (group.tokens or group.user_groups):
        raise ApiError("InvalidParameterCombination", "In-transit encryption is required for AUTH and for user groups.")

    def change() -> None:
        group.door.encryption = wanted

    return {"TransitEncryptionMode": wanted}, change


def _token_change(group: ManagedGroup, asked: Asked) -> tuple[dict[str, str], Callable[[], None]]:
    token, strategy = asked.text("AuthToken"), asked.text("AuthTokenUpdateStrategy", "ROTATE")
    if strategy == "DELETE":
        if "UserGroupIdsToAdd" not in asked or token:
            raise ApiError(
                "InvalidParameterCombination",
                "AuthTokenUpdateStrategy DELETE is allowed only when moving to user groups.",
            )
        return {"AuthTokenStatus": "DELETING"}, group.forget_tokens
    if strategy not in ("ROTATE", "SET"):
        raise ApiError(
            "InvalidParameterValue", f"Invalid AuthTokenUpdateStrategy: {strategy}. Valid: ROTATE, SET, DELETE."
        )
    if not token:
        raise ApiError("InvalidParameterCombination", "AuthTokenUpdateStrategy must be specified with AuthToken.")
    _check_token(token)
    if group.door.encryption == "off":
        raise ApiError("InvalidParameterCombination", "AuthToken requires in-transit encryption to be enabled.")
    if group.user_groups and not asked.flag("RemoveUserGroups"):
        raise ApiError("InvalidParameterCombination", "AuthToken cannot be used together with user groups.")
    if strategy == "SET" and not (group.tokens[-1:] == [token] and (group.token_optional or len(group.tokens) == 2)):
        raise ApiError(
            "InvalidParameterValue",
            "AuthTokenUpdateStrategy SET is allowed only after ROTATE, with the token that it added.",
        )
    return {"AuthTokenStatus": "ROTATING" if strategy == "ROTATE" else "SETTING"}, lambda: group.use_token(
        token, strategy
    )


def _check_token(token: str) -> None:
    if len(token) not in TOKEN_LENGTHS:
        raise ApiError(
            "InvalidParameterValue", f"AuthToken must be 16 to 128 characters in length; it has {len(token)}."
        )
    for letter in token:
        if not (letter.isascii() and letter.isalnum()) and letter not in _TOKEN_SIGNS:
            raise ApiError(
                "InvalidParameterValue",
                f"AuthToken cannot contain {letter!r}; besides letters and digits only !&#$^<>- are allowed.",
            )


def _user_group_change(
    control: Control, group: ManagedGroup, asked: Asked
) -> tuple[dict[str, str], Callable[[], None]]:
    leaving = set(group.user_groups if asked.flag("RemoveUserGroups") else asked.texts("UserGroupIdsToRemove"))
    staying = [one for one in group.user_groups if one not in leaving] + asked.texts("UserGroupIdsToAdd")
    for name in staying:
        control.user_group(name)
    if len(staying) > 1:
        raise ApiError("InvalidParameterCombination", "Only one user group can be associated with a replication group.")
    if staying and group.door.encryption == "off":
        raise ApiError("InvalidParameterCombination", "User groups require in-transit encryption to be enabled.")
    if staying and group.tokens and asked.text("AuthTokenUpdateStrategy") != "DELETE":
        raise ApiError(
            "InvalidParameterCombination",
            "The replication group has an AUTH token; move with AuthTokenUpdateStrategy DELETE.",
        )

    def change() -> None:
        group.user_groups = staying
        control.load_users(group)

    return {"UserGroups": ", ".join(staying) or "none"}, change


def _security_group_change(
    control: Control, group: ManagedGroup, asked: Asked
) -> tuple[dict[str, str], Callable[[], None]]:
    ids = asked.texts("SecurityGroupIds")
    if len(ids) != 1:
        raise ApiError("InvalidParameterValue", "Name exactly one security group.")
    wanted = _security_group(control, Asked({"GroupId": ids[0]}))

    def change() -> None:
        group.door.security_group = wanted

    return {"SecurityGroups": wanted.id}, change


def _told_group(group: ManagedGroup) -> Answer:
    encryption = group.door.encryption
    mode: Answer = {} if encryption == "off" else {"TransitEncryptionMode": encryption}
    return {
        "ReplicationGroupId": group.id,
        "Status": "available",
        "PendingModifiedValues": dict(group.pending),
        "MemberClusters": [f"{group.id}-{number:03d}" for number in range(1, len(group.nodes) + 1)],
        "AuthTokenEnabled": bool(group.tokens),
        "TransitEncryptionEnabled": encryption != "off",
        **mode,
        "UserGroupIds": list(group.user_groups),
        **group.details(),
    }


# --- Amazon ElastiCache: users and user groups

_AUTHENTICATION: Shape = {"Type": str, "Passwords": [str]}


@operation(
    "elasticache",
    "CreateUser",
    {
        "UserId": str,
        "UserName": str,
        "Engine": str,
        "Passwords": [str],
        "AccessString": str,
        "NoPasswordRequired": bool,
        "AuthenticationMode": _AUTHENTICATION,
    },
    required=("UserId", "UserName", "Engine", "AccessString"),
)
def create_user(control: Control, asked: Asked) -> Answer:
    """Make a user. It counts for a cache once a user group takes it there."""
    user_id = asked.text("UserId")
    if user_id in control.users:
        raise ApiError("UserAlreadyExists", f"User {user_id} already exists.")
    engine = _engine(asked)
    user = User(asked.text("UserName"))
    _set_rules(user, asked.text("AccessString"))
    if not _set_passwords(user, asked):
        raise ApiError(
            "InvalidParameterCombination", "Specify Passwords, or NoPasswordRequired, or AuthenticationMode."
        )
    control.users[user_id] = ApiUser(user_id, engine, user)
    return _told_user(control, control.users[user_id])


@operation(
    "elasticache",
    "ModifyUser",
    {
        "UserId": str,
        "AccessString": str,
        "AppendAccessString": str,
        "Passwords": [str],
        "NoPasswordRequired": bool,
        "AuthenticationMode": _AUTHENTICATION,
    },
    required=("UserId",),
)
def modify_user(control: Control, asked: Asked) -> Answer:
    """Change a user's rules or passwords, in every cache at once. Connections stay; new rules count for them too."""
    user = control.user(asked.text("UserId"))
    if user.id == DEFAULT_USER:
        raise ApiError("InvalidParameterValue", "The user default cannot be modified.")
    if "AccessString" in asked and "AppendAccessString" in asked:
        raise ApiError("InvalidParameterCombination", "Specify AccessString or AppendAccessString, not both.")
    if "AccessString" in asked:
        _set_rules(user.engine_user, asked.text("AccessString"))
    elif "AppendAccessString" in asked:
        _set_rules(user.engine_user, f"{user.engine_user.access_string} {asked.text('AppendAccessString')}")
    _set_passwords(user.engine_user, asked)
    return _told_user(control, user)


@operation("elasticache", "DescribeUsers", {"UserId": str})
def describe_users(control: Control, asked: Asked) -> Answer:
    """The user that was asked for, or all. Passwords are not told."""
    wanted = asked.text("UserId")
    users = [control.user(wanted)] if wanted else list(control.users.values())
    return {"Users": [_told_user(control, user) for user in users]}


@operation(
    "elasticache",
    "CreateUserGroup",
    {"UserGroupId": str, "Engine": str, "UserIds": [str]},
    required=("UserGroupId", "Engine"),
)
def create_user_group(control: Control, asked: Asked) -> Answer:
    """Put users into a group that a replication group can take."""
    group_id = asked.text("UserGroupId")
    if group_id in control.user_groups:
        raise ApiError("UserGroupAlreadyExists", f"User group {group_id} already exists.")
    made = UserGroup(group_id, _engine(asked), asked.texts("UserIds"))
    control.check_members(made)
    control.user_groups[group_id] = made
    return _told_user_group(control, made)


@operation(
    "elasticache",
    "ModifyUserGroup",
    {"UserGroupId": str, "UserIdsToAdd": [str], "UserIdsToRemove": [str]},
    required=("UserGroupId",),
)
def modify_user_group(control: Control, asked: Asked) -> Answer:
    """Add and remove members. The connections of a user who is removed are ended."""
    group = control.user_group(asked.text("UserGroupId"))
    leaving = asked.texts("UserIdsToRemove")
    for user_id in leaving:
        if user_id not in group.user_ids:
            raise ApiError("UserNotFound", f"User {user_id} is not a member of user group {group.id}.")
    members = [one for one in group.user_ids if one not in leaving] + asked.texts("UserIdsToAdd")
    control.check_members(UserGroup(group.id, group.engine, members))
    group.user_ids = members
    for managed in control.groups.values():
        if group.id in managed.user_groups:
            control.load_users(managed)
    return _told_user_group(control, group)


@operation("elasticache", "DescribeUserGroups", {"UserGroupId": str})
def describe_user_groups(control: Control, asked: Asked) -> Answer:
    """The user group that was asked for, or all."""
    wanted = asked.text("UserGroupId")
    groups = [control.user_group(wanted)] if wanted else list(control.user_groups.values())
    return {"UserGroups": [_told_user_group(control, group) for group in groups]}


def _engine(asked: Asked) -> str:
    engine = asked.text("Engine").lower()
    if engine not in ("redis", "valkey"):
        raise ApiError("InvalidParameterValue", f"Invalid Engine: {asked.text('Engine')}. Valid: redis, valkey.")
    return engine


def _set_rules(user: User, access_string: str) -> None:
    for rule in access_string.split():
        if rule[0] in "><#!" or rule.lower() in ("nopass", "resetpass", "reset"):
            raise ApiError("InvalidParameterValue", "Passwords cannot be specified in an access string.")
    try:
        user.set_rules(access_string)
    except AccessStringError as error:
        raise ApiError("InvalidParameterValue", f"Access String is not valid: '{error.rule}': {error.reason}") from None


def _set_passwords(user: User, asked: Asked) -> bool:
    """Whether the call said how the user proves who it is."""
    mode = asked.structure("AuthenticationMode")
    kind = mode.text("Type") if mode else ""
    passwords = mode.texts("Passwords") if mode and kind == "password" else asked.texts("Passwords")
    if kind == "iam":
        raise ApiError("InvalidParameterValue", "AuthenticationMode iam is not part of this simulation.")
    if kind not in ("", "password", "no-password-required"):
        raise ApiError("InvalidParameterValue", f"Invalid AuthenticationMode Type: {kind}.")
    open_to_all = asked.flag("NoPasswordRequired") or kind == "no-password-required"
    if passwords and open_to_all:
        raise ApiError("InvalidParameterCombination", "Passwords cannot be used together with NoPasswordRequired.")
    if len(passwords) > 2:
        raise ApiError("InvalidParameterValue", "A user can have at most two passwords.")
    for password in passwords:
        _check_password(password)
    if passwords or open_to_all:
        user.passwords, user.nopass = set(passwords), open_to_all
    return bool(passwords) or open_to_all


def _check_password(password: str) -> None:
    if len(password) not in TOKEN_LENGTHS or not password.isascii() or not password.isprintable():
        raise ApiError("InvalidParameterValue", "Passwords must be 16 to 128 printable characters in length.")
    if barred := sorted(_PASSWORD_BARRED & set(password)):
        raise ApiError("InvalidParameterValue", f"Passwords cannot contain {barred[0]!r}.")


def _told_user(control: Control, user: ApiUser) -> Answer:
    rules = user.engine_user
    return {
        "UserId": user.id,
        "UserName": rules.name,
        "Status": "active",
        "Engine": user.engine,
        "AccessString": rules.access_string,
        "UserGroupIds": [group.id for group in control.user_groups.values() if user.id in group.user_ids],
        "Authentication": {
            "Type": "no-password" if rules.nopass else "password",
            "PasswordCount": len(rules.passwords),
        },
    }


def _told_user_group(control: Control, group: UserGroup) -> Answer:
    return {
        "UserGroupId": group.id,
        "Status": "active",
        "Engine": group.engine,
        "UserIds": list(group.user_ids),
        "ReplicationGroups": [one.id for one in control.groups.values() if group.id in one.user_groups],
    }
