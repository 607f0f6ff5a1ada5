"""The outbox: what is owed after each change, and that a claim is never lost or shared."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import datetime, timedelta
from queue import Queue

import pytest
from sqlalchemy import select, text

from core import errors, facts, members, models, outbox, rules
from core.inventory import Wanted
from core.kinds import Kind
from core.notices import Outcome
from core.work import Database
from tests.core.conftest import Lab

LEASE = timedelta(seconds=30)


def owed(lab: Lab) -> dict[str, float]:
    """What is owed by kind, and in how many hours."""
    with lab.database.read(lab.clock.now) as work:
        rows = work.session.scalars(select(models.Notice).where(models.Notice.outcome.is_(None)))
        return {row.kind: (row.due_at - lab.clock.now) / timedelta(hours=1) for row in rows}


def claim(lab: Lab) -> outbox.Batch | None:
    with lab.database.begin(lab.clock.now) as work:
        return outbox.claim(work, lab.id, LEASE)


def claim_for_channel(lab: Lab) -> outbox.Batch:
    while True:
        batch = claim(lab)
        assert batch is not None
        if batch.member is None:
            return batch


def drain(lab: Lab) -> list[tuple[str, list[Kind]]]:
    """Send everything that is due; who got which kinds."""
    told = []
    lab.clock.forward(seconds=2)  # whoever was sent to just now is paced
    while (batch := claim(lab)) is not None:
        if batch.owed:
            told.append((batch.member.name if batch.member else "channel", [each.kind for each in batch.owed]))
        with lab.database.begin(lab.clock.now) as work:
            outbox.sent(work, batch, batch.ids, "1.0")
    return told


def test_a_booking_owes_its_announcement_and_its_four_moments(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(2, 3))
    assert owed(lab) == {
        Kind.BOOKED: 0,
        Kind.BEFORE_START: 2 - 10 / 60,
        Kind.START: 2,
        Kind.BEFORE_END: 5 - 0.25,
        Kind.END: 5,
    }


def test_a_long_run_is_reminded_earlier_too(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 48))
    left = owed(lab)
    assert (left[Kind.BEFORE_END_24H], left[Kind.BEFORE_END_3H], left[Kind.BEFORE_END]) == (24, 45, 47.75)


def test_a_day_is_no_long_run(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(2, 24))
    assert set(owed(lab)) == {Kind.BOOKED, Kind.BEFORE_START, Kind.START, Kind.BEFORE_END, Kind.END}


def test_one_that_starts_at_once_is_announced_and_started_in_one_message(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 3))
    assert set(owed(lab)) == {Kind.START, Kind.BEFORE_END, Kind.END}
    assert drain(lab) == [("channel", [Kind.START])]


def test_nothing_is_due_before_it_was_planned(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1 / 12, 1 / 6))  # in 5 minutes, for 10
    assert set(owed(lab)) == {Kind.START, Kind.END}


def test_nothing_is_told_before_the_start_of_what_is_booked_right_before(lab: Lab) -> None:
    soon = lab.reserve(lab.alice, lab.hours(0.49)).reservation
    lab.reserve(lab.bob, lab.hours(2))
    assert drain(lab) == [("channel", [Kind.BOOKED])]
    soon = lab.act("extend", lab.alice, soon, by=timedelta(minutes=30)).reservation
    assert drain(lab) == []
    lab.act("change", lab.alice, soon, wanted=Wanted(), wish=lab.hours(4), purpose="")
    assert drain(lab) == [("channel", [Kind.BOOKED])], "what was not told is no change"


def test_a_quarter_of_an_hour_needs_no_reminder_of_its_end_at_its_start(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(2, 0.25))
    assert Kind.BEFORE_END not in owed(lab)


def test_who_books_right_before_the_start_is_not_reminded_of_it(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1 / 3))
    assert set(owed(lab)) == {Kind.START, Kind.BEFORE_END, Kind.END}


def test_a_change_moves_what_is_owed(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(2)).reservation
    drain(lab)
    lab.act("change", lab.alice, mine, wanted=Wanted(), wish=lab.hours(4), purpose="")
    assert owed(lab) == {
        Kind.CHANGED: 0,
        Kind.BEFORE_START: 4 - 10 / 60,
        Kind.START: 4,
        Kind.BEFORE_END: 4.75,
        Kind.END: 5,
    }


def test_what_nobody_was_told_of_needs_no_correction(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(2)).reservation
    moved = lab.act("change", lab.alice, mine, wanted=Wanted(), wish=lab.hours(4), purpose="").reservation
    assert Kind.BOOKED in owed(lab)
    assert Kind.CHANGED not in owed(lab)
    lab.act("cancel", lab.alice, moved)
    assert owed(lab) == {}


def test_a_start_that_is_due_survives_a_change(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(0)).reservation
    lab.clock.forward(minutes=1)
    lab.act("extend", lab.alice, mine, by=timedelta(hours=1))
    assert [kind for _, kinds in drain(lab) for kind in kinds if kind is not Kind.CHANGED] == [Kind.START]


def test_a_start_that_is_just_being_sent_is_not_told_twice(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(0)).reservation
    batch = claim_for_channel(lab)
    lab.clock.forward(seconds=2)
    lab.act("extend", lab.alice, mine, by=timedelta(hours=1))
    with lab.database.begin(lab.clock.now) as work:
        outbox.sent(work, batch, batch.ids, "1.0")
    assert Kind.START not in owed(lab)


def test_one_that_is_moved_to_this_very_instant_starts_like_any_other(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(5)).reservation
    drain(lab)
    lab.act("change", lab.alice, mine, wanted=Wanted(), wish=lab.hours(0), purpose="")
    assert [kind for _, kinds in drain(lab) for kind in kinds] == [Kind.START]


def test_nothing_is_said_of_what_was_cancelled(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(2)).reservation
    drain(lab)
    lab.act("cancel", lab.alice, mine)
    assert drain(lab) == [("channel", [Kind.CANCELLED])]
    lab.clock.forward(hours=4)
    assert drain(lab) == []


def test_of_what_was_cancelled_in_part_the_rest_is_news(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    mine = lab.reserve(lab.alice, lab.hours(2), "GPU0", "GPU1").reservation
    drain(lab)
    lab.act("cancel", lab.alice, mine, names=["GPU1"])
    assert drain(lab) == [("channel", [Kind.CHANGED])]


def test_ending_early_is_told_at_once_and_never_again(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(0, 4)).reservation
    drain(lab)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, mine)
    assert drain(lab) == [("channel", [Kind.END])]
    lab.clock.forward(hours=5)
    assert drain(lab) == []


def test_the_end_comes_before_the_start_of_who_is_next(lab: Lab) -> None:
    lab.reserve(lab.bob, lab.hours(1))
    lab.reserve(lab.alice, lab.hours(0))
    drain(lab)
    lab.clock.forward(hours=1)
    batch = claim_for_channel(lab)
    owed = batch.of_reservations
    assert [(each.kind, each.reservation.holder.name) for each in owed] == [(Kind.END, "Alice"), (Kind.START, "Bob")]
    assert owed[0].room.next is not None
    assert owed[0].room.next.holder.name == "Bob"


def test_a_second_message_to_the_channel_waits_its_turn(lab: Lab) -> None:
    """Slack takes about one a second."""
    lab.reserve(lab.alice, lab.hours(2))
    drain(lab)
    lab.reserve(lab.bob, lab.hours(4))
    assert claim(lab) is None
    lab.clock.forward(seconds=2)
    assert claim_for_channel(lab).owed[0].kind is Kind.BOOKED


def test_a_claim_is_held_by_one_and_lapses_if_nothing_comes_of_it(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0))
    first = claim(lab)
    assert first is not None
    assert claim(lab) is None
    lab.clock.forward(seconds=31)
    again = claim(lab)
    assert again is not None
    assert again.ids == first.ids


def test_after_hours_of_silence_only_what_is_still_of_use_is_sent(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1, 1))
    lab.reserve(lab.bob, lab.hours(4, 4))
    lab.clock.forward(hours=5)
    told = dict(drain(lab))
    assert told == {"channel": [Kind.END, Kind.START]}


def test_a_temporary_failure_waits_and_a_permanent_one_is_told_to_an_admin(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0))
    batch = claim(lab)
    assert batch is not None
    with lab.database.begin(lab.clock.now) as work:
        outbox.put_off(work, batch, lab.clock.now + timedelta(seconds=60), "ratelimited")
    assert claim(lab) is None
    lab.clock.forward(seconds=60)
    batch = claim(lab)
    assert batch is not None
    with lab.database.begin(lab.clock.now) as work:
        assert batch.owed[0].attempts == 2
        outbox.failed(work, batch, "channel_not_found")
    assert drain(lab) == [("Charlie", [Kind.UNDELIVERABLE])]
    with lab.database.read(lab.clock.now) as work:
        assert outbox.backlog(work, lab.id).failed == 1


def test_that_admins_cannot_be_told_of_a_failure_is_told_to_nobody(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        rules.add_period(work, lab.charlie, "ICML", lab.hours(-1, 48), {})
    for _ in range(2):  # the channel's, and the admin's
        batch = claim(lab)
        assert batch is not None
        with lab.database.begin(lab.clock.now) as work:
            outbox.failed(work, batch, "channel_not_found")
        lab.clock.forward(seconds=2)
    assert drain(lab) == []


def test_what_fails_of_one_booking_is_told_to_an_admin_once(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1, 3))
    told = []
    for _ in range(2):  # its announcement, and its start
        batch = claim_for_channel(lab)
        with lab.database.begin(lab.clock.now) as work:
            outbox.failed(work, batch, "is_archived")
        told += drain(lab)
        lab.clock.forward(hours=1)
    assert told == [("Charlie", [Kind.UNDELIVERABLE])]


def test_who_wants_no_reminder_of_ends_has_none_of_a_long_run_either(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        members.choose(work, lab.alice, facts.Choices(before_end=False))
    lab.reserve(lab.alice, lab.hours(0, 48))
    told = []
    for _ in range(48):
        told += [who for who, _ in drain(lab)]
        lab.clock.forward(hours=1)
    assert set(told) == {"channel"}


def test_a_lab_without_a_channel_is_told_nothing_there(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        work.session.get_one(models.Organization, lab.id).channel = None
    lab.reserve(lab.alice, lab.hours(0))
    assert drain(lab) == []
    with lab.database.read(lab.clock.now) as work:
        assert work.session.scalars(select(models.Notice.outcome).where(models.Notice.kind == Kind.START)).one() == (
            Outcome.SILENT
        )


def test_the_sender_knows_when_to_wake(lab: Lab) -> None:
    woken: list[object] = []
    lab.database.on_due = woken.append
    start = lab.reserve(lab.alice, lab.hours(1)).reservation.range.start
    assert woken == [lab.clock.now]  # the announcement
    drain(lab)
    with lab.database.read(lab.clock.now) as work:
        assert outbox.next_due(work, lab.id) == start - timedelta(minutes=10)


def test_a_refused_change_owes_nothing_new(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1))
    before = owed(lab)
    with pytest.raises(errors.GpuTaken):
        lab.reserve(lab.bob, lab.hours(1))
    assert owed(lab) == before


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_another_process_hears_what_is_planned(lab: Lab, database_url: str) -> None:
    heard: Queue[datetime] = Queue()
    with closing(Database(database_url)) as other, other.listening(heard.put):
        first = wait_for_listener(lab)
        lab.reserve(lab.alice, lab.hours(0, 3))
        assert heard.get(timeout=30) == lab.clock.now
        cut_connections(lab)
        wait_for_listener(lab, besides=first)
        lab.reserve(lab.bob, lab.hours(5))
        assert heard.get(timeout=30) == lab.clock.now


def wait_for_listener(lab: Lab, besides: int = 0) -> int:
    """The server's process for somebody who listens by now, other than `besides`, whose end may take a while."""
    listening = text(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle' AND pid <> :besides"
    )
    for _ in range(300):
        with lab.database.engine.connect() as connection:
            if pid := connection.scalar(listening, {"besides": besides}):
                return int(pid)
        time.sleep(0.1)
    raise AssertionError("nobody listens")


def cut_connections(lab: Lab) -> None:
    with lab.database.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
