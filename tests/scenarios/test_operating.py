"""Who looks after the bot sees how it stands: in Slack, over HTTP, and in its log."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from bot.web.app import build_web
from core import health, organizations
from tests.scenarios.conftest import World


def answered(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.getMessage() == "answered"]


def ticked(world: World) -> None:
    with world.desk.database.begin(world.clock()) as work:
        organizations.ticked(work, world.desk.organization.id)


def get(site: Starlette, path: str) -> Response:
    async def ask() -> Response:
        async with AsyncClient(transport=ASGITransport(site), base_url="http://bot") as client:
            return await client.get(path)

    # A thread of its own: in this one a browser's event loop may be running.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(lambda: asyncio.run(ask())).result()


def asked(world: World) -> str:
    alice = world.person("alice")
    seen = {message.ts for message in alice.sees("#gpu")}
    alice.types("#gpu", "/gpu health")
    return alice.waits_for("#gpu", "ell", after=max(seen, default="0")).words


def test_anybody_may_ask_whether_it_is_well(world: World) -> None:
    said = asked(world)
    assert "✗ Not all is well" in said
    assert "nobody has ever looked after them" in said
    ticked(world)
    said = asked(world)
    assert "✓ All is well." in said
    assert "Database: answers, at migration 0" in said
    assert "0 due, 0 late; 0 could not be delivered" in said

    world.book("alice", "now for 2h")
    world.clock.forward(minutes=2)
    said = asked(world)
    assert "✗ Not all is well" in said
    assert "not looked after since Thu 3 Dec, 10:00. Is a worker running?" in said
    assert "1 due, 1 late" in said
    world.tick()
    ticked(world)
    assert "✓ All is well." in asked(world)


def test_without_its_database_it_still_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_: object) -> None:
        raise ConnectionError("postgresql+psycopg://me:hunter2@host/db is away")

    monkeypatch.setattr(health, "look", look)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu health")
    said = alice.waits_for("#gpu", "does not answer").words
    assert "ConnectionError" in said
    assert "hunter2" not in said


def test_a_monitor_is_told_of_the_whole_lab(world: World) -> None:
    site = build_web(world.desk)
    assert get(site, "/api/health").status_code == 503, "nobody sends"
    ticked(world)
    answer = get(site, "/api/health")
    assert answer.status_code == 200
    assert get(site, "/health").json() == answer.json()
    told = answer.json()
    assert told["status"] == "ok"
    assert told["last_tick"] == world.clock().isoformat()
    assert told["migration"]["current"] == told["migration"]["expected"]
    assert told["notices"] == {"owed": 0, "due": 0, "late": 0, "failed": 0, "next_due": None}
    world.clock.forward(minutes=2)
    assert get(site, "/api/health").json()["status"] == "failing"


def test_each_command_leaves_one_line_without_a_word_of_theirs(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot.app"):
        world.book("alice", "GPU0 now for 2h for my secret thesis")
        haruka = world.person("haruka")
        haruka.types("#gpu", "/gpu book GPU0 now for 1h for another secret")
        haruka.waits_for("#gpu", "✗")
        haruka.types("#gpu", "/gpu mine")
        haruka.waits_for("#gpu", "nothing")
        deadline = time.monotonic() + 60  # a line comes after its answer
        while len(lines := answered(caplog)) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert [(line.story, line.outcome) for line in lines] == [  # type: ignore[attr-defined]
        ("book", "done"),
        ("book", "GpuTaken"),
        ("mine", "done"),
    ]
    assert all(0 <= line.ms < 60_000 for line in lines)  # type: ignore[attr-defined]
    assert "secret" not in caplog.text
