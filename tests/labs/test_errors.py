"""Errors in Korean: every pattern of the table, met by really making the error."""

from __future__ import annotations

import re

import pytest

from labs.cloud.cloud import Cloud
from labs.engine.errors import shown_message
from labs.engine.explain import PATTERNS, Pattern, pattern_for
from labs.engine.lab import load
from tests.labs.conftest import Run

LAB = load("cache-hit-miss")
SETUP = LAB.step("look-first").starter.partition("def get_product")[0] + "\n"

MEMCACHED = """
from pymemcache.client.base import Client
from labs.cloud import drill
from labs.cloud.cloud import current
if not current().memcached_clusters:
    current().memcached("mc.cfg.cache.lab", nodes=["mc-0001.cache.lab"])
current().memcached_clusters[0].reset()
client = Client(("mc-0001.cache.lab", 11211))
client.version()
"""

AWS = """
from labs.cloud import aws
from labs.cloud.cloud import current
cloud, TOKEN = current(), "a-token-for-the-test"
cloud.control.restart()
for name in ("sg-cache", "sg-app"):
    cloud.security_group(name).rules.clear()
door = cloud.caches[0].door
ec, ec2 = aws.client("elasticache"), aws.client("ec2")
def only(rules):
    door.access.default.set_rules("on " + ("~* " if "~" not in rules else "") + rules)
    door.access.default.nopass = True
def tls():
    door.encryption = "required"
def modify(**changes):
    ec.modify_replication_group(ReplicationGroupId="shop", ApplyImmediately=True, **changes)
def attach():
    modify(UserGroupIdsToAdd=["team"])
def user(name, rules="on +get", **changes):
    login = {"Passwords": [TOKEN], **changes}
    ec.create_user(UserId=name, UserName=name, Engine="redis", AccessString=rules, **login)
def team(*users):
    ec.create_user_group(UserGroupId="team", Engine="redis", UserIds=list(users))
def allow(source):
    pairs = [{"GroupId": source}]
    rule = {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": pairs}
    ec2.authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=[rule])
"""

ASYNC = """
import asyncio
import json
import redis.asyncio
cache = redis.asyncio.Redis(host="shop.cache.lab", decode_responses=True)
run = asyncio.run
"""

# Code for the step, and the sentence a learner must read.
MADE = [
    ("def f():\nreturn 1\n", "들여쓴 코드가 와야 합니다"),
    ("x = 1\n  y = 2\n", "앞줄보다 더 들어가 있습니다"),
    ("if True:\n        x = 1\n    y = 2\n", "위쪽의 어느 줄과도 맞지 않습니다"),
    ("if True:\n    x = 1\n\ty = 2\n", "탭과 공백이 섞였습니다"),
    ("if True\n    x = 1\n", "쌍점(`:`)이 빠졌습니다"),
    ("print((1)\n", "여는 괄호 `(`의 짝이 없습니다"),
    ("print(1))\n", "닫는 괄호 `)`의 짝이 없습니다"),
    ('x = "열린\n', "닫는 따옴표가 없습니다"),
    ('x = f"열린\n', "닫는 따옴표가 없습니다"),
    ("if x = 1:\n    pass\n", "`==`을 쓰세요"),
    ("x = [1 2]\n", "쉼표(`,`)가 빠진 듯합니다"),
    ("x\u00a0= 1\n", "눈에 보이지 않는 글자"),
    ("x = “안녕”\n", "코드에 쓸 수 없는 글자"),
    ("return 1\n", "`return`이 함수 밖에 있습니다"),
    ("await x\n", "`async def` 함수 안에서만"),
    ("x = 1 +\n", "파이썬이 이 줄을 읽지 못했습니다"),
    ("def f():\n    print(x)\n    x = 1\nf()\n", "값을 넣기 전에 `x` 이름을 읽었습니다"),
    ("cahce.get('k')\n", "혹시 `cache`인가요"),
    ("datetime.now()\n", "`datetime` 모듈을 불러오지 않았습니다"),
    ("print(nothing_like_it)\n", "`nothing_like_it` 이름을 찾을 수 없습니다. 철자가"),
    ("load_product()\n", "`load_product` 함수를 부를 때 넣어야 할 값이 빠졌습니다"),
    ("load_product(1, 2)\n", "`load_product` 함수에 값을 너무 많이 넣었습니다"),
    ("cache.set('k', 'v', ttl=60)\n", "`ttl` 인자가 없습니다"),
    ("json.loads(cache.get('없음'))\n", "`cache.get`은 `None`을 돌려줍니다"),
    ("json.loads({'a': 1})\n", "이미 `dict`인 값은 그대로 쓰세요"),
    ("json.dumps(cache)\n", "`Redis` 값은 JSON 글자로 바꿀 수 없습니다"),
    ("load_product(99)['name']\n", "`None`에서 값을 꺼내려 했습니다"),
    ("cache.get('product:1')['name']\n", "`json.loads`로 먼저 바꾸세요"),
    ("price = 1\nprice()\n", "`int` 값을 함수처럼 불렀습니다"),
    ("'product:' + 1\n", '`f"product:{product_id}"`처럼'),
    ("'a' / 2\n", "`str` 값과 `int` 값으로는 `/` 계산을 할 수 없습니다"),
    ("len(5)\n", "값의 종류가 맞지 않습니다"),
    ("load_product(1)['stock']\n", "`dict`에 'stock' 키가 없습니다"),
    ("[][0]\n", "목록의 끝을 넘어선"),
    ("load_product(99).get('name')\n", "`None`에는 `get` 이름이 없습니다"),
    ("cache.gett('k')\n", "혹시 `get`인가요"),
    ("(1).no_such_thing\n", "`int`에는 `no_such_thing` 이름이 없습니다"),
    ("json.parse('1')\n", "`json` 모듈에는 `parse` 이름이 없습니다"),
    ("1 / 0\n", "0으로 나누었습니다"),
    ("json.loads(\"{'a': 1}\")\n", "`json.dumps`로 바꾸었는지"),
    ("int('육십')\n", "`int`로 바꾸려 했습니다"),
    ("import rediss\n", "`rediss` 모듈이 실습 환경에 없습니다"),
    ("from json import parse\n", "그 모듈에는 `parse` 이름이 없습니다"),
    ("def f():\n    f()\nf()\n", "끝없이 불렀습니다"),
    ("assert cache.get('없음')\n", "조건이 거짓입니다"),
    ("raise redis.AuthenticationError('Authentication required.')\n", "인증이 필요한 캐시입니다"),
    ("raise redis.AuthenticationError('WRONGPASS')\n", "비밀번호가 맞지 않습니다"),
    ("raise redis.exceptions.NoPermissionError('NOPERM')\n", "RBAC 접근 문자열"),
    ("raise redis.exceptions.ReadOnlyError('READONLY')\n", "읽기 전용 복제본"),
    ("raise redis.exceptions.OutOfMemoryError('OOM')\n", "`maxmemory-policy`"),
    ("raise redis.TimeoutError('Timeout connecting to server')\n", "보안 그룹이 6379 포트를"),
    ("redis.Redis(host='shop.cache.lab', retry=None, socket_timeout=1).blpop('k')\n", "캐시의 답이 오지 않았습니다"),
    ("redis.Redis(host='cache.shop.lab').get('k')\n", "`cache.shop.lab` 이름의 서버를 찾지 못했습니다"),
    ("redis.Redis(host='shop.cache.lab', port=11211).get('k')\n", "11211번 포트를 열어 두지 않았습니다"),
    ("redis.Redis(host='shop.cache.lab', ssl=True).get('k')\n", "캐시에 `ssl=True`를 쓰지 않았는지"),
    (
        "raise redis.ConnectionError('Error 1 connecting to shop.cache.lab:6379. [SSL: WRONG_VERSION_NUMBER] wrong.')\n",
        "`ssl=True`를 빼거나",
    ),
    (AWS + "door.encryption = 'required'\nredis.Redis(host='shop.cache.lab').get('k')\n", "`ssl=True`로 연결하세요"),
    (AWS + "door.access.require(['x'])\nredis.Redis(host='shop.cache.lab').get('k')\n", "인증이 필요한 캐시입니다"),
    (AWS + "only('+get')\nredis.Redis(host='shop.cache.lab').set('k', 'v')\n", "허용되지 않은 명령 `set`"),
    (AWS + "only('~app::* +get')\nredis.Redis(host='shop.cache.lab').get('k')\n", "허용되지 않은 키입니다"),
    (AWS + "ec2.authorize_security_group_ingress()\n", "파라미터 `GroupId`가 없습니다"),
    (AWS + "ec2.describe_security_groups(GroupId='sg-cache')\n", "쓸 수 있는 이름은 GroupIds입니다"),
    (AWS + "ec2.describe_security_groups(GroupIds='sg-cache')\n", "`GroupIds` 값의 종류가 맞지 않습니다"),
    (AWS + "aws.client('elasticace')\n", "`ec2`와 `elasticache`입니다"),
    (AWS + "allow('sg-app')\nallow('sg-app')\n", "같은 인바운드 규칙이 이미 있습니다"),
    (AWS + "allow('sg-ap')\n", "`sg-ap` 보안 그룹을 찾지 못했습니다"),
    (AWS + "modify(TransitEncryptionEnabled=True, TransitEncryptionMode='required')\n", "먼저 `preferred`로 바꾸세요"),
    (AWS + "modify(TransitEncryptionMode='preferred')\n", "`TransitEncryptionEnabled=True`도"),
    (AWS + "tls()\nmodify(AuthToken=TOKEN, AuthTokenUpdateStrategy='SET')\n", "먼저 `ROTATE`로 더하세요"),
    (AWS + "tls()\nmodify(AuthToken='short')\n", "16~128자여야 하는데 5자입니다"),
    (AWS + "tls()\nmodify(AuthToken=TOKEN + '@')\n", "글자 `@`가 있습니다"),
    (AWS + "modify(AuthTokenUpdateStrategy='ROTATE')\n", "`AuthToken=`도 함께 넘기세요"),
    (AWS + "modify(AuthToken=TOKEN)\n", "TLS를 먼저 켜세요"),
    (AWS + "modify(AuthTokenUpdateStrategy='DELETE')\n", "`SET`을 쓰세요"),
    (AWS + "tls()\nteam('default')\nmodify(AuthToken=TOKEN)\nattach()\n", "`DELETE`로 하여 토큰을 지우세요"),
    (AWS + "team('default')\nattach()\n", "암호화를 켠 캐시에만 붙일 수 있습니다"),
    (AWS + "user('a')\nteam('a')\n", "`default`인 사용자가 꼭 있어야"),
    (AWS + "team('default', 'default')\n", "`UserName`이 `default`인 사용자가 둘입니다"),
    (AWS + "user('a')\nuser('a')\n", "`UserId`를 다르게 지으세요"),
    (AWS + "team('b')\n", "`UserId`가 `b`인 사용자를 찾지 못했습니다"),
    (AWS + "team('default')\nteam('default')\n", "`modify_user_group`을 쓰세요"),
    (AWS + "tls()\nattach()\n", "`team` 사용자 그룹을 찾지 못했습니다"),
    (
        AWS + "ec.modify_replication_group(ReplicationGroupId='shop.cache.lab', SecurityGroupIds=['sg-cache'])\n",
        "`shop.cache.lab` 복제 그룹을 찾지 못했습니다",
    ),
    (AWS + "user('a', 'on >secret +get')\n", "`Passwords=[…]`에 적으세요"),
    (AWS + "user('a', 'on +@get')\n", "`+@get`에 적은 명령이나 범주를"),
    (AWS + "user('a', 'on everything')\n", "`everything` 부분을 읽지 못했습니다"),
    (AWS + "user('a', 'on', Passwords=['short'])\n", "비밀번호는 16~128자여야"),
    (AWS + "user('a', 'on', Passwords=[])\n", "무엇으로 로그인할지"),
    (AWS + "modify()\n", "AWS가 요청을 거절했습니다"),
    ("raise redis.ConnectionError('closed')\n", "`host`와 `port`를 보세요"),
    ("cache.set('k', {'a': 1})\n", "`dict` 값을 넘겼습니다"),
    ("cache.set('k', None)\n", "명령에 `None`을 넘겼습니다"),
    ("import datetime\ncache.set('k', datetime.datetime(2026, 1, 5))\n", "정해진 때는 `expireat`에"),
    ("cache.zadd('board', '민준', 30)\n", "`{이름: 값}` 꼴의 `dict`를 넘기세요"),
    ("cache.zincrby('board', '민준', 30)\n", "점수는 숫자여야 합니다"),
    ("cache.zcount('board', '(None', '+inf')\n", "점수의 범위가 숫자가 아닙니다"),
    ("cache.set('k', 'v', ex=1, px=1)\n", "함께 쓸 수 없는 인자"),
    ("cache.lpush('k', 'v')\ncache.get('k')\n", "다른 종류의 값이 들어 있습니다"),
    ("cache.set('k', 'v')\ncache.incr('k')\n", "정수가 아닌 값에 숫자 명령"),
    ("cache.set('k', 'v', ex=0)\n", "TTL은 0보다 커야 합니다"),
    ("cache.execute_command('GTE', 'k')\n", "명령을 모릅니다"),
    ("cache.execute_command('GET')\n", "개수가 맞지 않습니다"),
    ("cache.select(99)\n", "캐시가 이 명령을 거절했습니다"),
    ("raise redis.ConnectionError('Connection closed by server.')\n", "서버가 연결을 끊었습니다"),
    ("cache.eval('return 1', 0)\n", "Lua 스크립트를 실행하지 못합니다"),
    (
        "raise redis.ConnectionError('Error 111 connecting to shop.cache.lab:6379. Connection refused.')\n",
        "장애 조치를 하는 중",
    ),
    (MEMCACHED + "client.set('k', 'v', ex=60)\n", "`expire=`에 초로"),
    (MEMCACHED + "client.set('k', '머그컵')\n", "`.encode()`로 바이트를"),
    (MEMCACHED + "client.get('머그컵')\n", "영문자와 숫자, 기호만"),
    (MEMCACHED + "client.get('a b')\n", "빈칸이 들어갈 수 없습니다"),
    (MEMCACHED + "client.get('k' * 251)\n", "250바이트까지"),
    (MEMCACHED + "client.set('k', 'v', expire=0.5)\n", "`expire`에는 정수를"),
    (MEMCACHED + "drill.stop('mc-0001.cache.lab')\nclient.get('k')\n", "`ignore_exc=True`를"),
    (MEMCACHED + "client.set('k', 'x' * (1 << 20), noreply=False)\n", "1 MB까지"),
    (MEMCACHED + "client.set('k', 'x', noreply=False)\nclient.incr('k', 1)\n", "`incr`이나 `decr`"),
    (
        "from pymemcache.exceptions import MemcacheError\nraise MemcacheError('All servers seem to be down right now')\n",
        "노드가 하나도 없습니다",
    ),
    (MEMCACHED + "client.raw_command('GTE k')\n", "Memcached가 이 명령을 거절했습니다"),
    (
        "from pymemcache.client.base import Client\nClient(('shop.cache.lab', 11211)).get('k')\n",
        "Memcached는 보통 11211",
    ),
    (MEMCACHED + "drill.stop('mc-0001.cache.lab')\nclient.set('k', 'v')\nclient.set('k', 'v')\n", "끊어진 연결에"),
    ("from pymemcache.client.base import Client\nClient(('mc.cache.lab', 11211)).get('k')\n", "호스트 이름의 철자를"),
    ("from labs.cloud import drill\ndrill.stop('shop.cahce.lab')\n", "'shop.cahce.lab' 노드는"),
    ("db.query('SELECT * FROM prodcuts')\n", "`prodcuts` 테이블이 없습니다"),
    ("db.query('SELECT stock FROM products')\n", "`stock` 열이 없습니다"),
    ("db.query('SELECT * FROM products WHERE id = %s')\n", "`%s` 개수와"),
    ("database.connect(host='shop.lab')\n", "`shop.lab` 이름의 데이터베이스를 찾지 못했습니다"),
    ("db.query('SELEC 1')\n", "데이터베이스가 SQL을 거절했습니다"),
    ("max([])\n", "`default=None`을 넣으세요"),
    (ASYNC + "run(json.loads(cache.get('product:1')))\n", "앞에 `await`를"),
    (ASYNC + "async def f():\n    return cache.get('a').decode()\nrun(f())\n", "`await`를 붙였는지"),
    (ASYNC + "async def f():\n    await cache.set('a', cache.get('b'))\nrun(f())\n", "코루틴을 쓰려 했습니다"),
    (ASYNC + "async def f():\n    await json.loads('{}')\nrun(f())\n", "`dict` 값은 기다릴 수 없습니다"),
    (ASYNC + "run(asyncio.Event().wait())\n", "서로를 기다리고 있어"),
    (ASYNC + "async def f():\n    asyncio.run(1)\nrun(f())\n", "맨 바깥에서 한 번만"),
    (ASYNC + "asyncio.get_running_loop()\n", "이벤트 루프 밖에서"),
    (ASYNC + "run(asyncio.wait_for(asyncio.sleep(2), 1))\n", "기다림을 멈추었습니다"),
    (ASYNC + "async def f():\n    await asyncio.gather([cache.get('a')])\nrun(f())\n", "앞에 `*`를 붙여"),
    (ASYNC + "async def f():\n    await cache.set('a', 1, ex=0.5)\nrun(f())\n", "정수를 넘깁니다"),
    (
        ASYNC + "async def f():\n    await asyncio.gather(*(cache.get('a') for _ in range(101)))\nrun(f())\n",
        "한꺼번에 연 연결이",
    ),
    ("raise ValueError('무엇이든')\n", "코드가 실행되다가 멈추었습니다"),
]


@pytest.mark.parametrize(("code", "sentence"), MADE, ids=[str(number) for number in range(len(MADE))])
def test_an_error_is_explained(code: str, sentence: str, run: Run) -> None:
    report = run("look-first", SETUP + code)
    assert report["error"] is not None
    assert sentence in report["error"]["explanation"]


def test_every_pattern_is_met(cloud: Cloud) -> None:
    cloud.caches[0].put("product:1", "{}")
    met = {_pattern_of(SETUP + code) for code, _ in MADE}
    assert [pattern for pattern in PATTERNS if pattern not in met] == []


def _pattern_of(code: str) -> Pattern | None:
    try:
        exec(code, {})
    except Exception as error:
        return pattern_for(error, shown_message(error))
    raise AssertionError(f"no error: {code}")


def test_there_are_forty_patterns_or_more() -> None:
    assert len(PATTERNS) >= 40


@pytest.mark.parametrize("pattern", PATTERNS, ids=[f"{one.error} {one.message}" for one in PATTERNS])
def test_a_text_is_a_polite_sentence_with_closed_backticks(pattern: Pattern) -> None:
    assert pattern.text.count("`") % 2 == 0
    assert pattern.text.endswith(("세요.", "니다.", "까요?", "인가요?"))
    assert "당신" not in pattern.text
    assert set(re.findall(r"\{(\w+)\}", pattern.text.replace("{{", "").replace("}}", ""))) <= set(
        re.compile(pattern.message).groupindex
    )


def test_the_original_message_stays_beside_the_explanation(run: Run) -> None:
    error = run("look-first", SETUP + "cache.gett('k')\n")["error"]
    assert error is not None
    assert error["type"] == "AttributeError"
    assert error["message"].startswith("'Redis' object has no attribute 'gett'. Did you mean")
    assert error["traceback"].startswith('Traceback (most recent call last):\n  File "look-first.py", line')
