"""Typical wrong attempts at `cache-security`, each with the message it must get.

What stands before the first cell only tells ruff and mypy the names: the engine runs a cell after the solutions of
the earlier steps.
"""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


elasticache = aws.client("elasticache")


def open_cache(**login):
    return connect(ssl=True, **login)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% security-group nothing-added
# > `sg-cache`에 인바운드 규칙이 없습니다. `ec2.authorize_security_group_ingress`를 부르는지 보세요.
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def open_to_app():
    ec2.describe_security_groups(GroupIds=["sg-cache"])


# %% security-group memcached-port
# > 11211번 포트를 열었습니다. 이 캐시는 6379번에서 기다립니다. `FromPort`와 `ToPort`를 보세요.
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def open_to_app():
    ec2.authorize_security_group_ingress(
        GroupId="sg-cache",
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 11211, "ToPort": 11211, "UserIdGroupPairs": [{"GroupId": "sg-app"}]}
        ],
    )


# %% security-group open-to-the-world
# > 소스가 IP 범위 `0.0.0.0/0`입니다. 그 안의 서버라면 누구나 들어오고, 앱 서버의 주소가 바뀌면 막힙니다.
# > `UserIdGroupPairs`에 `sg-app`을 적으세요.
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def open_to_app():
    ec2.authorize_security_group_ingress(
        GroupId="sg-cache",
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )


# %% security-group every-port
# > 포트 0번부터 65535번까지 열었습니다. 캐시에 필요한 6379번 하나만 여세요.
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def open_to_app():
    ec2.authorize_security_group_ingress(
        GroupId="sg-cache",
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "UserIdGroupPairs": [{"GroupId": "sg-app"}]}
        ],
    )


# %% security-group turned-around
# > 규칙이 `sg-app`에 생겼습니다. 연결을 받는 쪽은 캐시이니 `GroupId`에는 `sg-cache`를, 소스에는 `sg-app`을 적으세요.
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def open_to_app():
    ec2.authorize_security_group_ingress(
        GroupId="sg-app",
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [{"GroupId": "sg-cache"}]}
        ],
    )


# %% security-group another-server
# > 소스가 `sg-batch`입니다. 앱 서버의 보안 그룹은 `sg-app`입니다.
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def open_to_app():
    ec2.authorize_security_group_ingress(
        GroupId="sg-cache",
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [{"GroupId": "sg-batch"}]}
        ],
    )


# %% security-group unknown-group
# > `open_to_app()` 호출에서 오류가 났습니다. `sg-cahce` 보안 그룹을 찾지 못했습니다. 철자를 보세요.
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def open_to_app():
    ec2.authorize_security_group_ingress(
        GroupId="sg-cahce",
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [{"GroupId": "sg-app"}]}
        ],
    )


# %% security-group port-as-text
# > `open_to_app()` 호출에서 오류가 났습니다. `IpPermissions[0].FromPort` 값의 종류가 맞지 않습니다. 수는 따옴표 없이,
# > 목록은 `[…]`로 적었는지 보세요.
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def open_to_app():
    ec2.authorize_security_group_ingress(
        GroupId="sg-cache",
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": "6379", "ToPort": "6379", "UserIdGroupPairs": [{"GroupId": "sg-app"}]}
        ],
    )


# %% security-group no-group-id
# > `open_to_app()` 호출에서 오류가 났습니다. 꼭 있어야 할 파라미터 `GroupId`가 없습니다. 이름의 철자와 대소문자를
# > 보세요.
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def open_to_app():
    ec2.authorize_security_group_ingress(
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379}],
    )


# %% in-transit required-at-once
# > `start_encryption()` 호출에서 오류가 났습니다. 쓰고 있는 캐시는 `preferred`를 거쳐야 `required`로 바꿀 수 있습니다.
# > 먼저 `preferred`로 바꾸세요.
elasticache = aws.client("elasticache")


def start_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="required",
        ApplyImmediately=True,
    )


def require_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books", TransitEncryptionMode="required", ApplyImmediately=True
    )


def open_cache(**login):
    return connect(ssl=True, **login)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% in-transit not-immediately
# > `start_encryption()` 뒤에도 TLS가 켜지지 않았습니다. `ApplyImmediately=True`가 없으면 다음 유지 관리 기간까지
# > 기다립니다.
elasticache = aws.client("elasticache")


def start_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books", TransitEncryptionEnabled=True, TransitEncryptionMode="preferred"
    )


def require_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books", TransitEncryptionMode="required", ApplyImmediately=True
    )


def open_cache(**login):
    return connect(ssl=True, **login)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% in-transit never-required
# > `require_encryption()` 뒤에도 `TransitEncryptionMode`가 `preferred`입니다. `modify_replication_group`을 부르는지
# > 보세요.
elasticache = aws.client("elasticache")


def start_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="preferred",
        ApplyImmediately=True,
    )


def require_encryption():
    pass


def open_cache(**login):
    return connect(ssl=True, **login)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% in-transit required-later
# > `require_encryption()` 뒤에도 `TransitEncryptionMode`가 `preferred`입니다. `ApplyImmediately=True`가 없으면 다음
# > 유지 관리 기간까지 기다립니다.
elasticache = aws.client("elasticache")


def start_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="preferred",
        ApplyImmediately=True,
    )


def require_encryption():
    elasticache.modify_replication_group(ReplicationGroupId="books", TransitEncryptionMode="required")


def open_cache(**login):
    return connect(ssl=True, **login)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% in-transit app-in-plain-text
# > `read_stock(1)` 호출에서 오류가 났습니다. 캐시가 연결을 끊었습니다. TLS만 받는 캐시라면 `ssl=True`로 연결하세요.
elasticache = aws.client("elasticache")


def start_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="preferred",
        ApplyImmediately=True,
    )


def require_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books", TransitEncryptionMode="required", ApplyImmediately=True
    )


def open_cache(**login):
    return connect(**login)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% in-transit no-client
# > `read_stock(1)` 호출에서 오류가 났습니다. `None`에는 `get` 이름이 없습니다. 앞에서 받은 값이 `None`인 까닭을
# > 찾아보세요. 캐시 미스일 수 있습니다.
elasticache = aws.client("elasticache")


def start_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="preferred",
        ApplyImmediately=True,
    )


def require_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books", TransitEncryptionMode="required", ApplyImmediately=True
    )


def open_cache(**login):
    connect(ssl=True, **login)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% in-transit both-in-one
# > 첫 단계에서 암호화하지 않은 연결까지 끊었습니다. `TransitEncryptionMode`를 `preferred`로 하세요.
elasticache = aws.client("elasticache")


def start_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="preferred",
        ApplyImmediately=True,
    )
    elasticache.modify_replication_group(
        ReplicationGroupId="books", TransitEncryptionMode="required", ApplyImmediately=True
    )


def require_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books", TransitEncryptionMode="required", ApplyImmediately=True
    )


def open_cache(**login):
    return connect(ssl=True, **login)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% in-transit other-group
# > `start_encryption()` 호출에서 오류가 났습니다. `books.cache.lab` 복제 그룹을 찾지 못했습니다. 엔드포인트 주소가
# > 아니라 복제 그룹의 이름을 적으세요.
elasticache = aws.client("elasticache")


def start_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books.cache.lab",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="preferred",
        ApplyImmediately=True,
    )


def require_encryption():
    elasticache.modify_replication_group(
        ReplicationGroupId="books", TransitEncryptionMode="required", ApplyImmediately=True
    )


def open_cache(**login):
    return connect(ssl=True, **login)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% auth-token set-first
# > `add_token('first-token-of-books')` 호출에서 오류가 났습니다. `SET`은 `ROTATE` 다음에, `ROTATE`로 더한 바로 그
# > 토큰으로만 할 수 있습니다. 먼저 `ROTATE`로 더하세요.
def add_token(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="SET", ApplyImmediately=True
    )


def keep_only(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="SET", ApplyImmediately=True
    )


# %% auth-token never-set
# > `keep_only` 뒤에도 토큰 없이 연결됩니다. `AuthTokenUpdateStrategy`를 `SET`으로 했는지 보세요.
def add_token(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="ROTATE", ApplyImmediately=True
    )


def keep_only(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="ROTATE", ApplyImmediately=True
    )


# %% auth-token turned-around
# > `add_token('first-token-of-books')` 호출에서 오류가 났습니다. `SET`은 `ROTATE` 다음에, `ROTATE`로 더한 바로 그
# > 토큰으로만 할 수 있습니다. 먼저 `ROTATE`로 더하세요.
def add_token(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="SET", ApplyImmediately=True
    )


def keep_only(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="ROTATE", ApplyImmediately=True
    )


# %% auth-token add-not-immediately
# > `add_token` 뒤에도 토큰이 더해지지 않았습니다. `ApplyImmediately=True`가 없으면 다음 유지 관리 기간까지 기다립니다.
def add_token(token):
    elasticache.modify_replication_group(ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="ROTATE")


def keep_only(token):
    pass


# %% auth-token set-not-immediately
# > `keep_only` 뒤에도 토큰 없이 연결됩니다. `ApplyImmediately=True`가 없으면 다음 유지 관리 기간까지 기다립니다.
def add_token(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="ROTATE", ApplyImmediately=True
    )


def keep_only(token):
    elasticache.modify_replication_group(ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="SET")


# %% auth-token set-at-once
# > 첫 토큰을 더하자마자 토큰 없는 연결이 막혔습니다. 앱을 옮기기 전이니 아직 받아야 합니다. `add_token`은
# > `ROTATE`입니다.
def add_token(token):
    for strategy in ("ROTATE", "SET"):
        elasticache.modify_replication_group(
            ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy=strategy, ApplyImmediately=True
        )


def keep_only(token):
    pass


# %% auth-token too-short
# > `add_token('first-token-of-books')` 호출에서 오류가 났습니다. AUTH 토큰은 16~128자여야 하는데 8자입니다.
def add_token(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token[:8], AuthTokenUpdateStrategy="ROTATE", ApplyImmediately=True
    )


def keep_only(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="SET", ApplyImmediately=True
    )


# %% auth-token no-token
# > `add_token('first-token-of-books')` 호출에서 오류가 났습니다. `AuthTokenUpdateStrategy`만 있고 토큰이 없습니다.
# > `AuthToken=`도 함께 넘기세요.
def add_token(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthTokenUpdateStrategy="ROTATE", ApplyImmediately=True
    )


def keep_only(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="SET", ApplyImmediately=True
    )


# %% auth-token delete
# > `keep_only('first-token-of-books')` 호출에서 오류가 났습니다. `DELETE`는 RBAC로 옮길 때만 씁니다. 토큰 하나만
# > 남기려면 `SET`을 쓰세요.
def add_token(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="ROTATE", ApplyImmediately=True
    )


def keep_only(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthTokenUpdateStrategy="DELETE", ApplyImmediately=True
    )


# %% rbac stock-default
# > 로그인하지 않고도 재고를 읽었습니다. AWS가 만들어 둔 사용자 `default`는 비밀번호 없이 무엇이든 합니다. `UserName`이
# > `default`이고 꺼진(`off`) 사용자를 따로 만들어 그룹에 넣으세요.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read",
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% rbac no-default
# > `use_rbac()` 호출에서 오류가 났습니다. Redis OSS의 사용자 그룹에는 `UserName`이 `default`인 사용자가 꼭 있어야
# > 합니다.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read",
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% rbac token-kept
# > `use_rbac()` 호출에서 오류가 났습니다. 이 캐시에는 아직 AUTH 토큰이 있습니다. 사용자 그룹을 붙이면서
# > `AuthTokenUpdateStrategy`를 `DELETE`로 하여 토큰을 지우세요.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read",
    )
    elasticache.create_user(
        UserId="locked-default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "locked-default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books", UserGroupIdsToAdd=["books-team"], ApplyImmediately=True
    )


# %% rbac not-attached
# > 캐시에 붙은 사용자 그룹이 없습니다. `modify_replication_group`에 `UserGroupIdsToAdd`를 넘기는지 보세요.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read",
    )
    elasticache.create_user(
        UserId="locked-default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "locked-default"])


# %% rbac not-immediately
# > 사용자 그룹이 아직 붙지 않았습니다. `ApplyImmediately=True`가 없으면 다음 유지 관리 기간까지 기다립니다.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read",
    )
    elasticache.create_user(
        UserId="locked-default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "locked-default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthTokenUpdateStrategy="DELETE", UserGroupIdsToAdd=["books-team"]
    )


# %% rbac forgot-on
# > `web`의 재고 읽기가 거절되었습니다(`AuthenticationError: invalid username-password pair or user is disabled.`).
# > 사용자 그룹에 들어 있는지, 액세스 문자열이 `on`으로 시작하는지, 비밀번호가 맞는지 보세요.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read",
    )
    elasticache.create_user(
        UserId="locked-default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "locked-default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% rbac all-keys
# > `web`이 `session::1`까지 읽었습니다. 키 패턴을 `~app::*`로 좁히세요.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read",
    )
    elasticache.create_user(
        UserId="locked-default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "locked-default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% rbac report-may-write
# > `report`가 재고를 바꾸었습니다. `-@all`로 모두 막은 다음 `+@read`만 여세요.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report", UserName="report", Engine="redis", Passwords=[report_password], AccessString="on ~app::* +@all"
    )
    elasticache.create_user(
        UserId="locked-default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "locked-default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% rbac category-of-a-command
# > `create_users('web-password-for-books', 'report-password-for-books')` 호출에서 오류가 났습니다. 액세스 문자열의
# > `+@get`에 적은 명령이나 범주를 찾지 못했습니다. 범주는 `+@read`처럼, 명령은 `+get`처럼 씁니다.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@get",
    )
    elasticache.create_user(
        UserId="locked-default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "locked-default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% rbac passwords-crossed
# > `web`의 재고 읽기가 거절되었습니다(`AuthenticationError: invalid username-password pair or user is disabled.`).
# > 사용자 그룹에 들어 있는지, 액세스 문자열이 `on`으로 시작하는지, 비밀번호가 맞는지 보세요.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* -@all +@read",
    )
    elasticache.create_user(
        UserId="locked-default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "locked-default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% rbac default-id
# > `create_users('web-password-for-books', 'report-password-for-books')` 호출에서 오류가 났습니다. `UserId`가
# > `default`인 사용자가 이미 있습니다. `UserName`은 같아도 되니 `UserId`를 다르게 지으세요.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* -@all +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read",
    )
    elasticache.create_user(
        UserId="default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% rbac password-in-rules
# > `create_users('web-password-for-books', 'report-password-for-books')` 호출에서 오류가 났습니다. 비밀번호는 액세스
# > 문자열에 적을 수 없습니다. `Passwords=[…]`에 적으세요.
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on >web-password-for-books ~app::* +@read +@write",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* -@all +@read",
    )
    elasticache.create_user(
        UserId="locked-default", UserName="default", Engine="redis", NoPasswordRequired=True, AccessString="off -@all"
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "locked-default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% least-privilege dangerous-first
# > `web`이 아직 `FLUSHALL`을 할 수 있습니다. 규칙은 왼쪽부터 차례로 적용되고 `@write`에는 `FLUSHALL`도 들어 있습니다.
# > `-@dangerous`를 맨 뒤에 두세요.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all -@dangerous +@read +@write")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])


# %% least-privilege only-flushall
# > `FLUSHALL`은 막았지만 `FLUSHDB`로 똑같이 지울 수 있습니다. 명령 하나씩이 아니라 범주 `-@dangerous`로 막으세요.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +@read +@write -flushall")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])


# %% least-privilege two-commands
# > `web`이 아직 `KEYS *`로 모든 키를 훑을 수 있습니다. 범주 `-@dangerous`로 함께 막으세요.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +@read +@write -flushall -flushdb")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])


# %% least-privilege replaced-all-rules
# > `web`의 재고 읽기가 거절되었습니다(`AuthenticationError: invalid username-password pair or user is disabled.`).
# > 사용자 그룹에 들어 있는지, 액세스 문자열이 `on`으로 시작하는지, 비밀번호가 맞는지 보세요.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="-@dangerous")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])


# %% least-privilege no-writes-left
# > `web`의 재고 줄이기가 거절되었습니다(`NoPermissionError: this user has no permissions to run the 'decrby' command`).
# > 액세스 문자열의 명령과 키 패턴을 보세요.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +@read")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])


# %% least-privilege reco-writes-stock
# > `reco`가 재고까지 바꾸었습니다. 읽기만 여는 키 패턴은 `%R~app::*`입니다.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +@read +@write -@dangerous")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on ~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])


# %% least-privilege reco-flushes
# > `reco`가 `FLUSHALL`을 했습니다. 키 이름을 적지 않는 명령은 키 패턴이 막지 못합니다. `-@dangerous`를 더하세요.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +@read +@write -@dangerous")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])


# %% least-privilege reco-not-in-group
# > `reco`의 재고 읽기가 거절되었습니다(`AuthenticationError: invalid username-password pair or user is disabled.`).
# > 사용자 그룹에 들어 있는지, 액세스 문자열이 `on`으로 시작하는지, 비밀번호가 맞는지 보세요.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +@read +@write -@dangerous")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )


# %% least-privilege reco-alone-in-group
# > `add_recommender('reco-password-for-books')` 호출에서 오류가 났습니다. `books-team` 사용자 그룹이 이미 있습니다.
# > 사용자를 더하거나 뺄 때는 `modify_user_group`을 쓰세요.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +@read +@write -@dangerous")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["reco"])


# %% least-privilege report-removed
# > `reco`를 더한 뒤 `report`의 재고 읽기가 거절되었습니다(`AuthenticationError: invalid username-password pair or user
# > is disabled.`). 사용자 그룹에 들어 있는지, 액세스 문자열이 `on`으로 시작하는지, 비밀번호가 맞는지 보세요.
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +@read +@write -@dangerous")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"], UserIdsToRemove=["report"])
