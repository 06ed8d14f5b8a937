"""Typical wrong attempts at `leaderboard`, each with the message it must get.

What stands before the first cell only tells ruff and mypy the names: the engine runs a cell after the solutions of
the earlier steps.
"""

from datetime import datetime, timedelta, timezone

import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"
KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)
SEASON = PREFIX + "season"
SEASON_TTL = 60


def top(count):
    rows = cache.zrange(BOARD, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


def my_rank(player):
    place = cache.zrevrank(BOARD, player)
    return None if place is None else place + 1


def shared_rank(player):
    score = cache.zscore(BOARD, player)
    return None if score is None else cache.zcount(BOARD, f"({score}", "+inf") + 1


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


# %% add-and-top replaces-the-score
# > 20점인 사람에게 30점을 더했는데 순위표의 점수가 `30`입니다. 50점이어야 합니다. `ZADD`는 점수를 바꾸고 `ZINCRBY`는
# > 더합니다.
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    cache.zadd(BOARD, {player: points})
    return int(cache.zscore(BOARD, player))


def top(count):
    rows = cache.zrange(BOARD, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% add-and-top read-add-write
# > 점수를 읽어서 더한 다음 다시 썼습니다. 두 앱 서버가 동시에 이렇게 하면 한쪽의 점수가 사라집니다. 읽지 말고 `zincrby`
# > 한 번으로 더하세요.
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    total = (cache.zscore(BOARD, player) or 0) + points
    cache.zadd(BOARD, {player: total})
    return int(total)


def top(count):
    rows = cache.zrange(BOARD, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% add-and-top swapped-arguments
# > `add_points('민준', 30)` 호출에서 오류가 났습니다. 점수는 숫자여야 합니다. `zincrby(키, 더할 점수, 이름)`이나
# > `zadd(키, {이름: 점수})`의 차례인지 보세요.
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    return int(cache.zincrby(BOARD, player, points))


def top(count):
    rows = cache.zrange(BOARD, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% add-and-top no-mapping
# > `add_points('민준', 30)` 호출에서 오류가 났습니다. `str` 값을 넘겼습니다. `zadd`와 `hset`의 `mapping`에는 `{이름:
# > 값}` 꼴의 `dict`를 넘기세요.
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    cache.zadd(BOARD, player, points)
    return points


def top(count):
    rows = cache.zrange(BOARD, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% add-and-top points-not-total
# > `add_points` 결과가 `30`입니다. 더한 뒤의 점수는 50점입니다. `zincrby`가 돌려주는 값을 쓰세요.
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    cache.zincrby(BOARD, points, player)
    return points


def top(count):
    rows = cache.zrange(BOARD, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% add-and-top lowest-first
# > `top(3)`을 불렀더니 낮은 점수부터 나왔습니다. 높은 점수부터 읽으세요(`desc=True`).
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    return int(cache.zincrby(BOARD, points, player))


def top(count):
    rows = cache.zrange(BOARD, 0, -1, withscores=True)
    return [(player, int(score)) for player, score in rows[:count]]


# %% add-and-top one-too-many
# > `top(3)`을 불렀더니 4명이 나왔습니다. 3명이어야 합니다. `zrange`의 범위는 0부터 세고 끝도 들어갑니다.
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    return int(cache.zincrby(BOARD, points, player))


def top(count):
    rows = cache.zrange(BOARD, 0, count, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% add-and-top names-only
# > `top` 결과가 `['지호', '민준', '서연']`입니다. `(이름, 점수)`의 목록이어야 합니다.
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    return int(cache.zincrby(BOARD, points, player))


def top(count):
    return cache.zrange(BOARD, 0, count - 1, desc=True)


# %% add-and-top dict
# > `top` 결과가 `{'지호': 40.0, '민준': 30.0, '서연': 20.0}`입니다. `(이름, 점수)`의 목록이어야 합니다.
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    return int(cache.zincrby(BOARD, points, player))


def top(count):
    return dict(cache.zrange(BOARD, 0, count - 1, desc=True, withscores=True))


# %% add-and-top a-key-each
# > 캐시에 `score:민준` 키로 썼습니다. 순위표의 키는 `BOARD`, 곧 `board:today`입니다.
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    return cache.incrby(f"score:{player}", points)


def top(count):
    scores = {key[6:]: int(cache.get(key)) for key in cache.keys("score:*")}
    return sorted(scores.items(), key=lambda row: row[1], reverse=True)[:count]


# %% my-rank from-zero
# > 점수가 가장 높은 사람의 순위가 `0`입니다. 1이어야 합니다. `zrevrank`는 0부터 세니 1을 더하세요.
def my_rank(player):
    return cache.zrevrank(BOARD, player)


def around(player):
    place = cache.zrevrank(BOARD, player)
    if place is None:
        return []
    first = max(place - 1, 0)
    rows = cache.zrange(BOARD, first, place + 1, desc=True, withscores=True)
    return [(rank, name, int(score)) for rank, (name, score) in enumerate(rows, start=first + 1)]


# %% my-rank leader-without-rank
# > 점수가 가장 높은 사람의 순위가 `None`입니다. 1이어야 합니다. `zrevrank`는 1위에게 0을 돌려줍니다. 0과 `None`을 가려
# > `is None`으로 확인하세요.
def my_rank(player):
    place = cache.zrevrank(BOARD, player)
    if not place:
        return None
    return place + 1


def around(player):
    place = cache.zrevrank(BOARD, player)
    if place is None:
        return []
    first = max(place - 1, 0)
    rows = cache.zrange(BOARD, first, place + 1, desc=True, withscores=True)
    return [(rank, name, int(score)) for rank, (name, score) in enumerate(rows, start=first + 1)]


# %% my-rank from-the-bottom
# > 점수가 가장 높은 사람의 순위가 `4`입니다. 1이어야 합니다. `zrank`는 낮은 점수부터 셉니다. `zrevrank`를 쓰세요.
def my_rank(player):
    place = cache.zrank(BOARD, player)
    return None if place is None else place + 1


def around(player):
    place = cache.zrevrank(BOARD, player)
    if place is None:
        return []
    first = max(place - 1, 0)
    rows = cache.zrange(BOARD, first, place + 1, desc=True, withscores=True)
    return [(rank, name, int(score)) for rank, (name, score) in enumerate(rows, start=first + 1)]


# %% my-rank none-plus-one
# > `my_rank('아무개')` 호출에서 오류가 났습니다. `NoneType` 값과 `int` 값으로는 `+` 계산을 할 수 없습니다. 두 값이 모두
# > 숫자인지 보세요.
def my_rank(player):
    return cache.zrevrank(BOARD, player) + 1


def around(player):
    place = cache.zrevrank(BOARD, player)
    if place is None:
        return []
    first = max(place - 1, 0)
    rows = cache.zrange(BOARD, first, place + 1, desc=True, withscores=True)
    return [(rank, name, int(score)) for rank, (name, score) in enumerate(rows, start=first + 1)]


# %% my-rank below-zero
# > 1위의 앞뒤를 물었더니 빈 목록이 나왔습니다. 시작 자리가 -1이 되면 `zrange`는 끝에서 세기 시작합니다. `max(place - 1,
# > 0)`처럼 0보다 작아지지 않게 하세요.
def my_rank(player):
    place = cache.zrevrank(BOARD, player)
    return None if place is None else place + 1


def around(player):
    place = cache.zrevrank(BOARD, player)
    if place is None:
        return []
    rows = cache.zrange(BOARD, place - 1, place + 1, desc=True, withscores=True)
    return [(rank, name, int(score)) for rank, (name, score) in enumerate(rows, start=place)]


# %% my-rank only-above
# > 2위인 사람의 앞뒤를 물었더니 2명이 나왔습니다. 3명이어야 합니다. `zrange`의 범위는 0부터 세고 끝도 들어갑니다.
def my_rank(player):
    place = cache.zrevrank(BOARD, player)
    return None if place is None else place + 1


def around(player):
    place = cache.zrevrank(BOARD, player)
    if place is None:
        return []
    first = max(place - 1, 0)
    rows = cache.zrange(BOARD, first, place, desc=True, withscores=True)
    return [(rank, name, int(score)) for rank, (name, score) in enumerate(rows, start=first + 1)]


# %% my-rank ranks-from-one
# > 3위인 사람의 앞뒤를 물었더니 `(1, '민준', 30)` 줄이 나왔습니다. `(2, '민준', 30)`이어야 합니다.
def my_rank(player):
    place = cache.zrevrank(BOARD, player)
    return None if place is None else place + 1


def around(player):
    place = cache.zrevrank(BOARD, player)
    if place is None:
        return []
    rows = cache.zrange(BOARD, max(place - 1, 0), place + 1, desc=True, withscores=True)
    return [(rank, name, int(score)) for rank, (name, score) in enumerate(rows, start=1)]


# %% my-rank everybody-gets-in
# > 순위표에 없는 사람의 순위가 `5`입니다. `None`이어야 합니다.
def my_rank(player):
    cache.zincrby(BOARD, 0, player)
    return cache.zrevrank(BOARD, player) + 1


def around(player):
    place = my_rank(player) - 1
    first = max(place - 1, 0)
    rows = cache.zrange(BOARD, first, place + 1, desc=True, withscores=True)
    return [(rank, name, int(score)) for rank, (name, score) in enumerate(rows, start=first + 1)]


# %% my-rank one-by-one
# > `around('지호')` 한 번에 명령을 10번 보냈습니다. 자리를 한 번, 범위를 한 번 읽으면 됩니다.
def my_rank(player):
    place = cache.zrevrank(BOARD, player)
    return None if place is None else place + 1


def around(player):
    rank = my_rank(player)
    if rank is None:
        return []
    names = cache.zrange(BOARD, 0, -1, desc=True)
    near = [name for name in names if abs(my_rank(name) - rank) <= 1]
    return [(my_rank(name), name, int(cache.zscore(BOARD, name))) for name in near]


# %% shared-ranks counts-itself
# > `shared_rank('하린')` 결과가 `2`입니다. 맞는 값은 1입니다. 자기와 동점인 사람까지 셌습니다. 범위의 시작에 여는
# > 괄호를 붙여 `f"({score}"`처럼 쓰면 그 점수를 뺍니다.
def shared_rank(player):
    score = cache.zscore(BOARD, player)
    if score is None:
        return None
    return cache.zcount(BOARD, score, "+inf") + 1


def top_shared(count):
    return [(shared_rank(player), player, score) for player, score in top(count)]


# %% shared-ranks without-one
# > `shared_rank('하린')` 결과가 `0`입니다. 더 높은 사람이 0명이니 1위입니다. 1을 더하세요.
def shared_rank(player):
    score = cache.zscore(BOARD, player)
    if score is None:
        return None
    return cache.zcount(BOARD, f"({score}", "+inf")


def top_shared(count):
    return [(shared_rank(player), player, score) for player, score in top(count)]


# %% shared-ranks zero-is-nobody
# > 0점인 사람의 공동 순위가 `None`입니다. 맞는 값은 6입니다. 0점도 점수입니다.
def shared_rank(player):
    score = cache.zscore(BOARD, player)
    if not score:
        return None
    return cache.zcount(BOARD, f"({score}", "+inf") + 1


def top_shared(count):
    return [(shared_rank(player), player, score) for player, score in top(count)]


# %% shared-ranks none-in-the-range
# > `shared_rank('아무개')` 호출에서 오류가 났습니다. 점수의 범위가 숫자가 아닙니다. 점수가 `None`인지,
# > `f"({score}"`처럼 여는 괄호 다음에 수를 썼는지 보세요.
def shared_rank(player):
    score = cache.zscore(BOARD, player)
    return cache.zcount(BOARD, f"({score}", "+inf") + 1


def top_shared(count):
    return [(shared_rank(player), player, score) for player, score in top(count)]


# %% shared-ranks no-gap-after-a-tie
# > `top_shared(5)`의 순위가 1, 2, 2, 3, 3입니다. 맞는 순위는 1, 2, 2, 4, 4입니다. 동점이 끝나면 그다음 순위는 동점인
# > 사람 수만큼 건너뜁니다.
def shared_rank(player):
    score = cache.zscore(BOARD, player)
    if score is None:
        return None
    return cache.zcount(BOARD, f"({score}", "+inf") + 1


def top_shared(count):
    rows = []
    rank = 0
    for player, score in top(count):
        if not rows or rows[-1][2] != score:
            rank += 1
        rows.append((rank, player, score))
    return rows


# %% shared-ranks list-as-before
# > `top_shared(5)`의 순위가 1, 2, 3, 4, 5입니다. 맞는 순위는 1, 2, 2, 4, 4입니다. 동점이 끝나면 그다음 순위는 동점인
# > 사람 수만큼 건너뜁니다.
def shared_rank(player):
    score = cache.zscore(BOARD, player)
    if score is None:
        return None
    return cache.zcount(BOARD, f"({score}", "+inf") + 1


def top_shared(count):
    return [(place, player, score) for place, (player, score) in enumerate(top(count), start=1)]


# %% shared-ranks lower-instead
# > `shared_rank('하린')` 결과가 `5`입니다. 맞는 값은 1입니다.
def shared_rank(player):
    score = cache.zscore(BOARD, player)
    if score is None:
        return None
    return cache.zcount(BOARD, "-inf", f"({score}") + 1


def top_shared(count):
    return [(shared_rank(player), player, score) for player, score in top(count)]


# %% weekly-boards calendar-year
# > 2027-01-03의 `week_of` 결과가 `'2027-W53'`입니다. `'2026-W53'`이어야 합니다. 해가 바뀌는 주에서는 달력의 연도와 ISO
# > 연도가 다릅니다. 연도도 `isocalendar()`에서 꺼내세요.
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    return f"{now.year}-W{now.isocalendar().week:02}"


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expireat(key, week_end(now) + KEEP)
    return int(total)


# %% weekly-boards strftime
# > 2026-12-30의 `week_of` 결과가 `'2026-W52'`입니다. `'2026-W53'`이어야 합니다. `now.isocalendar()`의 연도와 주 번호를
# > 쓰고, 번호는 `{week:02}`처럼 두 자리로 맞추세요.
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    return now.strftime("%Y-W%W")


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expireat(key, week_end(now) + KEEP)
    return int(total)


# %% weekly-boards one-digit
# > 2026-12-30의 `week_of` 결과가 `'2026-53'`입니다. `'2026-W53'`이어야 합니다. `now.isocalendar()`의 연도와 주 번호를
# > 쓰고, 번호는 `{week:02}`처럼 두 자리로 맞추세요.
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    year, week, _ = now.isocalendar()
    return f"{year}-{week}"


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expireat(key, week_end(now) + KEEP)
    return int(total)


# %% weekly-boards from-now-on
# > 12-30 12:00에 점수를 더했더니 순위표가 28.0일 뒤에 사라집니다. 32.5일 뒤여야 합니다. 사라질 때는 점수를 더한 때가
# > 아니라 주가 끝나는 때 `week_end(now)`에 `KEEP`을 더한 때입니다.
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expire(key, timedelta(weeks=4))
    return int(total)


# %% weekly-boards gone-on-monday
# > 12-30 12:00에 점수를 더했더니 순위표가 4.5일 뒤에 사라집니다. 32.5일 뒤여야 합니다. 사라질 때는 점수를 더한 때가
# > 아니라 주가 끝나는 때 `week_end(now)`에 `KEEP`을 더한 때입니다.
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expireat(key, week_end(now))
    return int(total)


# %% weekly-boards moment-as-length
# > 12-30 12:00에 점수를 더했더니 순위표가 20849.6일 뒤에 사라집니다. 32.5일 뒤여야 합니다. 사라질 때는 점수를 더한 때가
# > 아니라 주가 끝나는 때 `week_end(now)`에 `KEEP`을 더한 때입니다.
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expire(key, int((week_end(now) + KEEP).timestamp()))
    return int(total)


# %% weekly-boards length-as-moment
# > 점수를 더했는데 캐시에 `board:{quiz}:2026-W53` 키가 없습니다. 키가 `PREFIX + week_of(now)`인지 보세요. 이미 지난
# > 때를 만료 시각으로 정해도 키가 바로 사라집니다.
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expireat(key, int((week_end(now) + KEEP - now).total_seconds()))
    return int(total)


# %% weekly-boards without-ttl
# > 주간 순위표에 TTL이 없습니다. 지난 순위표가 캐시에 쌓입니다. `expireat`이나 `expire`로 정하세요.
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    key = PREFIX + week_of(datetime.now(KST))
    return int(cache.zincrby(key, points, player))


# %% weekly-boards in-utc
# > 한국 시간으로 2027-01-04 00:30에 더한 점수가 `board:{quiz}:2027-W01` 키에 없습니다. 주가 바뀌는 때를 `KST`로
# > 계산하는지 보세요.
from datetime import UTC
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(UTC)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expireat(key, week_end(now) + KEEP)
    return int(total)


# %% weekly-boards plain-expire
# > `add_weekly('서연', 30)` 호출에서 오류가 났습니다. 때(`datetime`)를 넘길 자리가 아닙니다. 정해진 때는 `expireat`에,
# > 지금부터의 길이는 `expire`에 초나 `timedelta`로 넘기세요.
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expire(key, week_end(now) + KEEP)
    return int(total)


# %% season without-ttl
# > 합계 순위표에 TTL이 없습니다. `zunionstore` 다음에 `expire`로 `SEASON_TTL`초를 거세요.
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    cache.zunionstore(SEASON, [PREFIX + week for week in weeks])
    rows = cache.zrange(SEASON, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% season into-the-first-week
# > 합계를 냈더니 `board:{quiz}:2026-W53` 순위표가 바뀌었습니다. 합계는 `SEASON` 키에만 담으세요.
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    keys = [PREFIX + week for week in weeks]
    cache.zunionstore(keys[0], keys)
    rows = cache.zrange(keys[0], 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% season the-best-week
# > 세 주를 더했더니 `('지호', 44)` 줄이 나왔습니다. `('지호', 106)`이어야 합니다. `zunionstore`는 한 주만 참가한 사람도
# > 넣고, 같은 이름의 점수를 더합니다.
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    cache.zunionstore(SEASON, [PREFIX + week for week in weeks], aggregate="MAX")
    cache.expire(SEASON, SEASON_TTL)
    rows = cache.zrange(SEASON, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% season only-who-played-every-week
# > 세 주를 더했더니 2명이 나왔습니다. 4명이어야 합니다. `zunionstore`는 한 주만 참가한 사람도 넣고, 같은 이름의 점수를
# > 더합니다.
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    cache.zinterstore(SEASON, [PREFIX + week for week in weeks])
    cache.expire(SEASON, SEASON_TTL)
    rows = cache.zrange(SEASON, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% season added-again-and-again
# > 앞의 두 주만 더했더니 `('지호', 168)` 줄이 나왔습니다. `('지호', 62)`이어야 합니다. 앞에서 담은 합계가 섞이지
# > 않았는지 보세요. `zunionstore`는 SEASON을 처음부터 다시 씁니다.
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    for week in weeks:
        for player, score in cache.zrange(PREFIX + week, 0, -1, withscores=True):
            cache.zincrby(SEASON, score, player)
    cache.expire(SEASON, SEASON_TTL)
    rows = cache.zrange(SEASON, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% season weeks-as-keys
# > 캐시에 `board:{quiz}:season` 키가 없습니다. `cache.zunionstore(SEASON, 키 목록)`으로 담으세요.
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    cache.zunionstore(SEASON, weeks)
    cache.expire(SEASON, SEASON_TTL)
    rows = cache.zrange(SEASON, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% season kept-as-long-as-it-lives
# > 앞의 두 주만 더했더니 `('지호', 106)` 줄이 나왔습니다. `('지호', 62)`이어야 합니다. 앞에서 담은 합계가 섞이지
# > 않았는지 보세요. `zunionstore`는 SEASON을 처음부터 다시 씁니다.
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    if not cache.exists(SEASON):
        cache.zunionstore(SEASON, [PREFIX + week for week in weeks])
        cache.expire(SEASON, SEASON_TTL)
    rows = cache.zrange(SEASON, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


# %% season in-the-app
# > 캐시에 `board:{quiz}:season` 키가 없습니다. `cache.zunionstore(SEASON, 키 목록)`으로 담으세요.
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    totals: dict = {}
    for week in weeks:
        for player, score in cache.zrange(PREFIX + week, 0, -1, withscores=True):
            totals[player] = totals.get(player, 0) + int(score)
    return sorted(totals.items(), key=lambda row: (row[1], row[0]), reverse=True)[:count]
