"""On Monday the lab's channel hears how last week was used, once, with its picture; and whoever asks, any time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.delivery import Sender
from bot.workspace.driver import MessageHandle
from core import organizations
from core.actors import Operator
from tests.scenarios.conftest import World

MONDAY = datetime(2026, 12, 7, 0, 0, tzinfo=UTC)  # 9:00 in Tokyo, where the lab is


@pytest.fixture(autouse=True)
def _looked_at_soon(world: World) -> None:
    world.slack.file_seconds = 0.05


def summaries(world: World) -> list[MessageHandle]:
    return [message for message in world.person("minjun").sees("#gpu") if "Last week" in message.words]


def live_a_week(world: World) -> None:
    """Two bookings, one of which is given back early."""
    world.book("alice", "13:00-18:00")  # 12:00-17:00 UTC
    world.book("haruka", "tomorrow 9:00-19:00")  # 0:00-10:00 UTC
    world.tick()
    world.clock.now = datetime(2026, 12, 4, 6, 0, tzinfo=UTC)
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu end")
    haruka.waits_for("#gpu", "✓ Ended")
    world.tick()


def test_the_lab_hears_on_monday_how_last_week_was_used(world: World) -> None:
    live_a_week(world)
    world.clock.now = MONDAY
    world.tick()
    (told,) = summaries(world)
    assert "Last week's GPUs: Mon 30 Nov – Sun 6 Dec" in told.words
    assert "Booked 15 h of 168 h (9 %): 11 h used, 4 h given back early." in told.words
    assert "Busiest: Fri 4 Dec, 09:00–15:00, 1 of 1 GPUs" in told.words
    assert "Booked 15 h" in told.text
    assert "GPU0: Alice Weber Thu 3 Dec, 21:00 – Fri 4 Dec, 02:00" in told.pictures[0].alt
    assert told.notified == set()
    assert world.tick() == 0
    world.later(days=7)
    assert len(summaries(world)) == 2
    assert "Nothing was booked." in summaries(world)[1].words


def test_two_senders_and_a_restart_tell_it_once(world: World) -> None:
    world.tick()
    world.clock.now = MONDAY
    for _ in range(3):
        Sender(world.desk).send_due()
        world.clock.forward(seconds=2)
    assert len(summaries(world)) == 1


def test_after_a_reset_connection_it_is_not_posted_twice(world: World) -> None:
    world.tick()
    world.slack.fail("chat.postMessage", reset=True)
    world.clock.now = MONDAY
    world.tick()
    world.later(minutes=5)
    assert len(summaries(world)) == 1


def test_late_it_says_so_and_after_the_day_it_is_dropped(world: World) -> None:
    world.tick()
    world.clock.now = MONDAY
    world.clock.forward(hours=3)
    world.tick()
    assert "(late: this was due at Mon 7 Dec, 09:00 JST)" in summaries(world)[0].words
    world.clock.forward(days=7, hours=12)
    world.tick()
    assert len(summaries(world)) == 1


def test_without_its_picture_it_comes_all_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.files.WAITS", (0.01,))
    world.tick()
    world.slack.fail("files.getUploadURLExternal", error="missing_scope")
    world.clock.now = MONDAY
    world.tick()
    world.slack.file_seconds = 60  # and when Slack takes too long to look at it
    world.later(days=7)
    assert [message.pictures for message in summaries(world)] == [[], []]


def test_a_lab_can_do_without(world: World) -> None:
    world.tick()
    with world.desk.database.begin(world.clock()) as work:
        organizations.change(work, Operator(world.desk.organization.id), summary=False)
    world.clock.now = MONDAY
    world.tick()
    world.later(days=7)
    assert summaries(world) == []


def test_admins_hear_that_it_could_not_be_posted(world: World) -> None:
    world.person("alice").types("#gpu", "/gpu status")  # so that she is known, as an admin
    world.person("alice").waits_for("#gpu", "GPU0")
    world.tick()
    world.slack.archive("#gpu")
    world.clock.now = MONDAY
    world.tick()
    world.tick()
    told = world.person("alice").waits_for("@gpu", "I could not post the summary of the week")
    assert "is_archived" in told.words


def test_this_week_and_the_last_for_whoever_asks(world: World) -> None:
    live_a_week(world)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu summary")
    told = alice.waits_for("#gpu", "GPUs, Mon 30 Nov – Sun 6 Dec")
    assert told.ephemeral
    assert "11 h used so far, 0 h to come, 4 h given back early." in told.words
    told.press("Picture of that week")
    assert alice.waits_for("@gpu", "Mon 30 Nov – Sun 6 Dec").pictures
    alice.types("#gpu", "/gpu summary last week")
    assert "Nothing was booked." in alice.waits_for("#gpu", "GPUs, Mon 23 Nov – Sun 29 Nov").words


@pytest.mark.parametrize("text", ["集計 先週", "요약 지난주", "report last week"])
def test_in_any_words(world: World, text: str) -> None:
    alice = world.person("alice")
    alice.types("#gpu", f"/gpu {text}")
    alice.waits_for("#gpu", "Mon 23 Nov – Sun 29 Nov")
