"""The sender is woken in time: by what any process plans, and whatever somebody does to the clock.

Its sweep, which finds everything some seconds later, comes too late for these stories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.run import _start_ticker
from core import booking, health, members
from core.actors import Actor
from core.facts import Standing
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Database
from tests.conftest import Clock, wait_until
from tests.core.test_outbox import wait_for_listener
from tests.scenarios.conftest import World, running

pytestmark = pytest.mark.waits


@dataclass
class WallClock(Clock):
    """The machine's own, and somebody who sets it."""

    set_by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.set_by


@pytest.fixture
def wall_clock() -> WallClock:
    return WallClock()


@pytest.fixture(params=["sqlite"])
def world(
    request: pytest.FixtureRequest,
    new_database_url: Callable[[str], str],
    wall_clock: WallClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """With a ticker of its own, as a worker has one, that has looked once."""
    monkeypatch.setattr("bot.ticker.SWEEP", timedelta(hours=1))
    with running("socket", new_database_url(request.param), wall_clock) as made, ExitStack() as ticking:
        _start_ticker(made.desk, ticking)
        wait_until(lambda: looks(made).last_tick is not None)
        yield made


def looks(world: World) -> health.Health:
    return health.look(world.desk.database, world.clock(), world.desk.organization.id)


def plan(world: World, database: Database, name: str, start: datetime, length: timedelta) -> None:
    """Somebody books, on a connection of their own."""
    lab, who = world.desk.organization.id, world.person(name).account
    with database.begin(world.clock()) as work:
        member = members.save(
            work, lab, who.id, name=who.real_name, zone="UTC", language="en", standing=Standing.MEMBER
        )
        booking.reserve(work, Actor.of(lab, member), Wanted(), TimeRange(start, start + length))


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)  # which tells other processes
def test_what_another_process_plans_is_told_when_it_is_due(world: World) -> None:
    with closing(Database(world.desk.database.engine.url.render_as_string(hide_password=False))) as other:
        wait_for_listener(other)
        now = world.clock()
        plan(world, other, "alice", now, timedelta(hours=1))
        world.person("minjun").waits_for("#gpu", "is yours now, @Alice Weber")
        plan(world, other, "haruka", now + timedelta(hours=1, seconds=2), timedelta(hours=1))
        world.person("minjun").waits_for("#gpu", "booked by 佐藤遥")


def test_a_clock_that_is_set_forward_makes_nothing_late(world: World, wall_clock: WallClock) -> None:
    plan(world, world.desk.database, "alice", wall_clock() + timedelta(minutes=50), timedelta(hours=3))
    minjun = world.person("minjun")
    minjun.waits_for("#gpu", "booked by Alice Weber")
    wall_clock.set_by += timedelta(hours=1)
    assert "(late:" in minjun.waits_for("#gpu", "is yours now").words
    assert "Starts in" not in " ".join(message.words for message in world.person("alice").sees("@gpu"))


def test_a_clock_that_is_set_back_silences_nobody_until_it_comes_there_again(
    world: World, wall_clock: WallClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.LEASE", timedelta(seconds=2))
    world.add_gpu("lab-node-1", "GPU1")
    minjun = world.person("minjun")
    plan(world, world.desk.database, "alice", wall_clock(), timedelta(hours=3))
    minjun.waits_for("#gpu", "is yours now, @Alice Weber")
    wait_until(lambda: looks(world).outbox.due == 0)  # settled: the channel waits its turn, by the clock as it is
    wall_clock.set_by -= timedelta(hours=1)
    plan(world, world.desk.database, "haruka", wall_clock(), timedelta(minutes=30))
    minjun.waits_for("#gpu", "is yours now, @佐藤遥")
    assert sum("is yours now, @Alice Weber" in message.words for message in minjun.sees("#gpu")) == 1
