"""Wrong attempts at `caching-patterns`, each with the message it must get.

The lines that measure and print are those of the starter; only some of them are needed for the checks.
What stands before the first cell only tells ruff and mypy the names.
"""

# ruff: noqa: F841, RET504 - they are mistakes

import time

import redis

from labs.cloud import database

cache = redis.Redis(host="news.cache.lab", port=6379, decode_responses=True)
db = database.connect(host="news.db.lab")


def load_title(number):
    return db.query("SELECT title FROM articles WHERE id = %s", (number,))[0]["title"]


def update_title(number, title):
    db.execute("UPDATE articles SET title = %s WHERE id = %s", (title, number))


def measure(name): ...
def bar(rate): ...
def show(name): ...
def unread_keys(name): ...
def use_ttl(seconds): ...


TRAFFIC = []
STRATEGIES = {}


# %% lazy-loading never-fills
# > 기록의 3초에 `read_lazy(1)` 호출이 DB를 읽었습니다. 앞에서 쓴 `news:lazy:1` 값이 캐시에 있어야 합니다. 캐시에 쓰는
# > 줄과 값이 있을 때 `return` 하는 줄을 보고, 지우는 줄이 없는지도 보세요.
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
    return load_title(number)


def count_stale(answers):
    """(돌려준 제목, 그때 DB의 제목) 목록에서 낡은 응답이 몇 개인지 셉니다."""
    return sum(1 for answer, current in answers if answer != current)


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


# %% lazy-loading fills-always
# > 기록의 1초에 `read_lazy(1)` 호출이 캐시에 묻지 않았습니다. `cache.get(key)`로 먼저 읽어 보세요.
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
    title = load_title(number)
    cache.set(key, title)
    return title


def count_stale(answers):
    """(돌려준 제목, 그때 DB의 제목) 목록에서 낡은 응답이 몇 개인지 셉니다."""
    return sum(1 for answer, current in answers if answer != current)


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


# %% lazy-loading other-key
# > 캐시에 `1` 키를 물었습니다. 약속한 키는 `news:lazy:1`입니다. 키 이름을 보세요.
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
    cached = cache.get(number)
    if cached is not None:
        return cached
    title = load_title(number)
    cache.set(number, title)
    return title


def count_stale(answers):
    """(돌려준 제목, 그때 DB의 제목) 목록에서 낡은 응답이 몇 개인지 셉니다."""
    return sum(1 for answer, current in answers if answer != current)


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


# %% lazy-loading with-ttl
# > `news:lazy:1` 값에 TTL 10초가 있습니다. 이 단계에서는 TTL이 없을 때를 재려고 합니다. `ex=`를 빼 보세요.
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
    cache.set(key, title, ex=10)
    return title


def count_stale(answers):
    """(돌려준 제목, 그때 DB의 제목) 목록에서 낡은 응답이 몇 개인지 셉니다."""
    return sum(1 for answer, current in answers if answer != current)


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


# %% lazy-loading counts-fresh
# > 다섯 응답 가운데 셋이 DB와 다른데 `count_stale` 결과가 `2`입니다. 쌍의 두 제목을 `!=`로 견주어 다른 것만 세세요.
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
    return sum(1 for answer, current in answers if answer == current)


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


# %% lazy-loading counts-all
# > 다섯 응답 가운데 셋이 DB와 다른데 `count_stale` 결과가 `5`입니다. 쌍의 두 제목을 `!=`로 견주어 다른 것만 세세요.
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
    return len(answers)


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


# %% lazy-loading updates-the-cache
# > 기록의 21초에 `read_lazy(3)` 결과가 벌써 새 제목입니다. 이 전략에서는 캐시에 남은 `'축구 결승'`이 나옵니다. 이
# > 제목을 고칠 때 캐시를 지우거나 쓰지 않았는지 보세요.
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
    cache.set(f"news:lazy:{number}", title)


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


# %% write-through cache-first
# > 캐시를 먼저 쓰고 DB를 고쳤습니다. DB 쓰기가 실패하면 캐시에만 있는 제목이 남습니다. DB를 먼저 고치세요.
def read_through(number):
    """캐시에 있으면 그 값을, 없으면 DB에서 읽어 돌려주기만 합니다."""
    cached = cache.get(f"news:through:{number}")
    return load_title(number) if cached is None else cached


def save_through(number, title):
    """DB를 고치고 캐시에도 새 제목을 씁니다."""
    cache.set(f"news:through:{number}", title)
    update_title(number, title)


def unread_keys(name):
    """이 전략이 캐시에 남긴 키 가운데 기록에서 아무도 읽지 않은 것의 수입니다."""
    read = {event["number"] for event in TRAFFIC if event["action"] == "read"}
    keys = list(cache.scan_iter(match=f"news:{name}:*"))
    return sum(1 for key in keys if int(key.split(":")[-1]) not in read)


STRATEGIES["through"] = (read_through, save_through)


# %% write-through cache-only
# > `save_through` 함수가 DB를 고치지 않았습니다. `update_title` 줄을 지우지 않았는지 보세요.
def read_through(number):
    """캐시에 있으면 그 값을, 없으면 DB에서 읽어 돌려주기만 합니다."""
    cached = cache.get(f"news:through:{number}")
    return load_title(number) if cached is None else cached


def save_through(number, title):
    """DB를 고치고 캐시에도 새 제목을 씁니다."""
    cache.set(f"news:through:{number}", title)


def unread_keys(name):
    """이 전략이 캐시에 남긴 키 가운데 기록에서 아무도 읽지 않은 것의 수입니다."""
    read = {event["number"] for event in TRAFFIC if event["action"] == "read"}
    keys = list(cache.scan_iter(match=f"news:{name}:*"))
    return sum(1 for key in keys if int(key.split(":")[-1]) not in read)


STRATEGIES["through"] = (read_through, save_through)


# %% write-through deletes
# > `save_through`를 부른 뒤에도 캐시가 비어 있습니다. DB를 고친 다음 `cache.set`으로도 쓰세요.
def read_through(number):
    """캐시에 있으면 그 값을, 없으면 DB에서 읽어 돌려주기만 합니다."""
    cached = cache.get(f"news:through:{number}")
    return load_title(number) if cached is None else cached


def save_through(number, title):
    """DB를 고치고 캐시에도 새 제목을 씁니다."""
    update_title(number, title)
    cache.delete(f"news:through:{number}")


def unread_keys(name):
    """이 전략이 캐시에 남긴 키 가운데 기록에서 아무도 읽지 않은 것의 수입니다."""
    read = {event["number"] for event in TRAFFIC if event["action"] == "read"}
    keys = list(cache.scan_iter(match=f"news:{name}:*"))
    return sum(1 for key in keys if int(key.split(":")[-1]) not in read)


STRATEGIES["through"] = (read_through, save_through)


# %% write-through lazy-key
# > 캐시에 `news:lazy:7` 키로 썼습니다. 읽을 때와 같은 `news:through:7` 키로 쓰세요.
def read_through(number):
    """캐시에 있으면 그 값을, 없으면 DB에서 읽어 돌려주기만 합니다."""
    cached = cache.get(f"news:through:{number}")
    return load_title(number) if cached is None else cached


def save_through(number, title):
    """DB를 고치고 캐시에도 새 제목을 씁니다."""
    update_title(number, title)
    cache.set(f"news:lazy:{number}", title)


def unread_keys(name):
    """이 전략이 캐시에 남긴 키 가운데 기록에서 아무도 읽지 않은 것의 수입니다."""
    read = {event["number"] for event in TRAFFIC if event["action"] == "read"}
    keys = list(cache.scan_iter(match=f"news:{name}:*"))
    return sum(1 for key in keys if int(key.split(":")[-1]) not in read)


STRATEGIES["through"] = (read_through, save_through)


# %% write-through fills-on-miss
# > 기록의 3초에 `read_through(1)` 호출이 히트였습니다. 이 전략이라면 미스입니다. 쓰지 않기로 한 값을 캐시에 쓰거나,
# > 히트일 때 다시 써서 TTL을 늘리지 않았는지 보세요.
def read_through(number):
    """캐시에 있으면 그 값을, 없으면 DB에서 읽어 돌려주기만 합니다."""
    cached = cache.get(f"news:through:{number}")
    if cached is None:
        cached = load_title(number)
        cache.set(f"news:through:{number}", cached)
    return cached


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


# %% write-through with-ttl
# > `news:through:7` 값에 TTL 15초가 있습니다. 이 단계에서는 TTL이 없을 때를 재려고 합니다. `ex=`를 빼 보세요.
def read_through(number):
    """캐시에 있으면 그 값을, 없으면 DB에서 읽어 돌려주기만 합니다."""
    cached = cache.get(f"news:through:{number}")
    return load_title(number) if cached is None else cached


def save_through(number, title):
    """DB를 고치고 캐시에도 새 제목을 씁니다."""
    update_title(number, title)
    cache.set(f"news:through:{number}", title, ex=15)


def unread_keys(name):
    """이 전략이 캐시에 남긴 키 가운데 기록에서 아무도 읽지 않은 것의 수입니다."""
    read = {event["number"] for event in TRAFFIC if event["action"] == "read"}
    keys = list(cache.scan_iter(match=f"news:{name}:*"))
    return sum(1 for key in keys if int(key.split(":")[-1]) not in read)


STRATEGIES["through"] = (read_through, save_through)


# %% write-through counts-read
# > `unread_keys("through")` 결과가 `4`입니다. 캐시의 키 7개 가운데 3개는 기록에서 아무도 읽지 않았습니다. 키 끝의
# > 번호를 `int`로 바꾸어 `read`에 없는 것만 세세요.
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
    return sum(1 for key in keys if int(key.split(":")[-1]) in read)


STRATEGIES["through"] = (read_through, save_through)


# %% write-through compares-text
# > `unread_keys("through")` 결과가 `7`입니다. 캐시의 키 7개 가운데 3개는 기록에서 아무도 읽지 않았습니다. 키 끝의
# > 번호를 `int`로 바꾸어 `read`에 없는 것만 세세요.
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
    return sum(1 for key in keys if key.split(":")[-1] not in read)


STRATEGIES["through"] = (read_through, save_through)

# %% both-with-ttl no-ttl
# > `news:both:1` 값에 TTL이 없습니다. `fill`에서 `ex=ttl_seconds`를 더하세요.
ttl_seconds = 15


def use_ttl(seconds):
    """이제부터 캐시에 쓰는 값의 TTL을 정합니다."""
    global ttl_seconds
    ttl_seconds = seconds


def fill(number, title):
    """캐시에 제목을 씁니다. 읽는 쪽과 쓰는 쪽이 함께 부릅니다."""
    cache.set(f"news:both:{number}", title)


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

# %% both-with-ttl own-ttl
# > 다른 데이터로 바꾸어 다시 확인했습니다. `use_ttl(12)` 다음에 쓴 `news:both:21` 값의 TTL이 15초입니다. `ex=`에
# > `ttl_seconds`를 그대로 넘기세요.
ttl_seconds = 15


def use_ttl(seconds):
    """이제부터 캐시에 쓰는 값의 TTL을 정합니다."""
    global ttl_seconds
    ttl_seconds = seconds


def fill(number, title):
    """캐시에 제목을 씁니다. 읽는 쪽과 쓰는 쪽이 함께 부릅니다."""
    cache.set(f"news:both:{number}", title, ex=15)


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

# %% both-with-ttl milliseconds
# > `use_ttl(15)` 다음에 쓴 `news:both:1` 값의 TTL이 0.015초입니다. `ex=`에 `ttl_seconds`를 그대로 넘기세요.
ttl_seconds = 15


def use_ttl(seconds):
    """이제부터 캐시에 쓰는 값의 TTL을 정합니다."""
    global ttl_seconds
    ttl_seconds = seconds


def fill(number, title):
    """캐시에 제목을 씁니다. 읽는 쪽과 쓰는 쪽이 함께 부릅니다."""
    cache.set(f"news:both:{number}", title, px=ttl_seconds)


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

# %% both-with-ttl save-does-not-fill
# > `save_both(7)` 호출 뒤에 캐시에 `news:both:7` 키가 없습니다. `fill`을 부르는지 보세요.
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


STRATEGIES["both"] = (read_both, save_both)

# %% both-with-ttl read-does-not-fill
# > `read_both(1)` 호출 뒤에 캐시에 `news:both:1` 키가 없습니다. `fill`을 부르는지 보세요.
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
    return title


def save_both(number, title):
    update_title(number, title)
    fill(number, title)


STRATEGIES["both"] = (read_both, save_both)

# %% both-with-ttl cache-first
# > 캐시를 먼저 쓰고 DB를 고쳤습니다. DB를 먼저 고치세요.
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
    fill(number, title)
    update_title(number, title)


STRATEGIES["both"] = (read_both, save_both)

# %% both-with-ttl extended-by-hits
# > 기록의 23초에 `read_both(2)` 호출이 히트였습니다. 이 전략이라면 미스입니다. 쓰지 않기로 한 값을 캐시에 쓰거나,
# > 히트일 때 다시 써서 TTL을 늘리지 않았는지 보세요.
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
        fill(number, cached)
        return cached
    title = load_title(number)
    fill(number, title)
    return title


def save_both(number, title):
    update_title(number, title)
    fill(number, title)


STRATEGIES["both"] = (read_both, save_both)

# %% both-with-ttl cleared-on-save
# > 기록의 18초에 `read_both(3)` 호출이 DB를 읽었습니다. 앞에서 쓴 `news:both:3` 값이 캐시에 있어야 합니다. 캐시에 쓰는
# > 줄과 값이 있을 때 `return` 하는 줄을 보고, 지우는 줄이 없는지도 보세요.
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
    for key in cache.scan_iter(match="news:both:*"):
        cache.delete(key)
    fill(number, title)


STRATEGIES["both"] = (read_both, save_both)


# %% choose-ttl same-ttl
# > TTL 5초로 잰 적중률이 72%입니다. 44%여야 합니다. `use_ttl(seconds)`를 부른 다음 `measure("both")`로 재는지 보세요.
def try_ttls(candidates):
    """후보 TTL마다 both 전략을 재어 {TTL: 잰 값}으로 돌려줍니다."""
    results = {}
    for seconds in candidates:
        results[seconds] = measure("both")
    return results


def pick(results, most_stale):
    """낡은 응답이 most_stale개를 넘지 않는 TTL 가운데 적중률이 가장 높은 것. 없으면 None"""
    fresh = [seconds for seconds in results if results[seconds]["stale"] <= most_stale]
    return max(fresh, key=lambda seconds: results[seconds]["hit_rate"], default=None)


# %% choose-ttl other-strategy
# > TTL 5초로 잰 적중률이 89%입니다. 44%여야 합니다. `use_ttl(seconds)`를 부른 다음 `measure("both")`로 재는지 보세요.
def try_ttls(candidates):
    """후보 TTL마다 both 전략을 재어 {TTL: 잰 값}으로 돌려줍니다."""
    results = {}
    for seconds in candidates:
        use_ttl(seconds)
        results[seconds] = measure("lazy")
    return results


def pick(results, most_stale):
    """낡은 응답이 most_stale개를 넘지 않는 TTL 가운데 적중률이 가장 높은 것. 없으면 None"""
    fresh = [seconds for seconds in results if results[seconds]["stale"] <= most_stale]
    return max(fresh, key=lambda seconds: results[seconds]["hit_rate"], default=None)


# %% choose-ttl last-only
# > `try_ttls([5, 15, 30, 60])` 결과에 든 TTL이 `[60]`입니다. 후보마다 재어 `results[seconds]`에 넣으세요.
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


# %% choose-ttl highest-rate
# > 낡은 응답과 적중률이 9초는 1개에 50%, 3초는 0개에 20%, 40초는 7개에 90%, 20초는 4개에 80%일 때, 낡은 응답을 0개까지
# > 참는다면 3초를 골라야 합니다. `pick` 결과는 `40`입니다. 낡은 응답이 많은 TTL을 먼저 빼고, 남은 것에서 적중률을
# > 견주세요.
def try_ttls(candidates):
    """후보 TTL마다 both 전략을 재어 {TTL: 잰 값}으로 돌려줍니다."""
    results = {}
    for seconds in candidates:
        use_ttl(seconds)
        results[seconds] = measure("both")
    return results


def pick(results, most_stale):
    """낡은 응답이 most_stale개를 넘지 않는 TTL 가운데 적중률이 가장 높은 것. 없으면 None"""
    return max(results, key=lambda seconds: results[seconds]["hit_rate"])


# %% choose-ttl freshest
# > 낡은 응답과 적중률이 9초는 1개에 50%, 3초는 0개에 20%, 40초는 7개에 90%, 20초는 4개에 80%일 때, 낡은 응답을 2개까지
# > 참는다면 9초를 골라야 합니다. `pick` 결과는 `3`입니다. 낡은 응답이 많은 TTL을 먼저 빼고, 남은 것에서 적중률을
# > 견주세요.
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
    return min(fresh, key=lambda seconds: results[seconds]["stale"], default=None)


# %% choose-ttl strictly-less
# > 낡은 응답과 적중률이 9초는 1개에 50%, 3초는 0개에 20%, 40초는 7개에 90%, 20초는 4개에 80%일 때, 낡은 응답을 0개까지
# > 참는다면 3초를 골라야 합니다. `pick` 결과는 `None`입니다. 낡은 응답이 많은 TTL을 먼저 빼고, 남은 것에서 적중률을
# > 견주세요.
def try_ttls(candidates):
    """후보 TTL마다 both 전략을 재어 {TTL: 잰 값}으로 돌려줍니다."""
    results = {}
    for seconds in candidates:
        use_ttl(seconds)
        results[seconds] = measure("both")
    return results


def pick(results, most_stale):
    """낡은 응답이 most_stale개를 넘지 않는 TTL 가운데 적중률이 가장 높은 것. 없으면 None"""
    fresh = [seconds for seconds in results if results[seconds]["stale"] < most_stale]
    return max(fresh, key=lambda seconds: results[seconds]["hit_rate"], default=None)


# %% choose-ttl none-fits
# > `pick({9: {'hit_rate': 0.5, 'stale': 1}}, 0)` 호출에서 오류가 났습니다. `max`에 넘긴 것이 비어 있습니다. 비었을 때를
# > 먼저 처리하거나 `default=None`을 넣으세요.
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
    return max(fresh, key=lambda seconds: results[seconds]["hit_rate"])
