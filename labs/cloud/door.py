"""What a connection must get past before a command runs: the security group, TLS, and the login.

One `Door` belongs to all nodes of a replication group: what the control plane changes, it changes for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Literal

from labs.cloud.access import Access

APP_GROUP = "sg-app"
"""The security group of the app servers, which is where a learner's code runs."""

APP_ADDRESS = "10.0.0.25"
"""The private IP address of that app server."""

type Encryption = Literal["off", "preferred", "required"]
"""In transit: nobody may use TLS, anybody may (`TransitEncryptionMode` preferred), everybody must (required)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An inbound rule: TCP on these ports from members of a security group, or from an IP range such as `10.0.0.0/16`."""

    first_port: int
    last_port: int
    source: str

    def allows(self, port: int, groups: frozenset[str]) -> bool:
        return self.first_port <= port <= self.last_port and (self.source in groups or self._covers(APP_ADDRESS))

    def _covers(self, address: str) -> bool:
        return "/" in self.source and ip_address(address) in ip_network(self.source, strict=False)


@dataclass(slots=True)
class SecurityGroup:
    """A VPC security group. Without a rule nobody may connect; a connection that is open stays open."""

    id: str
    rules: list[Rule] = field(default_factory=list)

    def allows(self, port: int, groups: frozenset[str]) -> bool:
        """Whether a client that is a member of `groups` may open a connection to the port."""
        return any(rule.allows(port, groups) for rule in self.rules)

    def allow(self, source: str, port: int = 6379) -> None:
        """Add a rule from outside, as an administrator would."""
        self.rules.append(Rule(port, port, source))


@dataclass(slots=True)
class Door:
    """The way in to an endpoint. As made, it is open: no security group, no TLS, no password."""

    security_group: SecurityGroup | None = None
    encryption: Encryption = "off"
    access: Access = field(default_factory=Access)

    def lets_in(self, port: int, groups: frozenset[str]) -> bool:
        return self.security_group is None or self.security_group.allows(port, groups)

    def speaks(self, tls: bool) -> bool:
        """Whether a client that uses TLS, or does not, is understood."""
        return self.encryption != "off" if tls else self.encryption != "required"
