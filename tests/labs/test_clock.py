"""Virtual time: one clock for the learner's code, redis-py and fakeredis."""

from __future__ import annotations

import datetime
import threading
import time
from time import monotonic as real_monotonic

import pytest
import redis

from labs.cloud.clock import EPOCH_S, VirtualClock, installed
from labs.cloud.cloud import Cloud


def test_an_hour_of_sleep_returns_at_once_and_moves_every_clock(cloud: Cloud) -> None:
    def clocks() -> list[float]:
        return [time.time(), time.monotonic(), time.perf_counter(), datetime.datetime.now(datetime.UTC).timestamp()]

    began, before = real_monotonic(), clocks()
    time.sleep(3600)
    assert [after - earlier for after, earlier in zip(clocks(), before, strict=True)] == pytest.approx([3600] * 4)
    assert real_monotonic() - began < 1


def test_every_way_to_ask_for_the_time_agrees(cloud: Cloud) -> None:
    time.sleep(12.5)
    now = time.time()
    assert now == EPOCH_S + 12.5
    assert time.time_ns() == int(now * 1_000_000_000)
    assert datetime.datetime.now() == datetime.datetime.fromtimestamp(now)
    assert datetime.datetime.now(datetime.UTC).timestamp() == now
    assert datetime.date.today() == datetime.date(2026, 1, 5)
    assert time.strftime("%Y-%m-%d %H:%M:%S") == "2026-01-05 00:00:12"
    assert time.ctime() == "Mon Jan  5 00:00:12 2026"
    assert time.localtime() == time.gmtime()


def test_a_ttl_expires_when_the_clock_says_so(client: redis.Redis) -> None:
    client.set("k", "v", ex=60)
    time.sleep(59)
    assert client.get("k") == "v"
    assert client.ttl("k") == 1
    time.sleep(1)
    assert client.get("k") is None
    assert client.ttl("k") == -2


def test_an_absolute_expiry_is_measured_on_the_same_clock(client: redis.Redis) -> None:
    client.set("k", "v", exat=datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30))
    assert client.ttl("k") == 30


def test_retries_of_the_client_library_wait_in_virtual_time(cloud: Cloud) -> None:
    began, before = real_monotonic(), time.time()
    with pytest.raises(redis.ConnectionError):
        redis.Redis(host="nobody.cache.lab").ping()
    assert time.time() - before > 1
    assert real_monotonic() - began < 1


def test_real_time_returns_when_the_lab_ends() -> None:
    real = (time.time, time.sleep, datetime.datetime, datetime.date)
    with installed(VirtualClock()):
        assert time.time() == EPOCH_S
    assert (time.time, time.sleep, datetime.datetime, datetime.date) == real
    assert abs(time.monotonic() - real_monotonic()) < 1


def test_real_time_returns_when_the_lab_fails() -> None:
    real = time.time
    with pytest.raises(RuntimeError, match="inside"), installed(VirtualClock()):
        raise RuntimeError("inside")
    assert time.time is real


def test_a_function_kept_from_inside_a_lab_tells_real_time_afterwards() -> None:
    with installed(VirtualClock()):
        from time import monotonic as kept

        kept_class = datetime.datetime
        assert kept() == 0
    assert abs(kept() - real_monotonic()) < 1
    assert kept_class.now().year == datetime.datetime.now().year
    assert kept_class.now().year != 1970


def test_other_threads_keep_real_time() -> None:
    seen: list[float] = []
    with installed(VirtualClock()):
        thread = threading.Thread(target=lambda: seen.append(time.monotonic()))
        thread.start()
        thread.join()
    assert abs(seen[0] - real_monotonic()) < 60


def test_real_datetimes_are_still_datetimes_inside() -> None:
    outside = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    with installed(VirtualClock()):
        assert isinstance(outside, datetime.datetime)
        assert isinstance(datetime.datetime.now(), datetime.date)
        assert not isinstance("2026-01-01", datetime.datetime)


def test_negative_sleep_is_refused_as_python_does(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match="sleep length must be non-negative"):
        time.sleep(-1)
