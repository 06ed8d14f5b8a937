"""Who may do what: the users of a cache with their access strings, and the judgement of one command.

The rules are those of Redis 7 ACLs, as far as ElastiCache takes them in an access string: commands and categories, key
patterns (also `%R~` and `%W~`), channels. Not here: selectors in parentheses, and the first argument of a command
(`+select|0`). The refusals are worded as redis-server 7.0 words them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from labs.cloud.command_table import CATEGORIES, COMMANDS, CONTAINERS, Command

DEFAULT_USER = "default"

WITHOUT_LOGIN = frozenset(("auth", "hello", "quit", "reset"))
"""What a connection may send before it has logged in."""

NOAUTH = "NOAUTH Authentication required."
NOAUTH_HELLO = (
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> "
    "option can be used to authenticate the client and select the RESP protocol version at the same time"
)
WRONGPASS = "WRONGPASS invalid username-password pair or user is disabled."
NOTHING_TO_CHECK = (
    "ERR AUTH <password> called without any password configured for the default user. "
    "Are you sure your configuration is correct?"
)

_SYNTAX = "Syntax error"
_UNKNOWN = "Unknown command or category name in ACL"
_USELESS_PATTERN = (
    "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. "
    "Try 'resetkeys' to start with an empty list of patterns"
)
# The argument of these is a channel; with P before the name it is a pattern, which must be granted word for word.
_CHANNELS = frozenset(("publish", "spublish", "subscribe", "ssubscribe", "psubscribe"))


class AccessStringError(ValueError):
    """A rule of an access string that no server would take. `reason` is the text of redis-server 7."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(f"Error in ACL SETUSER modifier '{rule}': {reason}")
        self.rule = rule
        self.reason = reason


@dataclass(slots=True)
class User:
    """A user. As made, it is off and may do nothing. Connections hold on to it: a new rule counts for them at once."""

    name: str
    enabled: bool = False
    nopass: bool = False
    passwords: set[str] = field(default_factory=set)
    every_command: bool = False
    commands: set[str] = field(default_factory=set)
    keys: list[tuple[str, str]] = field(default_factory=list)
    """Key patterns, each with the ways it grants: `r`, `w` or `rw`."""
    channels: list[str] = field(default_factory=list)
    access_string: str = ""
    """The rules as they were written, without passwords."""

    def __deepcopy__(self, memo: dict[int, object]) -> User:
        """Copied with every run: hundreds of names of commands, none of which anybody can change."""
        sets = (self.passwords.copy(), self.every_command, self.commands.copy(), self.keys.copy(), self.channels.copy())
        return User(self.name, self.enabled, self.nopass, *sets, self.access_string)

    def set_rules(self, access_string: str) -> None:
        """Put other permissions in place of the present ones; the passwords stay. Raises AccessStringError."""
        made = User(self.name)
        made.add_rules(access_string)
        self.enabled, self.every_command, self.commands = made.enabled, made.every_command, made.commands
        self.keys, self.channels, self.access_string = made.keys, made.channels, access_string

    def add_rules(self, rules: str) -> None:
        """Apply rules from left to right. Raises AccessStringError."""
        for rule in rules.split():
            self._apply(rule)
        shown = [rule for rule in rules.split() if rule[0] not in "<>"]
        self.access_string = " ".join([*self.access_string.split(), *shown])

    def admits(self, password: str) -> bool:
        return self.enabled and (password in self.passwords or (self.nopass and not self.passwords))

    def refusal(self, fields: Sequence[bytes]) -> tuple[str, bytes | None]:
        """Why the user may not run a command, with the key it is about; an empty text when the user may."""
        if self.every_command and ("rw", "*") in self.keys and "*" in self.channels:
            return "", None
        name, command = lookup(fields)
        if not self._may_run(name, command):
            return f"NOPERM this user has no permissions to run the '{name}' command", None
        for needs, key in keys_of(command, fields) if command else ():
            if not self._may_touch(needs, key):
                return "NOPERM this user has no permissions to access one of the keys used as arguments", key
        if any(not self._may_hear(name, channel) for channel in _channels_of(name, fields)):
            return "NOPERM this user has no permissions to access one of the channels used as arguments", None
        return "", None

    def _may_run(self, name: str, command: Command | None) -> bool:
        if name in WITHOUT_LOGIN:
            return True
        return self.every_command or (command is not None and command.name in self.commands)

    def _may_touch(self, needs: str, key: bytes) -> bool:
        return any(set(needs) <= set(ways) and _matches(pattern, key) for ways, pattern in self.keys)

    def _may_hear(self, name: str, channel: bytes) -> bool:
        if name == "psubscribe":
            return "*" in self.channels or channel.decode(errors="replace") in self.channels
        return any(_matches(pattern, channel) for pattern in self.channels)

    def _apply(self, rule: str) -> None:
        rule = _LONG_FORMS.get(rule.lower(), rule)
        match rule[:1], rule[1:]:
            case "+" | "-", _:
                self._grant(rule)
            case ("~", _) | ("%", _):
                self._open_keys(rule)
            case "&", pattern:
                self.channels = ["*"] if pattern == "*" else [*self.channels, pattern]
            case ">", password:
                self.passwords.add(password)
                self.nopass = False
            case "<", password:
                self.passwords.discard(password)
            case _:
                self._switch(rule)

    def _switch(self, rule: str) -> None:
        match rule.lower():
            case "on":
                self.enabled = True
            case "off":
                self.enabled = False
            case "nopass":
                self.nopass = True
                self.passwords.clear()
            case "resetpass":
                self.nopass = False
                self.passwords.clear()
            case "resetkeys":
                self.keys.clear()
            case "resetchannels":
                self.channels.clear()
            case _:
                raise AccessStringError(rule, _SYNTAX)

    def _open_keys(self, rule: str) -> None:
        ways, _, pattern = rule.partition("~")
        ways = ways.lower().removeprefix("%")
        if ways not in ("", "r", "w", "rw", "wr") or (rule[0] == "%" and not ways):
            raise AccessStringError(rule, _SYNTAX)
        if rule == "~*":
            self.keys.clear()
        elif ("rw", "*") in self.keys:
            raise AccessStringError(rule, _USELESS_PATTERN)
        self.keys.append(("rw" if ways in ("", "wr") else ways, pattern))

    def _grant(self, rule: str) -> None:
        name = rule[1:].lower()
        if name == "@all":
            names = set(COMMANDS)
        elif name.startswith("@") and name[1:] in CATEGORIES:
            names = {command.name for command in COMMANDS.values() if name[1:] in command.categories}
        elif name in COMMANDS:
            names = {name, *(other for other in COMMANDS if other.startswith(f"{name}|"))}
        else:
            raise AccessStringError(rule, _UNKNOWN)
        if rule[0] == "+":
            self.commands |= names
            self.every_command |= name == "@all"
        else:
            self.commands -= names
            self.every_command = False


_LONG_FORMS = {"allkeys": "~*", "allchannels": "&*", "allcommands": "+@all", "nocommands": "-@all"}


class Access:
    """The users of a cache. As made, everybody is the user `default` and may do anything, without a password."""

    def __init__(self, users: Iterable[str] = ()) -> None:
        """`users` are lines of an ACL file without the word `user`: `report on >its-password ~app::* +@read`."""
        self.users = {DEFAULT_USER: User(DEFAULT_USER)}
        self.users[DEFAULT_USER].add_rules("on nopass ~* &* +@all")
        for line in users:
            name, _, rules = line.strip().partition(" ")
            user = self.users.setdefault(name, User(name))
            user.add_rules(rules)

    @property
    def default(self) -> User:
        return self.users[DEFAULT_USER]

    @property
    def asks(self) -> bool:
        """Whether a new connection must log in before anything else."""
        return not (self.default.enabled and self.default.nopass)

    def log_in(self, name: str, password: str) -> User | None:
        """The user, None for a wrong password, an unknown name, or a user who is off."""
        user = self.users.get(name)
        return user if user is not None and user.admits(password) else None

    def require(self, tokens: Iterable[str], *, optional: bool = False) -> None:
        """Make these AUTH tokens the passwords of `default`; optional: without one everybody gets in as well."""
        self.default.passwords = set(tokens)
        self.default.nopass = optional or not self.default.passwords


def lookup(fields: Sequence[bytes]) -> tuple[str, Command | None]:
    """The name a refusal calls a command by, and the command; None for one that redis-server 7.0 does not have."""
    name = fields[0].decode(errors="replace").lower()
    if name in CONTAINERS and len(fields) > 1:
        name = f"{name}|{fields[1].decode(errors='replace').lower()}"
    return name, COMMANDS.get(name)


def keys_of(command: Command, fields: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """The keys of a command, each with what it needs: `r`, `w`, `rw`, or nothing."""
    for spec in command.keys:
        where = spec.lstrip("rw-")
        needs = _needs(command.name, fields) or spec[: -len(where)].replace("-", "")
        for key in _keys_at(where, fields):
            yield needs, key


def _needs(name: str, fields: Sequence[bytes]) -> str:
    """What these need depends on their arguments; nothing for all others."""
    words = {word.upper() for word in fields[3 if name == "set" else 2 :]}
    if name == "set":
        return "rw" if b"GET" in words else "w"
    if name == "bitfield" and not words & {b"SET", b"INCRBY"}:
        return "r"
    return ""


def _keys_at(where: str, fields: Sequence[bytes]) -> Sequence[bytes]:
    if not where[0].isdigit():
        return _keys_after(where.rstrip("/"), where.endswith("/"), fields)
    where, _, step = where.partition("%")
    if where.endswith("#"):
        first = int(where[:-1])
        count = fields[first] if len(fields) > first else b""
        return fields[first + 1 : first + 1 + int(count)] if count.isdigit() else ()
    first_text, dots, last_text = where.partition("..")
    first, last = int(first_text), int(last_text or 0)
    if not dots:
        last = first
    elif last_text.startswith("+"):
        last += first
    elif last < 0:
        last += len(fields)
    return fields[first : last + 1 : int(step or 1)]


def _keys_after(word: str, half: bool, fields: Sequence[bytes]) -> Sequence[bytes]:
    upper = [one.upper() for one in fields]
    if word.encode() not in upper[2:] and word.encode() != upper[1]:
        return ()
    rest = fields[upper.index(word.encode(), 1) + 1 :]
    return rest[: len(rest) // 2] if half else rest[:1]


def _channels_of(name: str, fields: Sequence[bytes]) -> Sequence[bytes]:
    if name not in _CHANNELS:
        return ()
    return fields[1:2] if name.endswith("publish") else fields[1:]


def _matches(pattern: str, text: bytes) -> bool:
    from fakeredis._helpers import compile_pattern

    return compile_pattern(pattern.encode()).match(text) is not None
