"""What `make demo` opens on: a lab with a past, the real bot on a clock that is moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.workspace import Workspace, demo
from bot.workspace.clock import MovableClock
from core import availability, organizations
from core.timerange import TimeRange
from core.work import Database

WEEK = timedelta(days=7)


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Workspace]:
    with demo.opened(tmp_path) as slack:
        yield slack


def test_the_lab_has_a_past_and_something_to_come(slack: Workspace, tmp_path: Path) -> None:
    database = Database(demo.database_url(tmp_path))
    now = MovableClock(tmp_path / demo.CLOCK).now()
    with database.read(now) as work:
        lab = organizations.find(work, slack.team_id)
        assert lab is not None
        weeks = [
            availability.schedule(work, lab.id, TimeRange(now + WEEK * count, now + WEEK * (count + 1)))
            for count in (-2, -1, 0)
        ]
    database.close()
    assert [len(week.rows) for week in weeks] == [6] * 3
    assert all(week.held / week.capacity > 0.3 for week in weeks)
    assert {"Alice Weber", "佐藤遥", "김민준"} <= {member.name for week in weeks for member in week.held_by()}
    # Nothing of that is told any more.
    assert slack.person("alice").sees("#gpu") == []


@pytest.mark.waits
def test_the_bot_lives_by_the_clock_of_the_page(slack: Workspace, tmp_path: Path) -> None:
    bot = demo.BotProcess(slack, tmp_path, demo.on_clock(tmp_path))
    try:
        bot.wait_connected(slack)
        alice = slack.person("alice")
        board = alice.waits_for("#gpu", "this message keeps itself up to date")
        assert "lab-node-1" in board.words
        alice.types("#gpu", "/gpu status")
        alice.waits_for("#gpu", "lab-node-2")
        for _ in range(12):
            moment = slack.state.next_moment()
            assert moment is not None
            slack.forward(max(moment - slack.state.clock(), 0) + 1)
            try:
                alice.waits_for("#gpu", "is yours now", timeout=10)
            except AssertionError:  # that was a reminder to one person
                continue
            break
        told = alice.waits_for("#gpu", "is yours now", timeout=1)
        assert "late" not in told.words
    finally:
        bot.stop()
