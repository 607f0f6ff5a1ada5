"""What Slack goes on showing: redrawn when it differs from what is so, by one writer at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core import availability, displays, errors, facts, members
from core.displays import Display
from core.facts import Standing
from tests.core.conftest import Lab

LEASE = timedelta(seconds=20)


def state(lab: Lab) -> str:
    with lab.database.read(lab.clock()) as work:
        return displays.state(availability.outlook(work, lab.id))


def watch(lab: Lab, member_id: int, **more: bool) -> None:
    shown = state(lab)
    with lab.database.begin(lab.clock()) as work:
        displays.watch_home(work, lab.id, member_id, shown, **more)


def stale(lab: Lab) -> list[int]:
    with lab.database.read(lab.clock()) as work:
        return displays.stale(work, lab.id)


def claim(lab: Lab, number: int) -> Display | None:
    with lab.database.begin(lab.clock()) as work:
        return displays.claim(work, number, LEASE)


def drawn(lab: Lab, display: Display, shown: str) -> None:
    with lab.database.begin(lab.clock()) as work:
        displays.drawn(work, display, shown)


def test_only_what_is_watched_and_differs_is_stale(lab: Lab) -> None:
    watch(lab, lab.alice.member_id)
    lab.clock.forward(seconds=6)
    assert stale(lab) == []
    lab.reserve(lab.bob, lab.hours(2))
    assert len(stale(lab)) == 1
    lab.clock.forward(minutes=10)
    assert stale(lab) == []


def test_time_alone_makes_it_stale(lab: Lab) -> None:
    lab.reserve(lab.bob, lab.hours(0.1, 0.1))
    watch(lab, lab.alice.member_id)
    lab.clock.forward(minutes=5)
    assert stale(lab) == []
    lab.clock.forward(minutes=2)
    assert len(stale(lab)) == 1, "it has begun"


def test_one_writer_at_a_time(lab: Lab) -> None:
    watch(lab, lab.alice.member_id)
    lab.reserve(lab.bob, lab.hours(2))
    lab.clock.forward(seconds=6)
    [number] = stale(lab)
    with ThreadPoolExecutor(4) as threads:
        won = [each for each in threads.map(lambda _: claim(lab, number), range(4)) if each]
    assert len(won) == 1
    assert stale(lab) == [], "somebody is at it"
    lab.clock.forward(seconds=21)
    assert stale(lab) == [number], "who never came back"


def test_what_changes_while_it_is_drawn_is_drawn_after(lab: Lab) -> None:
    watch(lab, lab.alice.member_id)
    lab.reserve(lab.bob, lab.hours(2))
    lab.clock.forward(seconds=6)
    display = claim(lab, stale(lab)[0])
    assert display is not None
    seen = state(lab)
    lab.reserve(lab.bob, lab.hours(5))
    drawn(lab, display, seen)
    lab.clock.forward(seconds=4)
    assert stale(lab) == [], "gathered over a few seconds"
    lab.clock.forward(seconds=2)
    assert stale(lab) == [display.id]


def test_opened_while_somebody_draws_it_is_drawn_once_more(lab: Lab) -> None:
    watch(lab, lab.alice.member_id)
    lab.reserve(lab.bob, lab.hours(2))
    lab.clock.forward(seconds=6)
    [number] = stale(lab)
    assert claim(lab, number) is not None
    watch(lab, lab.alice.member_id)
    lab.clock.forward(seconds=21)
    assert stale(lab) == [number], "the drawing may have come last, and shown less"


@pytest.mark.waits
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it is a matter of arithmetic
def test_many_watchers_share_what_slack_takes_in_a_minute(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displays, "HOMES_PER_MINUTE", 5)
    with lab.database.begin(lab.clock()) as work:
        people = [
            members.save(work, lab.id, f"U{n}", name=f"{n}", zone="UTC", language="en", standing=Standing.MEMBER)
            for n in range(10)
        ]
    for person in people:
        watch(lab, person.id)
    lab.reserve(lab.bob, lab.hours(2))
    published = 0
    for step in range(32):  # something changes all the time
        lab.clock.forward(seconds=15)
        lab.reserve(lab.bob, lab.hours(3 + step, 0.5))
        seen = state(lab)
        for display in filter(None, [claim(lab, number) for number in stale(lab)]):
            drawn(lab, display, seen)
            published += 1
    assert published <= 10 + 8 * displays.HOMES_PER_MINUTE
    assert published >= 4 * 10, "and nobody is forgotten"


def test_the_board(lab: Lab) -> None:
    with lab.database.begin(lab.clock()) as work, pytest.raises(errors.MayNotBook):
        displays.put_board(work, lab.dana, "C1", LEASE)
    with lab.database.begin(lab.clock()) as work:
        board, before = displays.put_board(work, lab.alice, "C1", LEASE)
    assert before is None
    assert stale(lab) == []
    with lab.database.begin(lab.clock()) as work:
        displays.drawn(work, board, displays.state(availability.outlook(work, lab.id)), "1.1")
    lab.clock.forward(minutes=59)
    assert stale(lab) == []
    lab.clock.forward(minutes=1)
    assert stale(lab) == [board.id], "it tells the hour"
    with lab.database.begin(lab.clock()) as work:
        again, before = displays.put_board(work, lab.bob, "C2", LEASE)
    assert (before.channel, before.slack_ts) == ("C1", "1.1") if before else False
    assert (again.id, again.channel, again.slack_ts) == (board.id, "C2", None)
    with lab.database.begin(lab.clock()) as work:
        assert displays.take_board(work, lab.alice) is not None
        assert displays.take_board(work, lab.alice) is None


def test_people_choose_for_themselves(lab: Lab) -> None:
    with lab.database.begin(lab.clock()) as work:
        chosen = members.choose(work, lab.alice, facts.Choices(zone="Europe/Paris", before_end=False))
    assert (chosen.zone, chosen.language) == ("Europe/Paris", "en")
    with lab.database.begin(lab.clock()) as work:
        said = members.save(
            work, lab.id, "UAlice", name="Alice", zone="Asia/Seoul", language="ko", standing=Standing.MEMBER
        )
    assert (said.zone, said.language) == ("Europe/Paris", "ko"), "what is chosen stands, the rest is as Slack says"
    with lab.database.begin(lab.clock()) as work:
        assert members.choose(work, lab.alice, facts.Choices()).zone == "Asia/Seoul"
