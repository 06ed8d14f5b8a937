"""The servers of a run's own, lent to one cloud after another: a few processes serve hundreds of clouds."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from labs.servers.address import Address
from labs.servers.own_certificate import Certificate, make_certificate
from labs.servers.own_memcached import OwnMemcached, find_memcached
from labs.servers.own_server import OwnServer
from labs.servers.redis_server import fields_of, version_of


class OwnPool:
    """Starts servers when clouds need them, and stops them all in `close`. Methods raise ServerTroubleError."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.memcached_program = find_memcached()
        """None where there is no memcached to start."""
        self.password = secrets.token_hex(32)
        """Of the keeper, on every server."""
        self._folder = Path(tempfile.mkdtemp(prefix="labs-servers-"))
        self._servers: list[OwnServer] = []
        self._lent: list[OwnServer] = []
        self._memcached: list[OwnMemcached] = []

    @property
    def has_started(self) -> bool:
        """Whether there is anything to stop."""
        return any(server.running for server in self._servers)

    @cached_property
    def certificate(self) -> Certificate:
        """What every server shows to clients that use TLS. That they can is tried out first."""
        made = make_certificate(self._folder)
        # On another one: a program that was built without TLS may crash when it is asked for it.
        scout = OwnServer(self.program, self._folder / "scout", self.password)
        try:
            scout.start()
            scout.speak_tls(made)
        finally:
            scout.stop()
        return made

    def try_out(self) -> str:
        """Start the first server, and tell what it is: `Redis 7.0.15`."""
        (about,) = self.lend().ask(("INFO", "server"))
        self.take_back()
        return version_of(fields_of(about))

    def lend(self) -> OwnServer:
        """A server that is as it started."""
        free = next((one for one in self._servers if one not in self._lent and one.running), None)
        if free is None:
            free = OwnServer(self.program, self._folder / str(len(self._servers)), self.password)
            # Written down first: an interrupt must not lose one that is starting.
            self._servers.append(free)
            free.start()
        else:
            free.reset()
        self._lent.append(free)
        return free

    def lend_memcached(self, count: int) -> list[Address]:
        """So many Memcached servers, or none where there is no program. Clouds keep their keys apart by themselves."""
        while self.memcached_program is not None and len(self._memcached) < count:
            one = OwnMemcached(self.memcached_program, self._folder / f"memcached-{len(self._memcached)}")
            self._memcached.append(one)
            one.start()
        return [one.address for one in self._memcached[:count]]

    def take_back(self) -> None:
        """Every server that is out on loan. One that died meanwhile is not lent again."""
        self._lent.clear()

    def close(self) -> None:
        """Stop every server and leave no file."""
        with ExitStack() as every_one:
            every_one.callback(shutil.rmtree, self._folder, ignore_errors=True)
            for server in self._servers:
                every_one.callback(server.stop)
            for memcached in self._memcached:
                every_one.callback(memcached.stop)
