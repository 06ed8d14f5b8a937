"""Right answers to `session-store` that are not the solution: each must pass.

What stands before the first cell only tells ruff and mypy the names.
"""

import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def find_session(app, session_id):
    saved = apps[app].get(f"session:{session_id}")
    return None if saved is None else json.loads(saved)


def open_session(app, session_id):
    saved = apps[app].getex(f"session:{session_id}", ex=IDLE_TTL)
    return None if saved is None else json.loads(saved)


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    return session_id


def user_key(user):
    return f"sessions-of:{user}"


# %% share-the-login setex-and-exists
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_hex(16)
    apps[app].setex(f"session:{session_id}", IDLE_TTL, json.dumps({"cart": [], "user": user}))
    return session_id


def find_session(app, session_id):
    key = f"session:{session_id}"
    if not apps[app].exists(key):
        return None
    return json.loads(apps[app].get(key))


# %% share-the-login transaction
import uuid

import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = str(uuid.uuid4())
    key = f"session:{session_id}"
    with apps[app].pipeline() as pipe:
        pipe.set(key, json.dumps({"user": user, "cart": []}, ensure_ascii=False))
        pipe.expire(key, IDLE_TTL)
        pipe.execute()
    return session_id


def find_session(app, session_id):
    if saved := apps[app].get(f"session:{session_id}"):
        return json.loads(saved)
    return None


# %% share-the-login timedelta-and-bytes
import json
import secrets
from datetime import timedelta

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", client_name=name)


apps = {name: connect(name) for name in ("app-1", "app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe()
    session = json.dumps({"user": user, "cart": []})
    apps[app].set("session:" + session_id, session, ex=timedelta(seconds=IDLE_TTL), nx=True)
    return session_id


def find_session(app, session_id):
    saved = apps[app].get("session:" + str(session_id))
    return saved and json.loads(saved)


# %% slide-the-ttl get-then-expire
def open_session(app, session_id):
    session = find_session(app, session_id)
    if session is not None:
        apps[app].expire(f"session:{session_id}", IDLE_TTL)
    return session


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id)
    if session is None:
        return None
    session["cart"] = [*session["cart"], item]
    apps[app].set(f"session:{session_id}", json.dumps(session), keepttl=True)
    return session["cart"]


# %% slide-the-ttl pipeline
def open_session(app, session_id):
    key = f"session:{session_id}"
    with apps[app].pipeline() as pipe:
        pipe.get(key)
        pipe.expire(key, IDLE_TTL)
        saved, _ = pipe.execute()
    return json.loads(saved) if saved else None


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id)
    if session is None:
        return None
    session["cart"].append(item)
    # 그 사이에 로그아웃했다면 쓰지 않습니다.
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL, xx=True)
    return session["cart"]


# %% slide-the-ttl milliseconds
def open_session(app, session_id):
    saved = apps[app].getex(f"session:{session_id}", px=IDLE_TTL * 1000)
    return None if saved is None else json.loads(saved)


def add_to_cart(app, session_id, item):
    session = find_session(app, session_id)
    if session is None:
        return None
    session["cart"].append(item)
    apps[app].setex(f"session:{session_id}", IDLE_TTL, json.dumps(session))
    return session["cart"]


# %% log-out-everywhere transactions
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    with apps[app].pipeline() as pipe:
        pipe.set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
        pipe.sadd(user_key(user), session_id)
        pipe.execute()
    return session_id


def log_out(app, session_id):
    saved = apps[app].getdel(f"session:{session_id}")
    if saved is not None:
        apps[app].srem(user_key(json.loads(saved)["user"]), session_id)


def log_out_everywhere(app, user):
    ended = 0
    for session_id in apps[app].smembers(user_key(user)):
        ended += apps[app].unlink(f"session:{session_id}")
        apps[app].srem(user_key(user), session_id)
    return ended


# %% log-out-everywhere pop-one-by-one
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].sadd(user_key(user), session_id)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    return session_id


def log_out(app, session_id):
    session = find_session(app, session_id)
    if session:
        apps[app].srem(user_key(session["user"]), session_id)
        apps[app].delete(f"session:{session_id}")


def log_out_everywhere(app, user):
    ended = 0
    while (session_id := apps[app].spop(user_key(user))) is not None:
        ended += apps[app].delete(f"session:{session_id}")
    return ended


# %% count-devices one-pipeline
def devices(app, user):
    ids = list(apps[app].smembers(user_key(user)))
    with apps[app].pipeline(transaction=False) as pipe:
        for each in ids:
            pipe.exists(f"session:{each}")
        found = pipe.execute()
    dead = [each for each, alive in zip(ids, found, strict=True) if not alive]
    if dead:
        apps[app].srem(user_key(user), *dead)
    return len(ids) - len(dead)


# %% count-devices mget
def devices(app, user):
    ids = list(apps[app].smembers(user_key(user)))
    if not ids:
        return 0
    values = apps[app].mget([f"session:{each}" for each in ids])
    for each, value in zip(ids, values, strict=True):
        if value is None:
            apps[app].srem(user_key(user), each)
    return apps[app].scard(user_key(user))


# %% lose-an-instance comprehension
def stop(app):
    apps.pop(app, None)


def start(app):
    apps.update({app: connect(app)})


def serve(number, session_id):
    running = sorted(apps)
    app = running[number % len(running)]
    found = open_session(app, session_id) or {"user": None}
    return [app, found["user"]]


# %% lose-an-instance from-the-end
from itertools import cycle, islice


def stop(app):
    apps.pop(app, None)


def start(app):
    apps[app] = redis.Redis(host="sessions.cache.lab", client_name=app, decode_responses=True)


def serve(number, session_id):
    app = next(islice(cycle(apps), number, None))
    session = open_session(app, session_id)
    return (app, session["user"]) if session is not None else (app, None)
