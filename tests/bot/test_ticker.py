"""The sender is woken in time, whatever the clock does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest

from bot.ticker import Ticker
from tests.conftest import wait_until


class Sender:
    """Counts how often it is woken, and tells when it wants to be."""

    def __init__(self) -> None:
        self.woken: list[float] = []
        self.due: datetime | None = None
        self.clock_was_set_back = Mock()

    def send_due(self) -> int:
        self.woken.append(time.monotonic())
        return 0

    def next_due(self) -> datetime | None:
        due, self.due = self.due, None
        return due

    def stop(self) -> None:
        pass


class Upkeep:
    """Takes its time."""

    def __init__(self) -> None:
        self.rounds = 0
        self.may_end = threading.Event()
        self.may_end.set()

    def look_after(self) -> None:
        self.rounds += 1
        self.may_end.wait()

    def stop(self) -> None:
        pass


class WallClock:
    """The machine's, and somebody who sets it."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
def upkeep() -> Upkeep:
    return Upkeep()


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def ticker(sender: Sender, upkeep: Upkeep, clock: WallClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ticker]:
    """One whose own sweep comes too late for what is tested here."""
    monkeypatch.setattr("bot.ticker.SWEEP", timedelta(hours=1))
    ticker = Ticker(sender, upkeep, clock)  # type: ignore[arg-type]
    ticker.start()
    wait_for(sender, 1)
    yield ticker
    upkeep.may_end.set()
    ticker.stop()


def wait_for(sender: Sender, times: int) -> None:
    wait_until(lambda: len(sender.woken) >= times)


def test_something_nearer_wakes_it(ticker: Ticker, sender: Sender, clock: WallClock) -> None:
    ticker.wake(clock() + timedelta(seconds=0.3))
    wait_for(sender, 2)


def test_it_wakes_for_what_it_found_to_be_due_next(ticker: Ticker, sender: Sender, clock: WallClock) -> None:
    sender.due = clock() + timedelta(seconds=0.6)
    ticker.wake(clock())
    wait_for(sender, 3)


def test_what_is_due_at_the_end_of_a_round_is_not_left_for_the_sweep(
    ticker: Ticker, sender: Sender, clock: WallClock
) -> None:
    for times in range(2, 22):
        sender.due = clock()
        ticker.wake(clock())
        wait_for(sender, times)


def test_what_else_is_to_be_done_delays_no_sending(
    ticker: Ticker, sender: Sender, upkeep: Upkeep, clock: WallClock
) -> None:
    wait_until(lambda: upkeep.rounds >= 1)
    upkeep.may_end.clear()
    ticker.wake(clock())
    wait_until(lambda: upkeep.rounds >= 2)
    times = len(sender.woken)
    ticker.wake(clock() + timedelta(seconds=0.1))
    wait_for(sender, times + 1)
    upkeep.may_end.set()


@pytest.mark.parametrize("hours", [1, -1])
@pytest.mark.usefixtures("ticker")
def test_a_clock_that_is_set_is_noticed_within_seconds(sender: Sender, clock: WallClock, hours: int) -> None:
    clock.offset = timedelta(hours=hours)
    wait_for(sender, 2)
    assert sender.clock_was_set_back.called == (hours < 0)


def test_what_is_written_after_the_end_harms_nobody(sender: Sender, upkeep: Upkeep, clock: WallClock) -> None:
    ticker = Ticker(sender, upkeep, clock)  # type: ignore[arg-type]
    ticker.start()
    ticker.stop()
    ticker.wake(clock())
