"""Typical wrong attempts at `session-store`, each with the message it must get.

What stands before the first cell only tells ruff and mypy the names: the engine runs a cell after the solutions of
the earlier steps.
"""

# ruff: noqa: RET501 - they are mistakes

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


# %% share-the-login instance-in-key
# > 캐시에 `session:app-1:<세션 ID>` 키로 썼습니다. 약속한 키는 `session:<세션 ID>`입니다. 키 이름을 보세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    apps[app].set(f"session:{app}:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    saved = apps[app].get(f"session:{app}:{session_id}")
    if saved is None:
        return None
    return json.loads(saved)


# %% share-the-login dict-as-it-is
# > `log_in('app-1', '하은')` 호출에서 오류가 났습니다. 캐시에는 글자, 숫자, 바이트만 쓸 수 있는데 `dict` 값을
# > 넘겼습니다. `json.dumps`로 글자로 바꾸세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", {"user": user, "cart": []}, ex=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    return apps[app].get(f"session:{session_id}")


# %% share-the-login str-of-dict
# > 캐시에 쓴 값이 `"{'user': '하은', 'cart': []}"`입니다. JSON이 아닙니다. `json.dumps`로 바꾸어 쓰세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    apps[app].set(f"session:{session_id}", str(session), ex=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    saved = apps[app].get(f"session:{session_id}")
    if saved is None:
        return None
    return json.loads(saved.replace("'", '"'))


# %% share-the-login hash
# > 세션 키의 값이 `hash` 종류입니다. 다른 서버도 읽을 수 있도록 약속대로 JSON 글자를 `SET`으로 쓰세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    key = f"session:{session_id}"
    with apps[app].pipeline() as pipe:
        pipe.hset(key, mapping={"user": user, "cart": "[]"})
        pipe.expire(key, IDLE_TTL)
        pipe.execute()
    return session_id


def find_session(app, session_id):
    key = f"session:{session_id}"
    if apps[app].type(key) != "hash":
        return None
    found = apps[app].hgetall(key)
    return {"user": found["user"], "cart": json.loads(found["cart"])}


# %% share-the-login without-ttl
# > 세션에 TTL이 없습니다. 이대로면 영원히 만료되지 않습니다. 쓸 때마다 `ex=IDLE_TTL`을 넘기세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    apps[app].set(f"session:{session_id}", json.dumps(session))
    return session_id


def find_session(app, session_id):
    saved = apps[app].get(f"session:{session_id}")
    if saved is None:
        return None
    return json.loads(saved)


# %% share-the-login milliseconds
# > 세션의 TTL이 2초입니다. 1,800초여야 합니다. `ex=`는 초, `px=`는 밀리초입니다. `IDLE_TTL`을 넘겼는지 보세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    apps[app].set(f"session:{session_id}", json.dumps(session), px=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    saved = apps[app].get(f"session:{session_id}")
    if saved is None:
        return None
    return json.loads(saved)


# %% share-the-login expire-afterwards
# > 값을 쓴 다음 TTL을 따로 걸었습니다. 그 사이에 앱이 멈추면 끝나지 않는 세션이 남습니다. `set`에 `ex=IDLE_TTL`을 함께
# > 넘기세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    apps[app].set(f"session:{session_id}", json.dumps(session))
    apps[app].expire(f"session:{session_id}", IDLE_TTL)
    return session_id


def find_session(app, session_id):
    saved = apps[app].get(f"session:{session_id}")
    if saved is None:
        return None
    return json.loads(saved)


# %% share-the-login numbered-ids
# > 세션 ID가 3글자여서 남이 짐작할 수 있습니다. `secrets.token_urlsafe(32)`로 만든 값을 그대로 쓰세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = f"s-{apps[app].incr('last-session')}"
    session = {"user": user, "cart": []}
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    saved = apps[app].get(f"session:{session_id}")
    if saved is None:
        return None
    return json.loads(saved)


# %% share-the-login one-id-for-a-user
# > 같은 사람이 두 번 로그인했는데 세션 ID가 같습니다. 로그인할 때마다 `secrets`로 새로 만드세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = user.encode().hex() * 2
    session = {"user": user, "cart": []}
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    saved = apps[app].get(f"session:{session_id}")
    if saved is None:
        return None
    return json.loads(saved)


# %% share-the-login text-not-dict
# > `find_session` 결과가 글자입니다. `json.loads`를 써서 `dict`로 바꾸어 돌려주세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    return apps[app].get(f"session:{session_id}")


# %% share-the-login memory-first
# > 로그인하고 1,801초가 지났는데 세션이 보입니다. 인스턴스의 메모리에 따로 적어 두지 않았는지 보세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}
memory = {"app-1": {}, "app-2": {}}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    memory[app][session_id] = session
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    if session_id in memory[app]:
        return memory[app][session_id]
    saved = apps[app].get(f"session:{session_id}")
    if saved is None:
        return None
    return json.loads(saved)


# %% share-the-login one-connection
# > `app-2` 인스턴스의 요청인데 `app-1` 연결로 캐시에 물었습니다. 요청을 받은 인스턴스의 연결 `apps[app]`을 쓰세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    apps["app-1"].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    saved = apps["app-1"].get(f"session:{session_id}")
    if saved is None:
        return None
    return json.loads(saved)


# %% share-the-login loads-none
# > `find_session('app-1', 'no-such-session')` 호출에서 오류가 났습니다. `json.loads`에 `None`이 들어왔습니다. 캐시
# > 미스일 때 `cache.get`은 `None`을 돌려줍니다. 먼저 `None`인지 보세요.
import json
import secrets

import redis

IDLE_TTL = 1800


def connect(name):
    return redis.Redis(host="sessions.cache.lab", port=6379, client_name=name, decode_responses=True)


apps = {"app-1": connect("app-1"), "app-2": connect("app-2")}


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    session = {"user": user, "cart": []}
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session_id


def find_session(app, session_id):
    return json.loads(apps[app].get(f"session:{session_id}"))


# %% slide-the-ttl cart-loses-ttl
# > 세션에 TTL이 없습니다. 이대로면 영원히 만료되지 않습니다. 쓸 때마다 `ex=IDLE_TTL`을 넘기세요.
def open_session(app, session_id):
    saved = apps[app].getex(f"session:{session_id}", ex=IDLE_TTL)
    if saved is None:
        return None
    return json.loads(saved)


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id)
    if session is None:
        return None
    session["cart"].append(item)
    apps[app].set(f"session:{session_id}", json.dumps(session))
    return session["cart"]


# %% slide-the-ttl getex-without-ttl
# > 60초 남은 세션을 열었는데 남은 시간이 60초입니다. 1,800초로 되돌아가야 합니다. `getex(key, ex=IDLE_TTL)`은 읽으면서
# > TTL도 되돌립니다.
def open_session(app, session_id):
    saved = apps[app].getex(f"session:{session_id}")
    if saved is None:
        return None
    return json.loads(saved)


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id)
    if session is None:
        return None
    session["cart"].append(item)
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session["cart"]


# %% slide-the-ttl persist
# > 세션에 TTL이 없습니다. 이대로면 영원히 만료되지 않습니다. 쓸 때마다 `ex=IDLE_TTL`을 넘기세요.
def open_session(app, session_id):
    apps[app].persist(f"session:{session_id}")
    return find_session(app, session_id)


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id)
    if session is None:
        return None
    session["cart"].append(item)
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session["cart"]


# %% slide-the-ttl cart-not-written
# > `app-1`에서 하나, `app-2`에서 하나를 담았는데 장바구니가 `['계란말이']`입니다. `['김치찌개', '계란말이']`이어야
# > 합니다. 고친 세션을 캐시에 다시 쓰는지 보세요.
def open_session(app, session_id):
    saved = apps[app].getex(f"session:{session_id}", ex=IDLE_TTL)
    if saved is None:
        return None
    return json.loads(saved)


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id)
    if session is None:
        return None
    session["cart"].append(item)
    return session["cart"]


# %% slide-the-ttl nothing-returned
# > `add_to_cart` 결과가 `None`입니다. `['김치찌개']`이어야 합니다. `return` 줄을 보세요. `append`는 `None`을
# > 돌려줍니다.
def open_session(app, session_id):
    saved = apps[app].getex(f"session:{session_id}", ex=IDLE_TTL)
    if saved is None:
        return None
    return json.loads(saved)


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id)
    if session is None:
        return None
    session["cart"].append(item)
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)


# %% slide-the-ttl appended-list
# > `add_to_cart` 결과가 `None`입니다. `['김치찌개']`이어야 합니다. `return` 줄을 보세요. `append`는 `None`을
# > 돌려줍니다.
def open_session(app, session_id):
    saved = apps[app].getex(f"session:{session_id}", ex=IDLE_TTL)
    if saved is None:
        return None
    return json.loads(saved)


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id)
    if session is None:
        return None
    cart = session["cart"].append(item)
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return cart


# %% slide-the-ttl revives
# > 없는 세션인데 `add_to_cart` 함수가 캐시에 새로 썼습니다. 로그인하지 않은 사람의 세션이 생깁니다. 세션을 찾지 못하면
# > 먼저 `return None` 하세요.
def open_session(app, session_id):
    saved = apps[app].getex(f"session:{session_id}", ex=IDLE_TTL)
    if saved is None:
        return None
    return json.loads(saved)


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id) or {"user": None, "cart": []}
    session["cart"].append(item)
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session["cart"]


# %% slide-the-ttl missing-cart
# > `add_to_cart('app-1', 'no-such-session', '김치찌개')` 호출에서 오류가 났습니다. `None`에서 값을 꺼내려 했습니다.
# > 앞의 함수가 값을 돌려주는지, `return`이 있는지 보세요.
def open_session(app, session_id):
    saved = apps[app].getex(f"session:{session_id}", ex=IDLE_TTL)
    if saved is None:
        return None
    return json.loads(saved)


def add_to_cart(app, session_id, item):
    session = open_session(app, session_id)
    session["cart"].append(item)
    apps[app].set(f"session:{session_id}", json.dumps(session), ex=IDLE_TTL)
    return session["cart"]


# %% log-out-everywhere session-stays
# > `app-2`에서 로그아웃했는데 `app-1`에서 세션이 보입니다. `log_out`에서 `session:<세션 ID>` 키를 지우는지 보세요.
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    apps[app].sadd(user_key(user), session_id)
    return session_id


def log_out(app, session_id):
    session = find_session(app, session_id)
    if session is None:
        return
    apps[app].srem(user_key(session["user"]), session_id)


def log_out_everywhere(app, user):
    ids = apps[app].smembers(user_key(user))
    if not ids:
        return 0
    ended = apps[app].delete(*[f"session:{each}" for each in ids])
    apps[app].delete(user_key(user))
    return ended


# %% log-out-everywhere whole-set-gone
# > 휴대폰만 로그아웃했으니 `sessions-of:하은` 집합에는 노트북의 세션 ID만 남아야 합니다. `srem`으로 그 ID 하나를 빼는지
# > 보세요.
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    apps[app].sadd(user_key(user), session_id)
    return session_id


def log_out(app, session_id):
    session = find_session(app, session_id)
    if session is None:
        return
    apps[app].delete(f"session:{session_id}", user_key(session["user"]))


def log_out_everywhere(app, user):
    ids = apps[app].smembers(user_key(user))
    if not ids:
        return 0
    ended = apps[app].delete(*[f"session:{each}" for each in ids])
    apps[app].delete(user_key(user))
    return ended


# %% log-out-everywhere set-only
# > 모든 기기에서 로그아웃했는데 살아 있는 세션이 있습니다. `smembers(user_key(user))`로 읽은 세션 ID마다 `session:<세션
# > ID>` 키를 지우세요.
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    apps[app].sadd(user_key(user), session_id)
    return session_id


def log_out(app, session_id):
    session = find_session(app, session_id)
    if session is None:
        return
    apps[app].delete(f"session:{session_id}")
    apps[app].srem(user_key(session["user"]), session_id)


def log_out_everywhere(app, user):
    count = apps[app].scard(user_key(user))
    apps[app].delete(user_key(user))
    return count


# %% log-out-everywhere bare-ids
# > 모든 기기에서 로그아웃했는데 살아 있는 세션이 있습니다. `smembers(user_key(user))`로 읽은 세션 ID마다 `session:<세션
# > ID>` 키를 지우세요.
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    apps[app].sadd(user_key(user), session_id)
    return session_id


def log_out(app, session_id):
    session = find_session(app, session_id)
    if session is None:
        return
    apps[app].delete(f"session:{session_id}")
    apps[app].srem(user_key(session["user"]), session_id)


def log_out_everywhere(app, user):
    ids = apps[app].smembers(user_key(user))
    if not ids:
        return 0
    ended = apps[app].delete(*ids)
    apps[app].delete(user_key(user))
    return ended


# %% log-out-everywhere nothing-to-delete
# > `log_out_everywhere('app-1', '지우')` 호출에서 오류가 났습니다. 명령에 넘긴 값의 개수가 맞지 않습니다. 괄호 안을
# > 세어 보세요.
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    apps[app].sadd(user_key(user), session_id)
    return session_id


def log_out(app, session_id):
    session = find_session(app, session_id)
    if session is None:
        return
    apps[app].delete(f"session:{session_id}")
    apps[app].srem(user_key(session["user"]), session_id)


def log_out_everywhere(app, user):
    ids = apps[app].smembers(user_key(user))
    ended = apps[app].delete(*[f"session:{each}" for each in ids])
    apps[app].delete(user_key(user))
    return ended


# %% log-out-everywhere all-keys
# > `log_out_everywhere` 함수가 `KEYS` 명령을 썼습니다. 다른 손님의 키까지 모두 건드리는 명령입니다. `user_key(user)`
# > 집합에 모아 둔 세션 ID만 쓰세요.
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    apps[app].sadd(user_key(user), session_id)
    return session_id


def log_out(app, session_id):
    session = find_session(app, session_id)
    if session is None:
        return
    apps[app].delete(f"session:{session_id}")
    apps[app].srem(user_key(session["user"]), session_id)


def log_out_everywhere(app, user):
    keys = [key for key in apps[app].keys("session:*") if json.loads(apps[app].get(key))["user"] == user]
    apps[app].delete(user_key(user))
    return apps[app].delete(*keys) if keys else 0


# %% log-out-everywhere counts-the-set
# > 하나는 이미 만료되고 하나만 살아 있었는데 `log_out_everywhere` 결과가 `2`입니다. 맞는 값은 1입니다. `delete`는
# > 정말로 지운 키의 수를 돌려줍니다.
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    apps[app].sadd(user_key(user), session_id)
    return session_id


def log_out(app, session_id):
    session = find_session(app, session_id)
    if session is None:
        return
    apps[app].delete(f"session:{session_id}")
    apps[app].srem(user_key(session["user"]), session_id)


def log_out_everywhere(app, user):
    ids = apps[app].smembers(user_key(user))
    for session_id in ids:
        apps[app].delete(f"session:{session_id}")
    apps[app].delete(user_key(user))
    return len(ids)


# %% log-out-everywhere joined-as-text
# > `sessions-of:하은` 키의 값이 `list` 종류입니다. 집합(set)이어야 합니다. `sadd`로 넣었는지 보세요.
def user_key(user):
    return f"sessions-of:{user}"


def log_in(app, user):
    session_id = secrets.token_urlsafe(32)
    apps[app].set(f"session:{session_id}", json.dumps({"user": user, "cart": []}), ex=IDLE_TTL)
    apps[app].rpush(user_key(user), session_id)
    return session_id


def log_out(app, session_id):
    session = find_session(app, session_id)
    if session is None:
        return
    apps[app].delete(f"session:{session_id}")
    apps[app].lrem(user_key(session["user"]), 0, session_id)


def log_out_everywhere(app, user):
    ids = apps[app].lrange(user_key(user), 0, -1)
    if not ids:
        return 0
    ended = apps[app].delete(*[f"session:{each}" for each in ids])
    apps[app].delete(user_key(user))
    return ended


# %% count-devices opens-them
# > 기기를 세었을 뿐인데 쉬고 있던 세션의 TTL이 늘어났습니다. 손님이 쓴 것이 아닙니다. `open_session` 대신 `exists`로
# > 있는지만 확인하세요.
def devices(app, user):
    alive = 0
    for session_id in apps[app].smembers(user_key(user)):
        if open_session(app, session_id):
            alive += 1
        else:
            apps[app].srem(user_key(user), session_id)
    return alive


# %% count-devices counts-only
# > 만료된 세션의 ID가 `sessions-of:하은` 집합에 남아 있습니다. `srem`으로 빼세요.
def devices(app, user):
    return sum(apps[app].exists(f"session:{each}") for each in apps[app].smembers(user_key(user)))


# %% count-devices upside-down
# > 기기 세 대에서 로그인했는데 `devices` 결과가 `0`입니다. 맞는 값은 3입니다. 집합의 세션 ID마다 `session:<세션 ID>`
# > 키가 있는지(`exists`) 보세요.
def devices(app, user):
    alive = 0
    for session_id in apps[app].smembers(user_key(user)):
        if apps[app].exists(f"session:{session_id}"):
            apps[app].srem(user_key(user), session_id)
        else:
            alive += 1
    return alive


# %% count-devices id-as-key
# > 기기 세 대에서 로그인했는데 `devices` 결과가 `0`입니다. 맞는 값은 3입니다. 집합의 세션 ID마다 `session:<세션 ID>`
# > 키가 있는지(`exists`) 보세요.
def devices(app, user):
    alive = 0
    for session_id in apps[app].smembers(user_key(user)):
        if apps[app].exists(session_id):
            alive += 1
        else:
            apps[app].srem(user_key(user), session_id)
    return alive


# %% count-devices all-sessions
# > `devices` 함수가 `KEYS` 명령을 썼습니다. 다른 손님의 키까지 모두 건드리는 명령입니다. `user_key(user)` 집합에 모아
# > 둔 세션 ID만 쓰세요.
def devices(app, user):
    return len(apps[app].keys("session:*"))


# %% count-devices set-thrown-away
# > 두 대 가운데 하나에서 로그아웃했는데 `devices` 결과가 `0`입니다. 맞는 값은 1입니다. 집합의 세션 ID마다
# > `session:<세션 ID>` 키가 있는지(`exists`) 보세요.
def devices(app, user):
    ids = apps[app].smembers(user_key(user))
    alive = sum(apps[app].exists(f"session:{each}") for each in ids)
    if alive < len(ids):
        apps[app].delete(user_key(user))
    return alive


# %% lose-an-instance sticky
# > `serve(4, 'made-elsewhere-1')` 호출에서 오류가 났습니다. `dict`에 'app-11' 키가 없습니다. 철자를 보고, 없을 수도
# > 있는 키라면 `.get(…)`을 쓰세요.
def stop(app):
    apps.pop(app, None)


def start(app):
    apps[app] = connect(app)


bound = {}


def serve(number, session_id):
    names = list(apps)
    app = bound.setdefault(session_id, names[number % len(names)])
    session = open_session(app, session_id)
    return app, session["user"] if session else None


# %% lose-an-instance always-two
# > `serve(5, 'made-elsewhere-1')` 호출에서 오류가 났습니다. 목록의 끝을 넘어선 번호를 읽었습니다. 목록이 비어 있지
# > 않은지 보세요.
def stop(app):
    apps.pop(app, None)


def start(app):
    apps[app] = connect(app)


def serve(number, session_id):
    app = list(apps)[number % 2]
    session = open_session(app, session_id)
    return app, session["user"] if session else None


# %% lose-an-instance always-the-first
# > 인스턴스가 둘일 때 요청 4개를 맡은 횟수가 고르지 않습니다(`app-11` 4번, `app-12` 0번). `number`를 인스턴스 수로 나눈
# > 나머지로 고르세요.
def stop(app):
    apps.pop(app, None)


def start(app):
    apps[app] = connect(app)


def serve(number, session_id):
    app = next(iter(apps))
    session = open_session(app, session_id)
    return app, session["user"] if session else None


# %% lose-an-instance session-only
# > `serve` 결과가 `{'user': '지우', 'cart': ['김치찌개']}`입니다. `return app, user`처럼 인스턴스와 사용자를 함께
# > 돌려주세요.
def stop(app):
    apps.pop(app, None)


def start(app):
    apps[app] = connect(app)


def serve(number, session_id):
    names = list(apps)
    return open_session(names[number % len(names)], session_id)


# %% lose-an-instance missing-session
# > `serve(0, 'no-such-session')` 호출에서 오류가 났습니다. `None`에서 값을 꺼내려 했습니다. 앞의 함수가 값을
# > 돌려주는지, `return`이 있는지 보세요.
def stop(app):
    apps.pop(app, None)


def start(app):
    apps[app] = connect(app)


def serve(number, session_id):
    names = list(apps)
    app = names[number % len(names)]
    return app, open_session(app, session_id)["user"]


# %% lose-an-instance borrowed-connection
# > 인스턴스가 둘일 때 `app-12` 인스턴스가 맡았다고 했지만 캐시에는 `app-11` 연결로 물었습니다. 맡은 인스턴스의 연결로
# > 세션을 여세요.
def stop(app):
    apps.pop(app, None)


def start(app):
    apps[app] = next(iter(apps.values()), None) or connect(app)


def serve(number, session_id):
    names = list(apps)
    app = names[number % len(names)]
    session = open_session(app, session_id)
    return app, session["user"] if session else None


# %% lose-an-instance reads-without-extending
# > `app-13` 인스턴스를 띄운 뒤 사용자가 `None`입니다. `'지우'`이어야 합니다. 맡은 인스턴스가 `open_session`으로 세션을
# > 여는지 보세요.
def stop(app):
    apps.pop(app, None)


def start(app):
    apps[app] = connect(app)


def serve(number, session_id):
    names = list(apps)
    app = names[number % len(names)]
    session = find_session(app, session_id)
    return app, session["user"] if session else None
