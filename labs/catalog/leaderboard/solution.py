"""리더보드: 정답"""

# redis-py types a reply of these commands as any of several kinds.
# mypy: disable-error-code="arg-type,operator,str-unpack,var-annotated"

# %% add-and-top
import redis

cache = redis.Redis(
    host="board.cache.lab",
    port=6379,
    decode_responses=True,
)

BOARD = "board:today"


def add_points(player, points):
    """점수를 더하고, 더한 뒤의 점수를 정수로 돌려줍니다."""
    return int(cache.zincrby(BOARD, points, player))


def top(count):
    """높은 점수부터 count명을 (이름, 점수)로 돌려줍니다."""
    rows = cache.zrange(BOARD, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


for player, points in [("민준", 30), ("서연", 20), ("지호", 40)]:
    add_points(player, points)
print("1문제 뒤:", top(2))
add_points("서연", 30)
print("2문제 뒤:", top(2))
print("서연의 점수:", cache.zscore(BOARD, "서연"))

# %% my-rank


def my_rank(player):
    """1부터 센 순위입니다. 순위표에 없으면 None입니다."""
    place = cache.zrevrank(BOARD, player)
    if place is None:
        return None
    return place + 1


def around(player):
    """내 바로 위부터 바로 아래까지 (순위, 이름, 점수)로 돌려줍니다.

    순위표에 없으면 빈 목록입니다.
    """
    place = cache.zrevrank(BOARD, player)
    if place is None:
        return []
    first = max(place - 1, 0)
    rows = cache.zrange(BOARD, first, place + 1, desc=True, withscores=True)
    ranks = enumerate(rows, start=first + 1)
    return [(rank, name, int(score)) for rank, (name, score) in ranks]


scores = {"민준": 30, "서연": 50, "지호": 40, "하린": 10}
for player, points in scores.items():
    add_points(player, points)
for player in ["서연", "민준", "하린", "도윤"]:
    print(player, my_rank(player), around(player))

# %% shared-ranks


def shared_rank(player):
    """나보다 점수가 높은 사람의 수에 1을 더한 순위입니다.

    순위표에 없으면 None입니다.
    """
    score = cache.zscore(BOARD, player)
    if score is None:
        return None
    return cache.zcount(BOARD, f"({score}", "+inf") + 1


def top_shared(count):
    """상위 count명을 (공동 순위, 이름, 점수)로 돌려줍니다."""
    rows = []
    for place, (player, score) in enumerate(top(count), start=1):
        rank = place
        if rows and rows[-1][2] == score:
            rank = rows[-1][0]
        rows.append((rank, player, score))
    return rows


scores = {"지호": 870, "민준": 950, "서연": 950, "하린": 980}
for player, points in scores.items():
    add_points(player, points)
print("낮은 점수부터:", cache.zrange(BOARD, 0, -1))
print("높은 점수부터:", cache.zrange(BOARD, 0, -1, desc=True))
print("민준의 자리:", my_rank("민준"))
print("민준의 공동 순위:", shared_rank("민준"))
for row in top_shared(4):
    print(*row)

# %% weekly-boards
import time
from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))
PREFIX = "board:{quiz}:"
KEEP = timedelta(weeks=4)


def week_of(now):
    """now가 속한 ISO 주입니다. 예를 들면 "2026-W02"입니다."""
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def week_end(now):
    """now가 속한 주가 끝나는 때, 곧 다음 월요일 0시입니다."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())


def add_weekly(player, points):
    """이번 주 순위표에 더하고 점수를 돌려줍니다.

    표는 주가 끝나고 KEEP이 더 지나면 사라집니다.
    """
    now = datetime.now(KST)
    key = PREFIX + week_of(now)
    total = cache.zincrby(key, points, player)
    cache.expire(key, week_end(now) + KEEP - now)
    return int(total)


def show(week):
    key = PREFIX + week
    rows = cache.zrange(key, 0, -1, desc=True, withscores=True)
    days = cache.ttl(key) / 86400
    print(week, rows, f"{days:.1f}일 뒤 사라짐" if days > 0 else "TTL 없음")


add_weekly("민준", 30)
show("2026-W02")
time.sleep(6 * 86400)
add_weekly("서연", 20)
show("2026-W02")
time.sleep(86400)
add_weekly("서연", 50)
show("2026-W03")

# %% season

SEASON = PREFIX + "season"
SEASON_TTL = 60


def season_top(weeks, count):
    """주간 순위표 여러 개를 더한 상위 count명을 (이름, 점수)로 돌려줍니다.

    weeks는 ["2026-W02", "2026-W03"] 같은 목록입니다.
    """
    cache.zunionstore(SEASON, [PREFIX + week for week in weeks])
    cache.expire(SEASON, SEASON_TTL)
    rows = cache.zrange(SEASON, 0, count - 1, desc=True, withscores=True)
    return [(player, int(score)) for player, score in rows]


for player, points in [("민준", 30), ("서연", 20), ("지호", 25)]:
    add_weekly(player, points)
time.sleep(7 * 86400)
for player, points in [("서연", 40), ("하린", 35)]:
    add_weekly(player, points)
print("2주 합계:", season_top(["2026-W02", "2026-W03"], 3))
print("첫 주만:", season_top(["2026-W02"], 3))
print("합계 표의 TTL:", cache.ttl(SEASON))
