"""캐싱 패턴: 정답"""

# %% lazy-loading
import time

import redis

from labs.cloud import database

cache = redis.Redis(host="news.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="news.db.lab")
log = database.connect(host="log.db.lab")


def load_title(number):
    """DB에서 기사 제목을 읽습니다."""
    rows = db.query("SELECT title FROM articles WHERE id = %s", (number,))
    return rows[0]["title"]


def update_title(number, title):
    """DB의 기사 제목만 고칩니다."""
    db.execute("UPDATE articles SET title = %s WHERE id = %s", (title, number))


def read_lazy(number):
    key = f"news:lazy:{number}"
    cached = cache.get(key)
    if cached is not None:
        return cached
    title = load_title(number)
    cache.set(key, title)
    return title


def count_stale(answers):
    """(돌려준 제목, 그때 DB의 제목) 목록에서 낡은 응답이 몇 개인지 셉니다."""
    return sum(1 for answer, current in answers if answer != current)


# 아래는 재는 도구입니다. 고치지 않아도 됩니다.
def access_log():
    """어제 1분의 기록. read 조회, save 편집자의 수정, batch 캐시를 모르는 일괄 작업"""
    return log.query("SELECT * FROM access_log ORDER BY second")


TRAFFIC = access_log()
STRATEGIES = {"lazy": (read_lazy, update_title)}


def start_over(name):
    """이 전략의 키를 지우고 DB의 제목을 처음으로 되돌립니다."""
    for key in cache.scan_iter(match=f"news:{name}:*"):
        cache.delete(key)
    db.execute("UPDATE articles SET title = first_title")
    rows = db.query("SELECT id, first_title FROM articles")
    return {row["id"]: row["first_title"] for row in rows}


def measure(name):
    """빈 캐시에 기록을 그대로 흘려보내며 전략 하나를 잽니다."""
    read, save = STRATEGIES[name]
    titles, answers = start_over(name), []
    before, db_reads, started = cache.info("stats"), db.reads, time.time()
    for event in TRAFFIC:
        time.sleep(max(0, started + event["second"] - time.time()))
        number, title = event["number"], event["title"]
        if event["action"] == "read":
            answers.append((read(number), titles[number]))
            continue
        change = save if event["action"] == "save" else update_title
        change(number, title)
        titles[number] = title
    after = cache.info("stats")
    hits = after["keyspace_hits"] - before["keyspace_hits"]
    misses = after["keyspace_misses"] - before["keyspace_misses"]
    return {
        "hit_rate": hits / max(hits + misses, 1),
        "stale_rate": count_stale(answers) / len(answers),
        "stale": count_stale(answers),
        "db_reads": db.reads - db_reads,
        "keys": len(list(cache.scan_iter(match=f"news:{name}:*"))),
    }


def bar(rate):
    return "█" * round(rate * 30)


def show(name):
    result = measure(name)
    hit, stale = result["hit_rate"], result["stale_rate"]
    print(f"{name:8}적중 {hit:4.0%} {bar(hit)}")
    print(f"{'':8}낡음 {stale:4.0%} {bar(stale)}")
    print(f"{'':8}DB 조회 {result['db_reads']}회, 남은 키 {result['keys']}개")


show("lazy")


# %% write-through
def read_through(number):
    """캐시에 있으면 그 값을, 없으면 DB에서 읽어 돌려주기만 합니다."""
    cached = cache.get(f"news:through:{number}")
    return load_title(number) if cached is None else cached


def save_through(number, title):
    """DB를 고치고 캐시에도 새 제목을 씁니다."""
    update_title(number, title)
    cache.set(f"news:through:{number}", title)


def unread_keys(name):
    """이 전략이 캐시에 남긴 키 가운데 기록에서 아무도 읽지 않은 것의 수입니다."""
    read = {event["number"] for event in TRAFFIC if event["action"] == "read"}
    keys = list(cache.scan_iter(match=f"news:{name}:*"))
    return sum(1 for key in keys if int(key.split(":")[-1]) not in read)


STRATEGIES["through"] = (read_through, save_through)

show("lazy")
show("through")
for name in STRATEGIES:
    print(f"아무도 읽지 않은 키: {name} {unread_keys(name)}개")

# %% both-with-ttl
ttl_seconds = 15


def use_ttl(seconds):
    """이제부터 캐시에 쓰는 값의 TTL을 정합니다."""
    global ttl_seconds
    ttl_seconds = seconds


def fill(number, title):
    """캐시에 제목을 씁니다. 읽는 쪽과 쓰는 쪽이 함께 부릅니다."""
    cache.set(f"news:both:{number}", title, ex=ttl_seconds)


def read_both(number):
    cached = cache.get(f"news:both:{number}")
    if cached is not None:
        return cached
    title = load_title(number)
    fill(number, title)
    return title


def save_both(number, title):
    update_title(number, title)
    fill(number, title)


STRATEGIES["both"] = (read_both, save_both)

for name in STRATEGIES:
    show(name)
for name in STRATEGIES:
    print(f"아무도 읽지 않은 키: {name} {unread_keys(name)}개")


# %% choose-ttl
def try_ttls(candidates):
    """후보 TTL마다 both 전략을 재어 {TTL: 잰 값}으로 돌려줍니다."""
    results = {}
    for seconds in candidates:
        use_ttl(seconds)
        results[seconds] = measure("both")
    return results


def pick(results, most_stale):
    """낡은 응답이 most_stale개를 넘지 않는 TTL 가운데 적중률이 가장 높은 것. 없으면 None"""
    fresh = [seconds for seconds in results if results[seconds]["stale"] <= most_stale]
    return max(fresh, key=lambda seconds: results[seconds]["hit_rate"], default=None)


results = try_ttls([5, 15, 30, 60])
for seconds, result in results.items():
    hit, stale = result["hit_rate"], result["stale_rate"]
    print(f"{seconds:3}초  적중 {hit:4.0%} {bar(hit)}")
    print(f"       낡음 {stale:4.0%} {bar(stale)}")
for limit in [0, 2, 5]:
    print(f"낡은 응답 {limit}개까지 괜찮다면 TTL {pick(results, limit)}초")
