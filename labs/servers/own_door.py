"""A door of the simulated AWS, told to a server of the labs' own: users become ACL users.

What redis-server has no counterpart for is told by `optional_password`, and left to whoever accepts connections.
"""

from __future__ import annotations

from collections.abc import Mapping

from labs.cloud.access import DEFAULT_USER, Access, User
from labs.servers.own_server import OPEN_DEFAULT

# Said by the flags of the user, which AWS calls may have changed since the rules were written.
_FLAGS = frozenset(("on", "off", "nopass", "resetpass"))

type Users = Mapping[str, tuple[str, ...]]
"""Names, and for each the rules that make the user anew."""

AS_STARTED: Users = {DEFAULT_USER: OPEN_DEFAULT}


def users_of(access: Access) -> Users:
    return {name: _rules_of(user) for name, user in access.users.items()}


def changes(told: Users, wanted: Users) -> list[tuple[str, ...]]:
    """The commands that make these users of those that the server was told. It hangs up on users who are gone."""
    gone = sorted(set(told) - set(wanted))
    deleted = [("ACL", "DELUSER", *gone)] if gone else []
    return deleted + [("ACL", "SETUSER", name, *rules) for name, rules in wanted.items() if told.get(name) != rules]


def optional_password(access: Access) -> str:
    """A password that `default` may give and need not, as between two AUTH tokens; empty when there is none such.

    A server either checks a password or takes any: so it checks, and who accepts a connection gives it this one.
    """
    default = access.default
    return min(default.passwords) if default.enabled and default.nopass and default.passwords else ""


def _rules_of(user: User) -> tuple[str, ...]:
    passwords = [f">{password}" for password in sorted(user.passwords)]
    if user.nopass and not passwords:
        passwords = ["nopass"]
    rules = [rule for rule in user.access_string.split() if rule.lower() not in _FLAGS]
    return ("reset", "on" if user.enabled else "off", *passwords, *rules)
