"""리더보드: 확인"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from labs.cloud.clock import EPOCH_S
from labs.engine.author import Call, Cloud, Record, Sealed, Span, Stage, TraceEvent, check, fail, shown

CACHE_HOST = "board.cache.lab"
BOARD = "board:today"
PREFIX = "board:{quiz}:"
SEASON = PREFIX + "season"
SEASON_TTL = 60
KEEP = timedelta(weeks=4)
KST = timezone(timedelta(hours=9))

type Scores = dict[str, int]


@dataclass(frozen=True)
class Quiz:
    """One data set. `tied` has two equal scores in the middle and two at the end; nobody is called `absent`."""

    scores: Scores
    winner: tuple[str, int]  # who then gets how many points more, and leads
    tied: Scores
    absent: str
    wednesday: datetime  # noon in Seoul


VARIANTS = [
    Quiz(
        {"민준": 30, "서연": 20, "지호": 40, "하린": 10},
        ("서연", 30),
        {"지호": 870, "민준": 950, "서연": 950, "하린": 980, "도윤": 870},
        "아무개",
        datetime(2026, 12, 30, 12, tzinfo=KST),
    ),
    Quiz(
        {"가온": 55, "다은": 70, "로아": 15, "마루": 60, "바다": 35},
        ("로아", 80),
        {"해솔": 700, "나래": 820, "라온": 820, "이든": 820, "보람": 910, "하람": 700},
        "홍길동",
        datetime(2027, 6, 9, 12, tzinfo=KST),
    ),
]


def build(cloud: Cloud, quiz: Quiz) -> None:
    cloud.cache(CACHE_HOST)


def ordered(scores: Scores) -> list[list[Sealed]]:
    """The board from the top, as ZRANGE … REV tells it: equal scores in the reverse order of their bytes."""
    players = sorted(scores, key=lambda player: (scores[player], player.encode()), reverse=True)
    return [[player, scores[player]] for player in players]


def ranked(scores: Scores) -> list[list[Sealed]]:
    return [[rank, *row] for rank, row in enumerate(ordered(scores), start=1)]


def shared(scores: Scores) -> list[list[Sealed]]:
    return [[rank_among(scores, str(player)), player, score] for player, score in ordered(scores)]


def names(rows: list[list[Sealed]]) -> list[str]:
    """Who is in rows of rank, name and score."""
    return [str(row[1]) for row in rows]


def rank_among(scores: Scores, player: str) -> int:
    return 1 + sum(other > scores[player] for other in scores.values())


def fill(stage: Stage, scores: Scores) -> None:
    for player, points in scores.items():
        stage.call(f"fill {player}", "add_points", player, points)


def go_to(stage: Stage, moment: datetime) -> None:
    """Let time pass until then."""
    stage.cloud.clock.sleep(moment.timestamp() - EPOCH_S - stage.cloud.clock.now_us / 1e6)


def week_of(moment: datetime) -> str:
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02}"


def commands(call: Call) -> list[TraceEvent]:
    return [event for event in call.events if event.kind == "cache"]


def board_of(span: Span, key: str) -> Scores | None:
    """What a sorted set holds, None when there is none of that name."""
    entry = span.cache.get(key)
    if entry is None:
        return None
    if entry.type != "zset":
        fail(f"`{key}` 키의 값이 `{entry.type}` 종류입니다. 정렬된 집합(`zset`)이어야 합니다.")
    pairs = [pair.rsplit(": ", 1) for pair in entry.value.split(", ")]
    return {player: round(float(score)) for player, score in pairs}


def as_tuple(row: Sealed) -> str:
    """A row as a learner would write it."""
    return shown(tuple(row) if isinstance(row, list) else row)


def rising(rows: list[Sealed]) -> bool:
    """The last columns, which are scores, go up."""
    scores = [row[-1] for row in rows if isinstance(row, list) and row]
    numbers = [score for score in scores if isinstance(score, (int, float))]
    return len(numbers) == len(rows) > 1 and numbers == sorted(numbers) and numbers[0] != numbers[-1]


def expect_rows(call: Call, expected: list[list[Sealed]], what: str, where: str, hint: str = "") -> None:
    """The call returned these rows. `what` names them, `where` is the situation, `hint` says where to look."""
    value = call.value
    if value == expected:
        return
    if not isinstance(value, list) or any(not isinstance(row, list) for row in value):
        fail(f"`{call.function}` 결과가 {shown(value)}입니다. {what}의 목록이어야 합니다.")
    if not value:
        fail(
            f"{where} 빈 목록이 나왔습니다. {len(expected)}명이어야 합니다. 캐시에서 읽은 것을 `return` 하는지 보세요."
        )
    if rising(value):
        fail(f"{where} 낮은 점수부터 나왔습니다. 높은 점수부터 읽으세요(`desc=True`).")
    if len(value) != len(expected):
        fail(
            f"{where} {len(value)}명이 나왔습니다. {len(expected)}명이어야 합니다. "
            f"{hint or '`zrange`의 범위는 0부터 세고 끝도 들어갑니다.'}"
        )
    seen, right = next((row, other) for row, other in zip(value, expected, strict=True) if row != other)
    fail(f"{where} {as_tuple(seen)} 줄이 나왔습니다. {as_tuple(right)}이어야 합니다. {hint}".rstrip())


# %% add-and-top
def play(stage: Stage, quiz: Quiz) -> None:
    stage.call("empty", "top", 3)
    fill(stage, quiz.scores)
    for count in (1, 2, 3, 10):
        stage.call(f"top {count}", "top", count)
    stage.call("more", "add_points", *quiz.winner)
    stage.call("after", "top", 3)


@check("점수를 순위표에 더합니다")
def adds_to_the_board(record: Record, quiz: Quiz) -> None:
    first, points = next(iter(quiz.scores.items()))
    board = board_of(record[f"fill {first}"], BOARD)
    if board is None:
        written = [entry.key for entry in record[f"fill {first}"].cache.entries]
        if written:
            fail(f"캐시에 `{written[0]}` 키로 썼습니다. 순위표의 키는 `BOARD`, 곧 `{BOARD}`입니다.")
        fail(f"점수를 더했는데 캐시에 `{BOARD}` 키가 없습니다. `cache.zincrby(BOARD, points, player)`를 불러 보세요.")
    if board != {first: points}:
        fail(f"{first}에게 {points}점을 더한 순위표가 {shown(board)}입니다. {shown({first: points})}이어야 합니다.")


@check("이미 있는 점수에 더합니다")
def adds_to_the_score(record: Record, quiz: Quiz) -> None:
    player, points = quiz.winner
    total = quiz.scores[player] + points
    found = (board_of(record["more"], BOARD) or {}).get(player)
    if found != total:
        fail(
            f"{quiz.scores[player]}점인 사람에게 {points}점을 더했는데 순위표의 점수가 {shown(found)}입니다. "
            f"{total}점이어야 합니다. `ZADD`는 점수를 바꾸고 `ZINCRBY`는 더합니다."
        )
    if record["more"].value != total:
        fail(
            f"`add_points` 결과가 {shown(record['more'].value)}입니다. 더한 뒤의 점수는 {total}점입니다. "
            "`zincrby`가 돌려주는 값을 쓰세요."
        )


@check("읽지 않고 더합니다")
def adds_at_once(record: Record, quiz: Quiz) -> None:
    operations = [event.op for event in commands(record["more"])]
    if "ZSCORE" in operations and operations.index("ZSCORE") == 0:
        fail(
            "점수를 읽어서 더한 다음 다시 썼습니다. 두 앱 서버가 동시에 이렇게 하면 한쪽의 점수가 사라집니다. "
            "읽지 말고 `zincrby` 한 번으로 더하세요."
        )


@check("높은 점수부터 읽습니다")
def reads_from_the_top(record: Record, quiz: Quiz) -> None:
    rows = ordered(quiz.scores)
    for count in (3, 1, 2, 10):
        expect_rows(record[f"top {count}"], rows[:count], "`(이름, 점수)`", f"`top({count})`을 불렀더니")
    if record["empty"].value != []:
        fail(f"순위표가 비었을 때 `top` 결과가 {shown(record['empty'].value)}입니다. 빈 목록이어야 합니다.")


@check("점수가 바뀌면 순위도 바뀝니다")
def order_follows_the_scores(record: Record, quiz: Quiz) -> None:
    player, points = quiz.winner
    rows = ordered({**quiz.scores, player: quiz.scores[player] + points})
    expect_rows(record["after"], rows[:3], "`(이름, 점수)`", f"{player}에게 {points}점을 더한 뒤 `top(3)`을 불렀더니")


PASSED = (
    "정렬하는 코드를 한 줄도 쓰지 않았는데 언제 읽어도 순서가 맞습니다. "
    "다음 단계에서는 상위권 밖에 있는 사람에게도 순위를 보여 줍니다."
)


# %% my-rank
def play(stage: Stage, quiz: Quiz) -> None:
    stage.call("rank empty", "my_rank", quiz.absent)
    stage.call("around empty", "around", quiz.absent)
    fill(stage, quiz.scores)
    for player in quiz.scores:
        stage.call(f"rank {player}", "my_rank", player)
        stage.call(f"around {player}", "around", player)
    stage.call("rank absent", "my_rank", quiz.absent)
    stage.call("around absent", "around", quiz.absent)
    stage.fresh()
    stage.call("fill alone", "add_points", quiz.absent, 0)
    stage.call("rank alone", "my_rank", quiz.absent)
    stage.call("around alone", "around", quiz.absent)


@check("1위는 1, 꼴찌는 사람 수입니다")
def rank_counts_from_one(record: Record, quiz: Quiz) -> None:
    players = names(ranked(quiz.scores))
    leader, value = players[0], record[f"rank {players[0]}"].value
    if all(record[f"rank {player}"].value is None for player in players):
        fail("누구의 순위를 물어도 `None`이 나옵니다. `cache.zrevrank(BOARD, player)`로 자리를 읽으세요.")
    if value is None:
        fail(
            "점수가 가장 높은 사람의 순위가 `None`입니다. 1이어야 합니다. "
            "`zrevrank`는 1위에게 0을 돌려줍니다. 0과 `None`을 가려 `is None`으로 확인하세요."
        )
    if value == 0:
        fail("점수가 가장 높은 사람의 순위가 `0`입니다. 1이어야 합니다. `zrevrank`는 0부터 세니 1을 더하세요.")
    if value == len(players):
        fail(
            f"점수가 가장 높은 사람의 순위가 {shown(value)}입니다. 1이어야 합니다. "
            "`zrank`는 낮은 점수부터 셉니다. `zrevrank`를 쓰세요."
        )
    for rank, player in enumerate(players, start=1):
        value = record[f"rank {player}"].value
        if value != rank:
            fail(f"`my_rank({player!r})` 결과가 {shown(value)}입니다. 맞는 값은 {rank}입니다(1위는 {leader}).")
    if record["rank alone"].value != 1:
        fail(
            f"한 명뿐인 순위표에서 0점인 사람의 순위가 {shown(record['rank alone'].value)}입니다. 1이어야 합니다. "
            "점수 0도 점수입니다."
        )


@check("순위표에 없는 사람은 순위도 없습니다")
def absent_has_no_rank(record: Record, quiz: Quiz) -> None:
    for label in ("rank absent", "rank empty"):
        if record[label].value is not None:
            fail(f"순위표에 없는 사람의 순위가 {shown(record[label].value)}입니다. `None`이어야 합니다.")
    for label in ("around absent", "around empty"):
        if record[label].value != []:
            fail(f"순위표에 없는 사람의 앞뒤가 {shown(record[label].value)}입니다. 빈 목록이어야 합니다.")
    if record["around absent"].cache != record["rank absent"].cache:
        fail("순위를 물었을 뿐인데 순위표가 바뀌었습니다. 읽는 명령만 쓰세요.")


@check("바로 위와 바로 아래를 보여 줍니다")
def shows_the_neighbours(record: Record, quiz: Quiz) -> None:
    rows = ranked(quiz.scores)
    players = names(rows)
    for place in range(1, len(rows) - 1):
        where = f"{place + 1}위인 사람의 앞뒤를 물었더니"
        expect_rows(record[f"around {players[place]}"], rows[place - 1 : place + 2], "`(순위, 이름, 점수)`", where)


@check("맨 위와 맨 아래에서도 맞습니다")
def edges_are_right(record: Record, quiz: Quiz) -> None:
    rows = ranked(quiz.scores)
    leader, last = (record[f"around {names(rows)[place]}"] for place in (0, -1))
    if leader.value == []:
        fail(
            "1위의 앞뒤를 물었더니 빈 목록이 나왔습니다. 시작 자리가 -1이 되면 `zrange`는 끝에서 세기 시작합니다. "
            "`max(place - 1, 0)`처럼 0보다 작아지지 않게 하세요."
        )
    expect_rows(leader, rows[:2], "`(순위, 이름, 점수)`", "1위의 앞뒤를 물었더니")
    expect_rows(last, rows[-2:], "`(순위, 이름, 점수)`", "꼴찌의 앞뒤를 물었더니")
    expect_rows(record["around alone"], [[1, quiz.absent, 0]], "`(순위, 이름, 점수)`", "한 명뿐인 순위표에서")


@check("필요한 만큼만 읽습니다")
def reads_no_more_than_needed(record: Record, quiz: Quiz) -> None:
    players = names(ranked(quiz.scores))
    for player in players:
        call = record[f"around {player}"]
        if len(commands(call)) > 5:
            fail(
                f"`around({player!r})` 한 번에 명령을 {len(commands(call))}번 보냈습니다. "
                "자리를 한 번, 범위를 한 번 읽으면 됩니다."
            )


PASSED = (
    "참가자가 백만 명이어도 내 자리와 앞뒤를 읽는 데는 명령 두 번이면 됩니다. "
    "다음 단계에서는 점수가 같은 사람을 공평하게 다룹니다."
)


# %% shared-ranks
def play(stage: Stage, quiz: Quiz) -> None:
    stage.call("rank empty", "shared_rank", quiz.absent)
    stage.call("top empty", "top_shared", 3)
    fill(stage, quiz.tied)
    for player in quiz.tied:
        stage.call(f"rank {player}", "shared_rank", player)
    for count in (len(quiz.tied), 3, 2):
        stage.call(f"top {count}", "top_shared", count)
    stage.call("rank absent", "shared_rank", quiz.absent)
    stage.call("fill absent", "add_points", quiz.absent, 0)
    stage.call("rank last", "shared_rank", quiz.absent)


def tied_with(quiz: Quiz, rank: int) -> list[str]:
    """Who shares a rank, in the order of the board."""
    return [str(row[1]) for row in shared(quiz.tied) if row[0] == rank]


@check("동점이면 순위가 같습니다")
def ties_share_a_rank(record: Record, quiz: Quiz) -> None:
    for rank in (2, max(rank_among(quiz.tied, player) for player in quiz.tied)):
        players = tied_with(quiz, rank)
        ranks = [record[f"rank {player}"].value for player in players]
        if len({repr(value) for value in ranks}) > 1:
            told = ", ".join(f"{player} {value!r}위" for player, value in zip(players, ranks, strict=True))
            fail(
                f"점수가 모두 {quiz.tied[players[0]]}점인데 순위가 다릅니다({told}). "
                "`zrevrank`는 동점에도 다른 자리를 줍니다. 점수가 더 높은 사람의 수를 `zcount`로 세세요."
            )


@check("나보다 높은 사람의 수에 1을 더합니다")
def rank_counts_the_higher(record: Record, quiz: Quiz) -> None:
    for player in sorted(quiz.tied, key=lambda player: rank_among(quiz.tied, player)):
        value, rank = record[f"rank {player}"].value, rank_among(quiz.tied, player)
        same = len(tied_with(quiz, rank))
        if value == rank - 1:
            fail(
                f"`shared_rank({player!r})` 결과가 {shown(value)}입니다. 더 높은 사람이 {rank - 1}명이니 {rank}위입니다. "
                "1을 더하세요."
            )
        if value == rank + same or value == rank + same - 1 != rank:
            fail(
                f"`shared_rank({player!r})` 결과가 {shown(value)}입니다. 맞는 값은 {rank}입니다. 자기와 동점인 사람까지 셌습니다. "
                '범위의 시작에 여는 괄호를 붙여 `f"({score}"`처럼 쓰면 그 점수를 뺍니다.'
            )
        if value != rank:
            fail(f"`shared_rank({player!r})` 결과가 {shown(value)}입니다. 맞는 값은 {rank}입니다.")
    value = record["rank last"].value
    if value != len(quiz.tied) + 1:
        fail(f"0점인 사람의 공동 순위가 {shown(value)}입니다. 맞는 값은 {len(quiz.tied) + 1}입니다. 0점도 점수입니다.")


@check("순위표에 없는 사람은 순위도 없습니다")
def absent_has_no_shared_rank(record: Record, quiz: Quiz) -> None:
    for label in ("rank absent", "rank empty"):
        if record[label].value is not None:
            fail(f"순위표에 없는 사람의 공동 순위가 {shown(record[label].value)}입니다. `None`이어야 합니다.")


@check("목록에서도 공동 순위를 매깁니다")
def list_shows_shared_ranks(record: Record, quiz: Quiz) -> None:
    rows = shared(quiz.tied)
    right = [row[0] for row in rows]
    value = record[f"top {len(rows)}"].value
    seen = [row[0] for row in value if isinstance(row, list) and row] if isinstance(value, list) else []
    if len(seen) == len(right) and seen != right:
        fail(
            f"`top_shared({len(rows)})`의 순위가 {', '.join(map(str, seen))}입니다. 맞는 순위는 {', '.join(map(str, right))}입니다. "
            "동점이 끝나면 그다음 순위는 동점인 사람 수만큼 건너뜁니다."
        )
    for count in (len(rows), 3, 2):
        expect_rows(record[f"top {count}"], rows[:count], "`(순위, 이름, 점수)`", f"`top_shared({count})`을 불렀더니")
    if record["top empty"].value != []:
        fail(f"순위표가 비었을 때 결과가 {shown(record['top empty'].value)}입니다. 빈 목록이어야 합니다.")


PASSED = (
    "캐시는 동점도 이름의 바이트 순서로 줄을 세웁니다. 그 순서를 순위로 보여 줄지는 앱이 정합니다. "
    "다음 단계에서는 주마다 새 순위표를 엽니다."
)


# %% weekly-boards
def play(stage: Stage, quiz: Quiz) -> None:
    stage.cloud.clock.restart()
    player, points = quiz.winner
    for label, moment in moments(quiz).items():
        go_to(stage, moment)
        stage.call(f"week {label}", "week_of", moment)
        stage.call(f"add {label}", "add_weekly", player, points)


def moments(quiz: Quiz) -> dict[str, datetime]:
    """When points are made: in the middle of a week, in its last half hour, and in the first half hour of the next."""
    sunday = quiz.wednesday + timedelta(days=4, hours=11.5)
    return {"wednesday": quiz.wednesday, "sunday": sunday, "monday": sunday + timedelta(hours=1)}


def end_of(moment: datetime) -> datetime:
    """When the board of that moment's week has to vanish."""
    midnight = moment.replace(hour=0, minute=0)
    return midnight + timedelta(days=7 - moment.weekday()) + KEEP


@check("ISO 주의 연도와 번호로 이름을 짓습니다")
def week_has_its_name(record: Record, quiz: Quiz) -> None:
    for label, moment in moments(quiz).items():
        value, right = record[f"week {label}"].value, week_of(moment)
        if value != right:
            hint = "`now.isocalendar()`의 연도와 주 번호를 쓰고, 번호는 `{week:02}`처럼 두 자리로 맞추세요."
            if isinstance(value, str) and value[:4] != right[:4]:
                hint = "해가 바뀌는 주에서는 달력의 연도와 ISO 연도가 다릅니다. 연도도 `isocalendar()`에서 꺼내세요."
            fail(f"{moment:%Y-%m-%d}의 `week_of` 결과가 {shown(value)}입니다. {shown(right)}이어야 합니다. {hint}")


@check("점수는 그 주의 순위표에 더합니다")
def points_go_to_their_week(record: Record, quiz: Quiz) -> None:
    player, points = quiz.winner
    for label, total in (("wednesday", points), ("sunday", 2 * points), ("monday", points)):
        key = PREFIX + week_of(moments(quiz)[label])
        board = board_of(record[f"add {label}"], key)
        if board is None:
            if not record[f"add {label}"].cache.entries:
                fail(
                    f"점수를 더했는데 캐시에 `{key}` 키가 없습니다. 키가 `PREFIX + week_of(now)`인지 보세요. "
                    "이미 지난 때를 만료 시각으로 정해도 키가 바로 사라집니다."
                )
            fail(
                f"한국 시간으로 {moments(quiz)[label]:%Y-%m-%d %H:%M}에 더한 점수가 `{key}` 키에 없습니다. "
                "주가 바뀌는 때를 `KST`로 계산하는지 보세요."
            )
        if board != {player: total} or record[f"add {label}"].value != total:
            fail(
                f"`{key}` 순위표가 {shown(board)}이고 `add_weekly` 결과가 {shown(record[f'add {label}'].value)}입니다. "
                f"이번 주의 점수는 {total}점이어야 합니다."
            )


@check("순위표에 사라질 때가 있습니다")
def board_expires(record: Record, quiz: Quiz) -> None:
    for label in ("wednesday", "sunday", "monday"):
        moment = moments(quiz)[label]
        key = PREFIX + week_of(moment)
        entry = record[f"add {label}"].cache.get(key)
        if entry is None:
            fail(f"`{key}` 순위표가 벌써 사라졌습니다. 사라질 때는 주가 끝나고 `KEEP`이 더 지난 뒤여야 합니다.")
        if entry.ttl_ms is None:
            fail("주간 순위표에 TTL이 없습니다. 지난 순위표가 캐시에 쌓입니다. `expireat`이나 `expire`로 정하세요.")
        left, right = timedelta(milliseconds=entry.ttl_ms), end_of(moment) - moment
        if abs(left - right) > timedelta(seconds=5):
            fail(
                f"{moment:%m-%d %H:%M}에 점수를 더했더니 순위표가 {in_days(left)} 뒤에 사라집니다. {in_days(right)} 뒤여야 합니다. "
                "사라질 때는 점수를 더한 때가 아니라 주가 끝나는 때 `week_end(now)`에 `KEEP`을 더한 때입니다."
            )


def in_days(length: timedelta) -> str:
    return f"{length / timedelta(days=1):.1f}일"


@check("지난주의 순위표는 그대로입니다")
def last_week_stays(record: Record, quiz: Quiz) -> None:
    player, points = quiz.winner
    key = PREFIX + week_of(quiz.wednesday)
    if board_of(record["add monday"], key) != {player: 2 * points}:
        fail(f"새 주가 되자 지난주의 `{key}` 순위표가 바뀌거나 사라졌습니다. 이번 주의 키에만 쓰세요.")


PASSED = (
    "월요일 0시가 되면 아무것도 지우지 않아도 새 순위표가 시작되고, 지난 순위표는 정한 때에 저절로 사라집니다. "
    "마지막 단계에서는 남아 있는 네 주를 더합니다."
)


# %% season
def play(stage: Stage, quiz: Quiz) -> None:
    stage.cloud.clock.restart()
    boards = weeks(quiz)
    for number, (week, scores) in enumerate(boards.items()):
        go_to(stage, quiz.wednesday + timedelta(weeks=number))
        for player, points in scores.items():
            stage.call(f"fill {week} {player}", "add_weekly", player, points)
    named = list(boards)
    stage.call("nothing", "season_top", ["2020-W01"], 3)
    stage.call("all", "season_top", named, 10)
    stage.call("two", "season_top", named[:2], 3)
    stage.call("one", "season_top", named[-1:], 10)
    stage.call("with a gap", "season_top", [*named, "2020-W01"], 10)
    leader = next(iter(boards[named[-1]]))
    stage.call("fill more", "add_weekly", leader, 7)
    stage.call("later", "season_top", named, 10)


def weeks(quiz: Quiz) -> dict[str, Scores]:
    """Three weeks: not everybody plays in each of them, and nobody's totals are equal."""
    players = list(quiz.scores)
    named = [week_of(quiz.wednesday + timedelta(weeks=number)) for number in range(3)]
    return {
        named[0]: dict(quiz.scores),
        named[1]: {player: 11 * place for place, player in enumerate(players[1:], start=1)},
        named[2]: {player: 5 + 13 * place for place, player in enumerate(players[:-1], start=1)},
    }


def total(boards: list[Scores]) -> Scores:
    players = {player for board in boards for player in board}
    return {player: sum(board.get(player, 0) for board in boards) for player in players}


@check("주간 순위표는 그대로 둡니다")
def weekly_boards_stay(record: Record, quiz: Quiz) -> None:
    for week, scores in weeks(quiz).items():
        key = PREFIX + week
        if board_of(record["with a gap"], key) != scores:
            fail(f"합계를 냈더니 `{key}` 순위표가 바뀌었습니다. 합계는 `SEASON` 키에만 담으세요.")
        entry = record["with a gap"].cache.get(key)
        if entry is None or entry.ttl_ms is None or entry.ttl_ms < 86_400_000:
            fail(f"합계를 냈더니 `{key}` 순위표의 TTL이 바뀌었습니다. TTL은 `SEASON` 키에만 거세요.")


@check("합계를 SEASON에 담고 60초 뒤에 사라지게 합니다")
def total_is_kept_for_a_while(record: Record, quiz: Quiz) -> None:
    entry = record["all"].cache.get(SEASON)
    if entry is None:
        fail(f"캐시에 `{SEASON}` 키가 없습니다. `cache.zunionstore(SEASON, 키 목록)`으로 담으세요.")
    if entry.ttl_ms is None:
        fail("합계 순위표에 TTL이 없습니다. `zunionstore` 다음에 `expire`로 `SEASON_TTL`초를 거세요.")
    if not (SEASON_TTL - 1) * 1000 <= entry.ttl_ms <= SEASON_TTL * 1000:
        fail(f"합계 순위표의 TTL이 {entry.ttl_ms / 1000:,.0f}초입니다. {SEASON_TTL}초여야 합니다.")


@check("여러 주의 점수를 더합니다")
def sums_the_weeks(record: Record, quiz: Quiz) -> None:
    boards = list(weeks(quiz).values())
    what, sums = "`(이름, 점수)`", "`zunionstore`는 한 주만 참가한 사람도 넣고, 같은 이름의 점수를 더합니다."
    anew = "앞에서 담은 합계가 섞이지 않았는지 보세요. `zunionstore`는 SEASON을 처음부터 다시 씁니다."
    expect_rows(record["all"], ordered(total(boards)), what, "세 주를 더했더니", sums)
    expect_rows(record["two"], ordered(total(boards[:2]))[:3], what, "앞의 두 주만 더했더니", anew)
    expect_rows(record["one"], ordered(boards[-1]), what, "마지막 한 주만 더했더니", anew)
    expect_rows(record["with a gap"], ordered(total(boards)), what, "순위표가 없는 주를 함께 더했더니", sums)
    if record["nothing"].value != []:
        fail(f"순위표가 없는 주만 물었더니 {shown(record['nothing'].value)}이 나왔습니다. 빈 목록이어야 합니다.")


@check("새로 더한 점수도 들어갑니다")
def sums_again(record: Record, quiz: Quiz) -> None:
    named = list(weeks(quiz))
    boards = [dict(board) for board in weeks(quiz).values()]
    leader = next(iter(weeks(quiz)[named[-1]]))
    boards[-1][leader] += 7
    expect_rows(record["later"], ordered(total(boards)), "`(이름, 점수)`", "점수를 더 얻은 뒤 다시 물었더니")


PASSED = (
    "더하고 정렬하는 일을 모두 캐시가 했습니다. 합계는 다시 만들 수 있으니 짧은 TTL이면 충분합니다. "
    "점수의 원본은 데이터베이스에 두는 것도 잊지 마세요."
)
