"""Right answers to `leaderboard` that are not the solution: each must pass.

What stands before the first cell only tells ruff and mypy the names.
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


# %% add-and-top zrevrange
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    return round(cache.zincrby(BOARD, points, player))


def top(count):
    return cache.zrevrange(BOARD, 0, count - 1, withscores=True)


# %% add-and-top zadd-incr
import redis

cache = redis.Redis(host="board.cache.lab", port=6379, decode_responses=True)

BOARD = "board:today"


def add_points(player, points):
    return cache.zadd(BOARD, {player: points}, incr=True)


def top(count):
    rows = cache.zrevrange(BOARD, 0, -1, withscores=True)[:count]
    return [[player, int(score)] for player, score in rows]


# %% add-and-top bytes-and-pipeline
import redis

cache = redis.Redis(host="board.cache.lab")
BOARD = "board:today"


def add_points(player, points):
    with cache.pipeline() as pipe:
        pipe.zincrby(BOARD, points, player)
        pipe.zscore(BOARD, player)
        return int(pipe.execute()[-1])


def top(count):
    rows = cache.zrange(BOARD, "+inf", "-inf", desc=True, byscore=True, offset=0, num=count, withscores=True)
    return [(player.decode(), int(score)) for player, score in rows]


# %% my-rank from-my-rank
def my_rank(player):
    place = cache.zrevrank(BOARD, player)
    return place if place is None else 1 + place


def around(player):
    rank = my_rank(player)
    if rank is None:
        return []
    start = rank - 2 if rank > 1 else 0
    rows = cache.zrevrange(BOARD, start, rank, withscores=True)
    return [(start + 1 + index, name, score) for index, (name, score) in enumerate(rows)]


# %% my-rank from-the-bottom-up
def my_rank(player):
    place = cache.zrank(BOARD, player)
    return None if place is None else cache.zcard(BOARD) - place


def around(player):
    rank = my_rank(player)
    found = []
    for each in range(max(rank - 1, 1), rank + 2) if rank else []:
        for name, score in cache.zrange(BOARD, each - 1, each - 1, desc=True, withscores=True):
            found.append((each, name, int(score)))
    return found


# %% shared-ranks ask-for-each
def shared_rank(player):
    score = cache.zscore(BOARD, player)
    return None if score is None else 1 + cache.zcount(BOARD, "(" + str(score), "inf")


def top_shared(count):
    return [(shared_rank(player), player, score) for player, score in top(count)]


# %% shared-ranks place-of-the-first-equal
def shared_rank(player):
    score = cache.zscore(BOARD, player)
    if score is None:
        return None
    first = cache.zrange(BOARD, score, score, desc=True, byscore=True, offset=0, num=1)
    return cache.zrevrank(BOARD, first[0]) + 1


def top_shared(count):
    rows = top(count)
    scores = [score for _, score in rows]
    return [(scores.index(score) + 1, player, score) for player, score in rows]


# %% weekly-boards expireat
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
    with cache.pipeline() as pipe:
        pipe.zincrby(key, points, player)
        pipe.expireat(key, week_end(now) + KEEP)
        total, _ = pipe.execute()
    return int(total)


# %% weekly-boards once-by-the-first
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    return now.strftime("%G-W%V")


def week_end(now):
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    left = week_end(now) + KEEP - now
    cache.expire(key, int(left.total_seconds()), nx=True)
    return int(total)


# %% season map-of-weights
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    with cache.pipeline() as pipe:
        pipe.zunionstore(SEASON, {PREFIX + week: 1 for week in weeks}, aggregate="SUM")
        pipe.expire(SEASON, SEASON_TTL)
        pipe.zrevrange(SEASON, 0, count - 1, withscores=True)
        *_, rows = pipe.execute()
    return [(player, int(score)) for player, score in rows]


# %% season rebuilt-by-hand
SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    cache.delete(SEASON)
    for week in weeks:
        for player, score in cache.zrange(PREFIX + week, 0, -1, withscores=True):
            cache.zincrby(SEASON, score, player)
    cache.expire(SEASON, SEASON_TTL)
    return [(player, int(score)) for player, score in cache.zrevrange(SEASON, 0, count - 1, withscores=True)]
