"""캐시 보안: 정답"""

# %% security-group
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws

ec2 = aws.client("ec2")


def connect(**options):
    """캐시에 연결합니다. 거절당하면 다시 시도하지 않습니다."""
    return redis.Redis(
        host="books.cache.lab",
        port=6379,
        decode_responses=True,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        **options,
    )


def attempt(label, action):
    """action을 실행하고 결과나 거절을 찍습니다."""
    try:
        print(f"{label}: {action()}")
    except redis.RedisError as error:
        print(f"{label}: {type(error).__name__}\n    {error}")


def open_to_app():
    """앱 서버(sg-app)에서 캐시(sg-cache)로 오는 길을 엽니다."""
    ec2.authorize_security_group_ingress(
        GroupId="sg-cache",
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 6379,
                "ToPort": 6379,
                "UserIdGroupPairs": [{"GroupId": "sg-app"}],
            }
        ],
    )


attempt("규칙을 더하기 전", connect().ping)
open_to_app()
attempt("규칙을 더한 뒤", connect().ping)

# %% in-transit
elasticache = aws.client("elasticache")


def start_encryption():
    """TLS를 켭니다. 암호화하지 않은 연결도 아직 받습니다."""
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="preferred",
        ApplyImmediately=True,
    )


def require_encryption():
    """이제 암호화한 연결만 받습니다."""
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        TransitEncryptionMode="required",
        ApplyImmediately=True,
    )


def open_cache(**login):
    """앱이 쓰는 연결입니다."""
    return connect(ssl=True, **login)


def read_stock(book_id, **login):
    """책의 재고를 캐시에서 읽습니다."""
    return open_cache(**login).get(f"app::stock:{book_id}")


attempt("TLS를 켜기 전, TLS 연결", connect(ssl=True).ping)
start_encryption()
attempt("preferred, 보통 연결", connect().ping)
attempt("preferred, TLS 연결", connect(ssl=True).ping)
require_encryption()
attempt("required, 보통 연결", connect().ping)
attempt("required, 앱의 연결", open_cache().ping)

# %% auth-token
import secrets


def new_token():
    """새 토큰을 만듭니다. 16진수 글자 32자입니다."""
    return secrets.token_hex(16)


def change_token(token, strategy):
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthToken=token,
        AuthTokenUpdateStrategy=strategy,
        ApplyImmediately=True,
    )


def add_token(token):
    """새 토큰을 더합니다. 지금까지 되던 방법도 그대로 됩니다."""
    change_token(token, "ROTATE")


def keep_only(token):
    """마지막에 더한 토큰 하나만 남깁니다."""
    change_token(token, "SET")


first, second = new_token(), new_token()
add_token(first)
attempt("ROTATE 뒤, 토큰 없이", open_cache().ping)
attempt("ROTATE 뒤, 첫 토큰", open_cache(password=first).ping)
keep_only(first)
attempt("SET 뒤, 토큰 없이", open_cache().ping)
add_token(second)
attempt("다시 ROTATE, 첫 토큰", open_cache(password=first).ping)
attempt("다시 ROTATE, 새 토큰", open_cache(password=second).ping)
keep_only(second)
attempt("다시 SET, 첫 토큰", open_cache(password=first).ping)
attempt("다시 SET, 새 토큰", open_cache(password=second).ping)


# %% rbac
def sell(book_id, **login):
    """재고를 하나 줄입니다."""
    return open_cache(**login).decr(f"app::stock:{book_id}")


def create_users(web_password, report_password):
    """사용자 셋을 만듭니다."""
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
        UserId="locked-default",
        UserName="default",
        Engine="redis",
        NoPasswordRequired=True,
        AccessString="off -@all",
    )


def use_rbac():
    """사용자 그룹 books-team을 만들고 캐시에 붙입니다."""
    elasticache.create_user_group(
        UserGroupId="books-team",
        Engine="redis",
        UserIds=["web", "report", "locked-default"],
    )
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


web = {"username": "web", "password": new_token()}
report = {"username": "report", "password": new_token()}
create_users(web["password"], report["password"])
use_rbac()


attempt("default, 재고 읽기", lambda: read_stock(1))
attempt("report, 재고 읽기", lambda: read_stock(1, **report))
attempt("report, 재고 줄이기", lambda: sell(1, **report))
attempt("web, 재고 줄이기", lambda: sell(1, **web))


# %% least-privilege
def protect_keys():
    """web이 모든 키를 지우거나 훑는 명령을 쓰지 못하게 합니다."""
    elasticache.modify_user(
        UserId="web",
        AccessString="on ~app::* -@all +@read +@write -@dangerous",
    )


def add_recommender(password):
    """추천 서비스 reco: app::은 읽기만, reco::은 읽고 씁니다."""
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.modify_user_group(
        UserGroupId="books-team",
        UserIdsToAdd=["reco"],
    )


web = {"username": "web", "password": new_token()}
create_users(web["password"], new_token())
use_rbac()
attempt("고치기 전, web의 FLUSHALL", open_cache(**web).flushall)
still_open = open_cache(**web)
still_open.set("app::stock:1", 9)
protect_keys()
attempt("고친 뒤, web의 FLUSHALL", open_cache(**web).flushall)
attempt("이미 맺은 연결의 FLUSHALL", still_open.flushall)
attempt("web, 재고 줄이기", lambda: sell(1, **web))

reco = {"username": "reco", "password": new_token()}
add_recommender(reco["password"])
shelf = open_cache(**reco)
attempt("reco, 재고 읽기", lambda: shelf.get("app::stock:1"))
attempt("reco, 추천 쓰기", lambda: shelf.set("reco::1", "3,7"))
attempt("reco, 재고 쓰기", lambda: shelf.set("app::stock:1", 0))
