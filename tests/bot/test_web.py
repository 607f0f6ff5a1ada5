"""HTTP from strangers: what is not Slack's is refused, whatever its size and shape."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest

from bot.app import build_app
from bot.workspace.driver import PersonDriver
from core.work import Database
from tests.conftest import KINDS, Clock
from tests.scenarios.conftest import World, running, served

COMMAND = {"command": "/gpu", "text": "book 13:00-18:00", "trigger_id": "1.2.abc", "user_id": "U1", "team_id": "T1"}


@pytest.fixture
def world(new_database_url: Callable[[str], str], clock: Clock) -> Iterator[World]:
    with running("http", new_database_url("sqlite"), clock) as made:
        yield made


def post(
    world: World, body: bytes, secret: str | None = None, age: int = 0, url: str | None = None, **headers: str
) -> httpx.Response:
    timestamp = str(int(time.time()) - age)
    base = b"v0:" + timestamp.encode() + b":" + body
    signature = "v0=" + hmac.new((secret or world.slack.signing_secret).encode(), base, hashlib.sha256).hexdigest()
    signed = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return httpx.post(url or world.slack.events_url or "", content=body, headers=form | signed | headers, timeout=20)


def test_wrong_stale_and_missing_signatures_are_refused(world: World) -> None:
    body = urlencode(COMMAND).encode()
    assert post(world, body, secret="wrong").status_code == 401
    assert post(world, body, age=600).status_code == 401
    assert world.slack.events_url is not None
    assert httpx.post(world.slack.events_url, content=body).status_code == 401


def test_a_replayed_request_is_done_once(world: World) -> None:
    alice = world.person("alice")
    body = urlencode(COMMAND | {"user_id": alice.id, "team_id": world.slack.team_id}).encode()
    for _ in range(3):
        assert post(world, body).status_code == 200
    alice.waits_for("@gpu", "✓ Booked")
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have 1 booking.")


@pytest.mark.parametrize("kind", KINDS)
def test_what_reaches_two_processes_at_once_is_done_once_and_answered_the_same(
    kind: str, new_database_url: Callable[[str], str], clock: Clock
) -> None:
    url = new_database_url(kind)
    with running("http", url, clock) as world, beside(world, url) as other:
        alice = world.person("alice")
        alice.types("#gpu", "/gpu help")  # who comes for the first time is welcomed, once
        alice.waits_for("#gpu", "Welcome")
        body = urlencode(COMMAND | {"user_id": alice.id, "team_id": world.slack.team_id}).encode()
        with ThreadPoolExecutor(4) as slack:
            for sent in [slack.submit(post, world, body, url=each) for each in (None, other) * 2]:
                assert sent.result().status_code == 200
        world.slack.settle(lambda: len(booked(alice)) == 4)
        assert len(set(booked(alice))) == 1
        alice.types("#gpu", "/gpu mine")
        alice.waits_for("#gpu", "You have 1 booking.")


@contextmanager
def beside(world: World, url: str) -> Iterator[str]:
    """As if another process served the same lab: it has nothing in common with the first but the database."""
    with closing(Database(url)) as database, ThreadPoolExecutor(4) as hands:
        desk = replace(world.desk, database=database)
        with served(desk, build_app(desk, signing_secret=world.slack.signing_secret, executor=hands)) as address:
            yield address


def booked(person: PersonDriver) -> list[str]:
    return [message.words for message in person.sees("@gpu") if "✓ Booked" in message.words]


def test_another_workspaces_request_is_left_alone(world: World) -> None:
    body = urlencode(COMMAND | {"user_id": world.person("alice").id, "team_id": "TOTHER"}).encode()
    assert post(world, body).status_code == 200
    world.person("alice").types("#gpu", "/gpu mine")
    world.person("alice").waits_for("#gpu", "You have nothing booked")


def test_ten_megabytes_are_not_read(world: World) -> None:
    assert post(world, b"x" * 10_000_000).status_code == 413


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"payload=%7Bnot+json", b"payload=[]", b"{" * 10_000])
def test_malformed_bodies_are_refused_and_harm_nobody(world: World, body: bytes) -> None:
    assert 400 <= post(world, body).status_code < 500
    world.book("alice", "tomorrow 13-14")


def test_health_is_told_without_a_signature(world: World) -> None:
    assert world.slack.events_url is not None
    answer = httpx.get(world.slack.events_url.replace("/slack/events", "/health"))
    assert answer.status_code == 503  # no sender ticks here
    assert answer.json()["database"] == "ok"
