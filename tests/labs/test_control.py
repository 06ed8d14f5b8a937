"""AWS calls: parameters as boto3 takes them, refusals with the service's codes, and what a change does to connections."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.cloud import aws, latency
from labs.cloud.cloud import Cloud

HOST = "shop.cache.lab"
FIRST, SECOND, THIRD = "first-token-of-all", "second-token-of-all", "third-token-of-all"
PASSWORD = "a-password-of-the-user"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """A cache whose security group is empty, without TLS and without a password."""
    made = Cloud()
    made.security_group("sg-app")
    made.cache(HOST, security_group=made.security_group("sg-cache"))
    with made.active():
        yield made


@pytest.fixture
def encrypted(cloud: Cloud) -> Cloud:
    """The same, open to the app and with TLS."""
    cloud.security_group("sg-cache").allow("sg-app")
    cloud.caches[0].door.encryption = "required"
    return cloud


def client(**options: object) -> redis.Redis:
    options = {"ssl": True, "decode_responses": True, "retry": Retry(NoBackoff(), 0), **options}
    return redis.Redis(host=HOST, **options)  # type: ignore[arg-type]


def modify(*, now: bool = True, **changes: object) -> dict[str, object]:
    group: dict[str, object] = aws.client("elasticache").modify_replication_group(
        ReplicationGroupId="shop", ApplyImmediately=now, **changes
    )["ReplicationGroup"]
    return group


def token(value: str, strategy: str) -> None:
    modify(AuthToken=value, AuthTokenUpdateStrategy=strategy)


def gets_in(**login: object) -> bool:
    try:
        return client(**login).ping() is True
    except redis.AuthenticationError:
        return False


def refusal(error: pytest.ExceptionInfo[aws.ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def rule(source: str = "sg-app", **changes: object) -> list[dict[str, object]]:
    return [
        {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [{"GroupId": source}], **changes}
    ]


# --- How calls are made


def test_a_call_takes_time_and_leaves_an_event(cloud: Cloud) -> None:
    aws.client("ec2").authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=rule())
    (event,) = cloud.trace.since()
    assert (event.target, event.op, event.key, event.outcome) == (
        *("ec2", "AuthorizeSecurityGroupIngress", "sg-cache", "ok"),
    )
    assert event.ms * 1000 == cloud.clock.now_us == latency.API_CALL_US


def test_a_refused_call_leaves_an_event_and_carries_its_code(cloud: Cloud) -> None:
    with pytest.raises(
        aws.ClientError, match=r"^An error occurred \(InvalidGroup\.NotFound\) when calling the "
    ) as error:
        aws.client("ec2").authorize_security_group_ingress(GroupId="sg-none", IpPermissions=rule())
    assert refusal(error) == "InvalidGroup.NotFound"
    assert error.value.operation_name == "AuthorizeSecurityGroupIngress"
    assert [event.outcome for event in cloud.trace.since()] == ["error"]


def test_parameters_are_checked_before_a_call_is_sent(cloud: Cloud) -> None:
    with pytest.raises(aws.ParamValidationError) as error:
        aws.client("ec2").authorize_security_group_ingress(
            GroupID="sg-cache", IpPermissions=rule(FromPort="6379", Port=1), DryRun=True
        )
    assert str(error.value).splitlines() == [
        "Parameter validation failed:",
        'Missing required parameter in input: "GroupId"',
        'Unknown parameter in input: "GroupID", must be one of: GroupId, IpPermissions',
        "Invalid type for parameter IpPermissions[0].FromPort, value: 6379, type: <class 'str'>, valid types: <class 'int'>",
        'Unknown parameter in IpPermissions[0]: "Port", must be one of: IpProtocol, FromPort, ToPort, UserIdGroupPairs, IpRanges',
        'Unknown parameter in input: "DryRun", must be one of: GroupId, IpPermissions',
    ]
    assert cloud.trace.since() == ()


def test_calls_take_names_only(cloud: Cloud) -> None:
    with pytest.raises(TypeError, match="only accepts keyword arguments"):
        aws.client("elasticache").describe_users("default")


def test_an_unknown_service_or_call_is_told(cloud: Cloud) -> None:
    with pytest.raises(aws.UnknownServiceError, match="elasticace"):
        aws.client("elasticace")
    with pytest.raises(AttributeError, match="modify_replication_groups"):
        aws.client("elasticache").modify_replication_groups()
    assert "modify_replication_group" in dir(aws.client("elasticache"))
    assert "modify_replication_group" not in dir(aws.client("ec2"))


# --- Security groups


def test_a_rule_lets_the_app_in(cloud: Cloud) -> None:
    with pytest.raises(redis.TimeoutError):
        client(ssl=False).ping()
    aws.client("ec2").authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=rule())
    assert client(ssl=False).ping() is True


def test_a_rule_that_is_taken_away_leaves_open_connections_open(cloud: Cloud) -> None:
    ec2 = aws.client("ec2")
    ec2.authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=rule())
    old = client(ssl=False)
    old.ping()
    ec2.revoke_security_group_ingress(GroupId="sg-cache", IpPermissions=rule())
    assert old.ping() is True
    with pytest.raises(redis.TimeoutError):
        client(ssl=False).ping()


@pytest.mark.parametrize(
    ("permissions", "code"),
    [
        (rule("sg-none"), "InvalidGroup.NotFound"),
        (rule(IpProtocol="http"), "InvalidParameterValue"),
        ([{"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379}], "InvalidParameterValue"),
        ([{"IpProtocol": "tcp", "UserIdGroupPairs": [{"GroupId": "sg-app"}]}], "InvalidParameterValue"),
        ([], "MissingParameter"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(cloud: Cloud, permissions: object, code: str) -> None:
    with pytest.raises(aws.ClientError) as error:
        aws.client("ec2").authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=permissions)
    assert refusal(error) == code
    assert cloud.security_group("sg-cache").rules == []


def test_the_same_rule_twice_is_refused_and_one_that_is_not_there_cannot_go(cloud: Cloud) -> None:
    ec2 = aws.client("ec2")
    with pytest.raises(aws.ClientError) as error:
        ec2.revoke_security_group_ingress(GroupId="sg-cache", IpPermissions=rule())
    assert refusal(error) == "InvalidPermission.NotFound"
    ec2.authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=rule())
    with pytest.raises(aws.ClientError) as error:
        ec2.authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=rule())
    assert refusal(error) == "InvalidPermission.Duplicate"


def test_rules_are_told_as_ec2_tells_them(cloud: Cloud) -> None:
    ec2 = aws.client("ec2")
    ec2.authorize_security_group_ingress(GroupId="sg-cache", IpPermissions=rule())
    (group,) = ec2.describe_security_groups(GroupIds=["sg-cache"])["SecurityGroups"]
    assert group == {"GroupId": "sg-cache", "IpPermissions": rule()}


def test_another_security_group_may_take_the_place_of_the_first(cloud: Cloud) -> None:
    cloud.security_group("sg-other").allow("sg-app")
    modify(SecurityGroupIds=["sg-other"])
    assert client(ssl=False).ping() is True


# --- Encryption in transit


def test_encryption_goes_through_preferred(cloud: Cloud) -> None:
    cloud.security_group("sg-cache").allow("sg-app")
    old = client(ssl=False)
    old.ping()
    with pytest.raises(aws.ClientError, match="preferred first"):
        modify(TransitEncryptionEnabled=True, TransitEncryptionMode="required")
    with pytest.raises(aws.ClientError, match="TransitEncryptionEnabled must be true"):
        modify(TransitEncryptionMode="preferred")
    modify(TransitEncryptionEnabled=True, TransitEncryptionMode="preferred")
    assert client(ssl=False).ping() is client().ping() is True
    assert modify(TransitEncryptionMode="required")["TransitEncryptionMode"] == "required"
    assert client().ping() is True
    assert old.ping() is True
    with pytest.raises(redis.ConnectionError, match="Connection reset by peer"):
        client(ssl=False).ping()


def test_encryption_cannot_go_while_a_token_needs_it(encrypted: Cloud) -> None:
    token(FIRST, "ROTATE")
    modify(TransitEncryptionMode="preferred")
    with pytest.raises(aws.ClientError, match="In-transit encryption is required"):
        modify(TransitEncryptionEnabled=False)


# --- AUTH tokens


def test_a_first_token_is_optional_until_it_is_set(encrypted: Cloud) -> None:
    token(FIRST, "ROTATE")
    assert (gets_in(), gets_in(password=FIRST), gets_in(password="wrong")) == (True, True, False)
    token(FIRST, "SET")
    assert (gets_in(), gets_in(password=FIRST)) == (False, True)


def test_rotate_keeps_two_tokens_and_set_one(encrypted: Cloud) -> None:
    token(FIRST, "ROTATE")
    token(FIRST, "SET")
    token(SECOND, "ROTATE")
    assert (gets_in(password=FIRST), gets_in(password=SECOND)) == (True, True)
    token(THIRD, "ROTATE")
    assert [gets_in(password=one) for one in (FIRST, SECOND, THIRD)] == [False, True, True]
    token(THIRD, "SET")
    assert [gets_in(password=one) for one in (FIRST, SECOND, THIRD)] == [False, False, True]
    assert gets_in() is False


def test_an_open_connection_outlives_its_token(encrypted: Cloud) -> None:
    token(FIRST, "ROTATE")
    token(FIRST, "SET")
    old = client(password=FIRST)
    old.ping()
    token(SECOND, "ROTATE")
    token(SECOND, "SET")
    assert old.ping() is True
    assert gets_in(password=FIRST) is False


def test_set_needs_a_rotate_with_the_same_token_before_it(encrypted: Cloud) -> None:
    for before, wanted in ((None, FIRST), (FIRST, SECOND)):
        if before:
            token(before, "ROTATE")
        with pytest.raises(aws.ClientError, match="SET is allowed only after ROTATE"):
            token(wanted, "SET")
    token(FIRST, "SET")
    with pytest.raises(aws.ClientError, match="SET is allowed only after ROTATE"):
        token(FIRST, "SET")


def test_a_token_needs_encryption(cloud: Cloud) -> None:
    with pytest.raises(aws.ClientError, match="requires in-transit encryption") as error:
        token(FIRST, "ROTATE")
    assert refusal(error) == "InvalidParameterCombination"


@pytest.mark.parametrize(
    "bad", ["x" * 15, "x" * 129, "spaces are not allowed", "slash/slash/slash/", "한글로쓴토큰은되지않습니다하나둘셋"]
)
def test_a_token_has_its_rules(encrypted: Cloud, bad: str) -> None:
    with pytest.raises(aws.ClientError) as error:
        token(bad, "ROTATE")
    assert refusal(error) == "InvalidParameterValue"


@pytest.mark.parametrize("good", ["x" * 16, "x" * 128, "Signs-!&#$^<>-are-fine"])
def test_a_token_within_the_rules_works(encrypted: Cloud, good: str) -> None:
    token(good, "ROTATE")
    token(good, "SET")
    assert gets_in(password=good) is True


def test_a_strategy_nobody_knows_or_without_a_token_is_refused(encrypted: Cloud) -> None:
    with pytest.raises(aws.ClientError, match="Invalid AuthTokenUpdateStrategy"):
        token(FIRST, "REPLACE")
    with pytest.raises(aws.ClientError, match="must be specified with AuthToken"):
        modify(AuthTokenUpdateStrategy="ROTATE")
    with pytest.raises(aws.ClientError, match="only when moving to user groups"):
        modify(AuthTokenUpdateStrategy="DELETE")


# --- When changes are made


def test_a_change_that_is_not_immediate_waits_for_sunday(encrypted: Cloud) -> None:
    group = modify(now=False, AuthToken=FIRST, AuthTokenUpdateStrategy="ROTATE")
    assert group["PendingModifiedValues"] == {"AuthTokenStatus": "ROTATING"}
    assert group["AuthTokenEnabled"] is False
    opens = datetime.datetime(2026, 1, 11, 5, tzinfo=datetime.UTC).timestamp()
    time.sleep(opens - time.time() - 60)
    assert gets_in(password="wrong") is True
    time.sleep(61)
    assert (gets_in(password="wrong"), gets_in(password=FIRST)) == (False, True)
    (told,) = aws.client("elasticache").describe_replication_groups(ReplicationGroupId="shop")["ReplicationGroups"]
    assert (told["PendingModifiedValues"], told["AuthTokenEnabled"]) == ({}, True)


def test_a_group_nobody_knows_and_a_call_that_asks_for_nothing_are_refused(cloud: Cloud) -> None:
    with pytest.raises(aws.ClientError) as error:
        aws.client("elasticache").modify_replication_group(ReplicationGroupId="shop.cache.lab", ApplyImmediately=True)
    assert refusal(error) == "ReplicationGroupNotFoundFault"
    with pytest.raises(aws.ClientError, match="No modifications"):
        modify()


# --- Users and user groups


def create(user_id: str, rules: str, **changes: object) -> None:
    parameters: dict[str, object] = {"UserName": user_id, "Passwords": [PASSWORD], **changes}
    aws.client("elasticache").create_user(UserId=user_id, Engine="redis", AccessString=rules, **parameters)


def attach(*user_ids: str) -> None:
    aws.client("elasticache").create_user_group(UserGroupId="team", Engine="redis", UserIds=list(user_ids))
    modify(UserGroupIdsToAdd=["team"])


def test_a_user_counts_once_the_group_is_attached(encrypted: Cloud) -> None:
    create("report", "on ~app::* -@all +@read")
    create("nobody", "off", UserName="default")
    assert gets_in(username="report", password=PASSWORD) is False
    attach("report", "nobody")
    report = client(username="report", password=PASSWORD)
    assert report.get("app::1") is None
    with pytest.raises(redis.exceptions.NoPermissionError):
        report.set("app::1", "v")
    assert gets_in() is False


def test_the_user_default_of_aws_needs_no_password(encrypted: Cloud) -> None:
    create("report", "on ~app::* -@all +@read")
    attach("report", "default")
    assert client().set("k", "v") is True


def test_moving_to_users_ends_the_connections_of_before(encrypted: Cloud) -> None:
    token(FIRST, "ROTATE")
    token(FIRST, "SET")
    old = client(password=FIRST)
    old.ping()
    create("nobody", "off", UserName="default")
    with pytest.raises(aws.ClientError, match="DELETE"):
        attach("nobody")
    modify(UserGroupIdsToAdd=["team"], AuthTokenUpdateStrategy="DELETE")
    with pytest.raises(redis.AuthenticationError):
        old.ping()


def test_new_rules_count_for_open_connections_and_end_none(encrypted: Cloud) -> None:
    create("web", "on ~* +@read +@write")
    attach("web", "default")
    web = client(username="web", password=PASSWORD)
    web.set("k", "v")
    aws.client("elasticache").modify_user(UserId="web", AppendAccessString="-@dangerous -set")
    connects = [event.op for event in encrypted.trace.since()].count("CONNECT")
    with pytest.raises(redis.exceptions.NoPermissionError):
        web.set("k", "v")
    assert web.get("k") == "v"
    assert [event.op for event in encrypted.trace.since()].count("CONNECT") == connects


def test_a_user_may_have_two_passwords_so_that_one_can_go(encrypted: Cloud) -> None:
    other = "another-password-of-it"
    create("web", "on ~* +@all", Passwords=[PASSWORD, other])
    attach("web", "default")
    assert gets_in(username="web", password=PASSWORD) is gets_in(username="web", password=other) is True
    aws.client("elasticache").modify_user(UserId="web", Passwords=[other])
    assert (gets_in(username="web", password=PASSWORD), gets_in(username="web", password=other)) == (False, True)


def test_a_user_who_leaves_the_group_is_cut_off(encrypted: Cloud) -> None:
    create("web", "on ~* +@all")
    create("report", "on ~* +@read")
    attach("web", "report", "default")
    web, report = (client(username=name, password=PASSWORD) for name in ("web", "report"))
    web.ping()
    report.get("k")
    aws.client("elasticache").modify_user_group(UserGroupId="team", UserIdsToRemove=["web"])
    with pytest.raises(redis.AuthenticationError):
        web.ping()
    assert report.get("k") is None


def test_without_a_user_group_everybody_is_default_again(encrypted: Cloud) -> None:
    create("nobody", "off", UserName="default")
    attach("nobody")
    assert gets_in() is False
    modify(RemoveUserGroups=True)
    assert gets_in() is True


def test_user_groups_need_encryption_and_come_one_at_a_time(cloud: Cloud) -> None:
    with pytest.raises(aws.ClientError, match="require in-transit encryption"):
        attach("default")
    cloud.caches[0].door.encryption = "required"
    modify(UserGroupIdsToAdd=["team"])
    aws.client("elasticache").create_user_group(UserGroupId="other", Engine="redis", UserIds=["default"])
    with pytest.raises(aws.ClientError, match="Only one user group"):
        modify(UserGroupIdsToAdd=["other"])
    with pytest.raises(aws.ClientError, match="cannot be used together with user groups"):
        token(FIRST, "ROTATE")


@pytest.mark.parametrize(
    ("user_ids", "code"),
    [(["report"], "DefaultUserRequired"), (["nobody", "default"], "DuplicateUserName"), (["none"], "UserNotFound")],
)
def test_a_group_that_does_not_fit_together_is_refused(cloud: Cloud, user_ids: list[str], code: str) -> None:
    create("report", "on ~* +@read")
    create("nobody", "off", UserName="default")
    with pytest.raises(aws.ClientError) as error:
        aws.client("elasticache").create_user_group(UserGroupId="team", Engine="redis", UserIds=user_ids)
    assert refusal(error) == code


@pytest.mark.parametrize(
    ("rules", "changes", "code"),
    [
        ("on +@nosuch", {}, "InvalidParameterValue"),
        ("on >in-the-access-string +@read", {}, "InvalidParameterValue"),
        ("on nopass +@read", {}, "InvalidParameterValue"),
        ("on +@read", {"Passwords": ["short"]}, "InvalidParameterValue"),
        ("on +@read", {"Passwords": ["an@sign-is-not-allowed"]}, "InvalidParameterValue"),
        ("on +@read", {"Passwords": [PASSWORD, PASSWORD + "2", PASSWORD + "3"]}, "InvalidParameterValue"),
        ("on +@read", {"Passwords": []}, "InvalidParameterCombination"),
        ("on +@read", {"NoPasswordRequired": True}, "InvalidParameterCombination"),
        ("on +@read", {"AuthenticationMode": {"Type": "iam"}}, "InvalidParameterValue"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(cloud: Cloud, rules: str, changes: dict[str, object], code: str) -> None:
    with pytest.raises(aws.ClientError) as error:
        create("report", rules, **changes)
    assert refusal(error) == code
    assert "report" not in cloud.control.users


def test_ids_are_given_once_and_default_stays_as_it_is(cloud: Cloud) -> None:
    create("report", "on +@read")
    with pytest.raises(aws.ClientError) as error:
        create("report", "on +@read")
    assert refusal(error) == "UserAlreadyExists"
    with pytest.raises(aws.ClientError, match="cannot be modified"):
        aws.client("elasticache").modify_user(UserId="default", AccessString="off")


def test_users_are_told_without_their_passwords(cloud: Cloud) -> None:
    create("report", "on ~app::* +@read")
    (user,) = aws.client("elasticache").describe_users(UserId="report")["Users"]
    assert user["AccessString"] == "on ~app::* +@read"
    assert user["Authentication"] == {"Type": "password", "PasswordCount": 1}
    assert PASSWORD not in str(user)


# --- For authors


def test_restart_brings_back_the_settings_that_were_kept(encrypted: Cloud) -> None:
    encrypted.keep()
    create("nobody", "off", UserName="default")
    attach("nobody")
    aws.client("ec2").revoke_security_group_ingress(GroupId="sg-cache", IpPermissions=rule())
    encrypted.control.restart()
    assert gets_in() is True
    assert sorted(encrypted.control.users) == ["default"]
    create("nobody", "off", UserName="default")
