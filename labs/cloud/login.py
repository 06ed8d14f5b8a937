"""A client's session that must log in, and may run what its user may: fakeredis sees to neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import override

from fakeredis._commands import Signature
from fakeredis._helpers import OK, SimpleError, SimpleString
from fakeredis._socket import FakeSocket

from labs.cloud import access
from labs.cloud.access import User
from labs.cloud.command_table import CATEGORIES, COMMANDS
from labs.cloud.door import Door

# What ElastiCache leaves of ACL: users are changed through its API, not through the engine.
_ACL = frozenset(("acl cat", "acl list", "acl users", "acl whoami"))

# redis-py sends these of its own accord and goes on when they are refused.
_UNASKED = frozenset(("client setinfo", "client maint_notifications"))


class GuardedSession(FakeSocket):
    """The checks of a real server, in its order: is there such a command, is it complete, who asks, may they."""

    user: User | None
    """Who is logged in, None for nobody."""

    def enter(self, door: Door) -> None:
        """A new connection is the user `default`, unless that one needs a password."""
        self._access = door.access
        self.user = None if self._access.asks else self._access.default
        self._sent: list[bytes] = []
        self._claimed = ""

    @property
    def login(self) -> str:
        """The name that was logged in by, or tried last; empty for none and for `default`."""
        name = self.user.name if self.user else self._claimed
        return "" if name == access.DEFAULT_USER else name

    def refused(self, name: str, key: bytes | None) -> None:
        """Called for each command that is refused here, before its reply. `name` is lower case."""
        raise NotImplementedError

    @override
    def _process_command(self, fields: list[bytes]) -> None:
        self._sent = fields
        super()._process_command(fields)

    @override
    def _name_to_func(self, cmd_name: str) -> tuple[Callable[..., object] | None, Signature]:
        function, signature = super()._name_to_func(cmd_name)
        words = cmd_name.split()
        if words[0] == "acl" and cmd_name not in _ACL:
            raise SimpleError(f"ERR unknown subcommand '{self._sent[1].decode(errors='replace')}'. Try ACL HELP.")
        signature.check_arity(self._sent[len(words) :], self.version)
        self._admit(cmd_name)
        return function, signature

    def _admit(self, name: str) -> None:
        if self.user is None and self._access.asks:
            if name not in access.WITHOUT_LOGIN:
                self._refuse(name, access.NOAUTH)
        else:
            reason, key = (self.user or self._access.default).refusal(self._sent)
            if reason:
                self._refuse(name, reason, key)

    def _refuse(self, name: str, reason: str, key: bytes | None = None) -> None:
        if name not in _UNASKED or self.user is None:
            self.refused(name, key)
        raise SimpleError(reason)

    def _log_in(self, command: str, name: bytes, password: bytes) -> None:
        self._claimed = name.decode(errors="replace")
        user = self._access.log_in(self._claimed, password.decode(errors="replace"))
        if user is None:
            self._refuse(command, access.WRONGPASS)
        self.user = user

    @override
    def _auth(self, *args: bytes) -> SimpleString:
        if not args:
            raise SimpleError("ERR wrong number of arguments for 'auth' command")
        if len(args) > 2:
            raise SimpleError("ERR syntax error")
        if len(args) == 1 and self._access.default.nopass and not self._access.default.passwords:
            self._refuse("auth", access.NOTHING_TO_CHECK)
        name, password = args if len(args) == 2 else (access.DEFAULT_USER.encode(), args[0])
        self._log_in("auth", name, password)
        return OK

    @override
    def hello(self, *args: bytes) -> dict[str, object]:
        if args and args[0] not in (b"2", b"3"):
            raise SimpleError("NOPROTO unsupported protocol version")
        kept = list(args)
        while (at := next((n for n, word in enumerate(kept) if n and word.upper() == b"AUTH"), 0)) != 0:
            if len(kept) < at + 3:
                raise SimpleError("ERR Syntax error in HELLO option 'AUTH'")
            self._log_in("hello", kept[at + 1], kept[at + 2])
            del kept[at : at + 3]
        if self.user is None and self._access.asks:
            self._refuse("hello", access.NOAUTH_HELLO)
        greeting: dict[str, object] = super().hello(*kept)
        return greeting

    @override
    def acl_whoami(self) -> bytes:
        return (self.user or self._access.default).name.encode()

    @override
    def acl_users(self) -> list[bytes]:
        return sorted(name.encode() for name in self._access.users)

    @override
    def acl_list(self) -> list[bytes]:
        users = sorted(self._access.users.values(), key=lambda user: user.name)
        return [f"user {user.name} {user.access_string}".encode() for user in users]

    @override
    def acl_cat(self, *category: bytes) -> list[bytes]:
        if not category:
            return [name.encode() for name in CATEGORIES]
        wanted = category[0].decode(errors="replace").lower()
        if wanted not in CATEGORIES:
            raise SimpleError(f"ERR Unknown category '{category[0].decode(errors='replace')}'")
        return [name.encode() for name, command in COMMANDS.items() if wanted in command.categories]
