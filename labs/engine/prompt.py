"""The playground: a prompt like redis-cli's over simulated endpoints, and a clock that moves when the learner says so.

The state lives here, in one `Prompt` of the worker, from line to line; nothing of it reaches a lab.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypedDict

from labs.cloud.cloud import Cloud
from labs.cloud.dump import StoreDump
from labs.cloud.network import Wire
from labs.engine.command_line import split
from labs.engine.explain_reply import UNBALANCED_QUOTES, explain_reply
from labs.engine.redis_cli import Failure, Reply, Status, Unfinished, prints, quoted, read_reply
from labs.engine.report import Counters, EventReport, StoreReport, counters, events, stores

PORT = 6379
MOST_LINE = 10_000
"""Characters of one line."""
MOST_REPLY = 20_000
"""Characters of one reply that are shown."""
MOST_EVENTS = 500
"""The latest events, as many as a page is told of."""
MOST_ADVANCE_S = 366 * 24 * 3600
MOST_NAMED = 8
"""Keys that are named when time takes them."""

type Tone = Literal["ok", "error", "note"]


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint of the playground: its host name, and what it is in Korean."""

    host: str
    about: str


PLACES = (
    Place("play.cache.lab", "기본 엔드포인트. 읽기와 쓰기를 모두 받습니다."),
    Place("play-ro.cache.lab", "읽기 엔드포인트. 복제본이 답하고, 쓰기는 거절합니다. 쓴 값은 0.5초 뒤에 닿습니다."),
    Place("members.cache.lab", "AUTH 토큰이 필요한 캐시. 토큰은 `open-sesame-please`입니다."),
    Place("small.cache.lab", "메모리가 1 MB뿐인 캐시. 정책은 `allkeys-lru`입니다."),
)
TOKEN = "open-sesame-please"  # noqa: S105 - a password of a cache that does not exist

_HELP = """\
이 프롬프트가 따로 아는 말:
  connect 호스트   다른 엔드포인트로 옮깁니다
  help             이 안내
나머지는 그대로 캐시에 보냅니다. 예: SET name 수박 EX 60"""


_NO_WAITING = "이 프롬프트는 다른 클라이언트를 기다리는 명령을 하지 않습니다."
_NO_RESP3 = "이 프롬프트는 RESP2로만 말합니다."
_UNITS = ((24 * 3600, "일"), (3600, "시간"), (60, "분"))
_OTHER_DATABASE = re.compile(r"db[1-9]\d*/")


class PlaceReport(TypedDict):
    host: str
    about: str


class PromptReport(TypedDict):
    """`reply` is what redis-cli would print, `explanation` Korean with code in backticks.

    `answers` counts the reports of this prompt, this one included: 1 means that the caches are new. `keys` are those of
    the endpoint and the database in use. `t` is virtual milliseconds since the prompt began.
    """

    op: Literal["prompt"]
    answers: int
    reply: str
    explanation: str
    tone: Tone
    prompt: str
    host: str
    t: float
    places: list[PlaceReport]
    keys: list[str]
    trace: list[EventReport]
    stores: list[StoreReport]
    counters: Counters


class Prompt:
    """One learner at one prompt."""

    def __init__(self) -> None:
        self._cloud = Cloud()
        self._cloud.actor = "cli"
        self._cloud.replication_group("play", primary=PLACES[0].host, reader=PLACES[1].host, replicas=1)
        self._cloud.cache(PLACES[2].host, tls=True, auth_token=TOKEN, label="members")
        self._cloud.cache(PLACES[3].host, maxmemory=1024 * 1024, policy="allkeys-lru", label="small")
        self._host = PLACES[0].host
        self._wire: Wire | None = None
        self._number = 0
        self._in_transaction = False
        self._answers = 0

    def open(self) -> PromptReport:
        """Where things stand, for a page that has just come."""
        return self._report("", "note")

    def enter(self, line: str) -> PromptReport:
        """Run one line."""
        if len(line) > MOST_LINE:
            return self._report(f"한 줄이 {len(line):,}자입니다. {MOST_LINE:,}자까지 됩니다.", "note")
        try:
            words = split(line)
        except ValueError:
            return self._report("Invalid argument(s)", "error", UNBALANCED_QUOTES)
        if not words:
            return self._report("", "note")
        match [word.lower() for word in words]:
            case [b"help" | b"?", *_]:
                return self._report(_HELP, "note")
            case [b"connect", *rest]:
                return self._move(rest)
            case [b"subscribe" | b"psubscribe" | b"ssubscribe" | b"monitor", *_]:
                return self._report(_NO_WAITING, "note")
            case [b"hello", b"3", *_]:
                return self._report(_NO_RESP3, "note")
            case [b"quit" | b"exit"]:
                return self._report("여기서는 나갈 곳이 없습니다. 다른 엔드포인트로는 connect로 옮깁니다.", "note")
        return self._send(words)

    def advance(self, seconds: float) -> PromptReport:
        """Let virtual time pass: TTLs run down, replicas catch up. Tells which keys of the endpoint are gone."""
        passing = min(max(seconds, 0.0), MOST_ADVANCE_S)
        before = self._keys(self._dump())
        self._cloud.clock.sleep(passing)
        gone = [key for key in before if key not in self._keys(self._dump())]
        return self._report(_passed(passing, gone), "note")

    def _move(self, rest: list[bytes]) -> PromptReport:
        host = rest[0].decode(errors="replace") if len(rest) == 1 else ""
        place = next((place for place in PLACES if place.host == host), None)
        if place is None:
            known = "\n".join(f"  {place.host}   {place.about.replace('`', '')}" for place in PLACES)
            return self._report(f"connect 뒤에 호스트 하나를 적으세요.\n{known}", "note")
        self._host, self._number, self._in_transaction = host, 0, False
        self._hang_up()
        return self._report(place.about.replace("`", ""), "note")

    def _send(self, words: list[bytes]) -> PromptReport:
        request = b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
        try:
            with self._cloud.active():
                reply = self._ask(request)
        except OSError as error:
            self._hang_up()
            return self._report(f"Could not connect to Redis at {self._host}:{PORT}: {error}", "error")
        if reply is None:
            self._hang_up()
            return self._report(f"답이 오지 않아 연결을 끊었습니다. {_NO_WAITING}", "note")
        self._follow(words, reply[0])
        text = prints(reply[0], words)
        if len(text) > MOST_REPLY:
            text = f"{text[:MOST_REPLY]}\n… {len(text):,}자 가운데 {MOST_REPLY:,}자만 보입니다."
        return self._report(text, "error" if isinstance(reply[0], Failure) else "ok", explain_reply(reply[0], words))

    def _ask(self, request: bytes) -> tuple[Reply] | None:
        """One reply, None when none came. Raises OSError as a socket does."""
        if self._wire is None:
            self._wire = self._cloud.dial(self._host, PORT, 5.0, tls=self._tls)
            self._wire.settimeout(0)
        self._wire.sendall(request)
        data = b""
        while True:
            try:
                return (read_reply(data)[0],)
            except Unfinished:
                if not self._wire.has_news():
                    return None
                more = self._wire.recv(65_536)
                if not more:
                    raise ConnectionResetError(104, "Server closed the connection") from None
                data += more

    @property
    def _tls(self) -> bool:
        # What `redis-cli --tls` would be told on the command line.
        return self._cloud.network.door(self._host).encryption != "off"

    def _follow(self, words: list[bytes], reply: Reply) -> None:
        """Keep what the prompt shows: the database, and whether a transaction is open."""
        name = words[0].lower()
        done = isinstance(reply, Status) and reply.text == "OK"
        if name == b"select" and done and len(words) == 2:
            self._number = int(words[1])
        if name == b"multi" and done:
            self._in_transaction = True
        if name in (b"exec", b"discard") and not (isinstance(reply, Failure) and "without MULTI" in reply.text):
            self._in_transaction = False

    def _hang_up(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire, self._number, self._in_transaction = None, 0, False

    def _dump(self) -> tuple[StoreDump, ...]:
        # A store that is looked at by another clock than its own would find its keys expired.
        with self._cloud.active():
            return self._cloud.dump()

    def _keys(self, dump: tuple[StoreDump, ...]) -> list[str]:
        """The keys one may name here: of the node that answers, in the database in use."""
        node = self._cloud.network.resolve(self._host).host
        stored = [entry.key for store in dump if store.name == node for entry in store.entries]
        if not self._number:
            return [key for key in stored if not _OTHER_DATABASE.match(key)]
        prefix = f"db{self._number}/"
        return [key.removeprefix(prefix) for key in stored if key.startswith(prefix)]

    def _report(self, reply: str, tone: Tone, explanation: str = "") -> PromptReport:
        self._answers += 1
        number = f"[{self._number}]" if self._number else ""
        transaction = "(TX)" if self._in_transaction else ""
        dump = self._dump()
        trace = self._cloud.trace.since()
        return PromptReport(
            op="prompt",
            answers=self._answers,
            reply=reply,
            explanation=explanation,
            tone=tone,
            prompt=f"{self._host}:{PORT}{number}{transaction}> ",
            host=self._host,
            t=self._cloud.clock.now_ms,
            places=[PlaceReport(host=place.host, about=place.about) for place in PLACES],
            keys=[quoted_key(key) for key in self._keys(dump)],
            trace=events(trace[-MOST_EVENTS:]),
            stores=stores(dump),
            counters=counters(trace, self._cloud.clock.now_ms),
        )


def quoted_key(key: str) -> str:
    """A key as one would type it: in quotes only where it needs them."""
    return key if key and not set(key) & set(" \"'\\\t\n\r") else quoted(key.encode())


def _passed(seconds: float, gone: list[str]) -> str:
    length, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), (1, "초"))
    text = f"{seconds / length:g}{unit} 뒤"
    if not gone:
        return text
    named = ", ".join(quoted_key(key) for key in gone[:MOST_NAMED])
    more = f" 외 {len(gone) - MOST_NAMED}개" if len(gone) > MOST_NAMED else ""
    return f"{text}. 사라진 키: {named}{more}"
