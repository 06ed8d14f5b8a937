"""Right answers to `cache-security` that are not the solution: each must pass.

What stands before the first cell only tells ruff and mypy the names.
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


# %% security-group named-rule
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
    from_app = {"GroupId": "sg-app", "Description": "app servers"}
    rule = {"IpProtocol": "6", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [from_app]}
    ec2.authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=[rule])


# %% security-group again-is-fine
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
    """Also when the rule is there already."""
    rule = {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [{"GroupId": "sg-app"}]}
    try:
        ec2.authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=[rule])
    except aws.ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.Duplicate":
            raise


open_to_app()
open_to_app()


# %% in-transit one-helper
elasticache = aws.client("elasticache")


def set_mode(mode):
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode=mode,
        ApplyImmediately=True,
    )


def start_encryption():
    set_mode("preferred")


def require_encryption():
    set_mode("required")


def open_cache(**login):
    return connect(**login, ssl=True)


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% in-transit kept-client
elasticache = aws.client("elasticache")
kept = None


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
    global kept
    if login:
        return connect(ssl=True, **login)
    if kept is None:
        kept = connect(ssl=True)
    return kept


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% in-transit by-url
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
    return redis.Redis.from_url(
        "rediss://books.cache.lab:6379/0",
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
        **login,
    )


def read_stock(book_id, **login):
    return open_cache(**login).get(f"app::stock:{book_id}")


# %% auth-token default-strategy
def add_token(token):
    elasticache.modify_replication_group(ReplicationGroupId="books", AuthToken=token, ApplyImmediately=True)


def keep_only(token):
    elasticache.modify_replication_group(
        ReplicationGroupId="books", AuthToken=token, AuthTokenUpdateStrategy="SET", ApplyImmediately=True
    )


# %% auth-token keyword-dict
def add_token(token):
    change = {"AuthToken": token, "AuthTokenUpdateStrategy": "ROTATE"}
    elasticache.modify_replication_group(ReplicationGroupId="books", ApplyImmediately=True, **change)


def keep_only(token):
    change = {"AuthToken": token, "AuthTokenUpdateStrategy": "SET"}
    elasticache.modify_replication_group(ReplicationGroupId="books", ApplyImmediately=True, **change)


# %% rbac default-with-password
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
        UserId="books-default",
        UserName="default",
        Engine="redis",
        Passwords=[report_password[::-1]],
        AccessString="on ~* +@all",
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="books-team", Engine="redis", UserIds=["web", "report", "books-default"])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        AuthTokenUpdateStrategy="DELETE",
        UserGroupIdsToAdd=["books-team"],
        ApplyImmediately=True,
    )


# %% rbac authentication-mode
PEOPLE = {"web": "on ~app::* +@read +@write", "report": "on %R~app::* +@read"}


def create_users(web_password, report_password):
    passwords = {"web": web_password, "report": report_password}
    for name, rules in PEOPLE.items():
        elasticache.create_user(
            UserId=name,
            UserName=name,
            Engine="redis",
            AuthenticationMode={"Type": "password", "Passwords": [passwords[name]]},
            AccessString=rules,
        )
    elasticache.create_user(
        UserId="nobody",
        UserName="default",
        Engine="redis",
        AuthenticationMode={"Type": "no-password-required"},
        AccessString="off",
    )


def use_rbac():
    elasticache.create_user_group(UserGroupId="team", Engine="redis", UserIds=["nobody", *PEOPLE])
    elasticache.modify_replication_group(
        ReplicationGroupId="books",
        UserGroupIdsToAdd=["team"],
        AuthTokenUpdateStrategy="DELETE",
        ApplyImmediately=True,
    )


# %% rbac commands-by-name
def create_users(web_password, report_password):
    elasticache.create_user(
        UserId="web",
        UserName="web",
        Engine="redis",
        Passwords=[web_password],
        AccessString="on ~app::* +get +set +decr +decrby",
    )
    elasticache.create_user(
        UserId="report",
        UserName="report",
        Engine="redis",
        Passwords=[report_password],
        AccessString="on ~app::* +get +mget",
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


# %% least-privilege append
def protect_keys():
    elasticache.modify_user(UserId="web", AppendAccessString="-@dangerous")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +@read +@write -@dangerous",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])


# %% least-privilege commands-by-name
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +get +set +decr +decrby +mget")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* ~reco::* -@all +get +mget +set",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])


# %% least-privilege write-only-pattern
def protect_keys():
    elasticache.modify_user(UserId="web", AccessString="on ~app::* -@all +@read +@write -@dangerous")


def add_recommender(password):
    elasticache.create_user(
        UserId="reco",
        UserName="reco",
        Engine="redis",
        Passwords=[password],
        AccessString="on %R~app::* %RW~reco::* +@all -@dangerous -@admin",
    )
    elasticache.modify_user_group(UserGroupId="books-team", UserIdsToAdd=["reco"])
