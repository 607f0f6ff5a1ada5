"""The outbox: a claim is never lost or shared, and what cannot be delivered is told to an admin."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import datetime, timedelta
from queue import Queue

import pytest
from sqlalchemy import insert, select, text

from core import backlog, facts, members, models, outbox, rules
from core.kinds import Kind
from core.notices import Outcome
from core.work import Database
from tests.core.conftest import Lab, found_lab
from tests.core.sending import LEASE, claim, claim_for_channel, drain


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


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_who_claims_takes_another_than_who_is_just_claiming_and_waits_for_nobody(lab: Lab, database_url: str) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    lab.reserve(lab.alice, lab.hours(1), "GPU0")
    lab.reserve(lab.bob, lab.hours(5 / 6), "GPU1")
    drain(lab)
    lab.clock.forward(minutes=41)
    drain(lab)  # Bob's reminder
    lab.clock.forward(minutes=9)  # Alice is reminded when Bob starts
    with closing(Database(database_url)) as other, lab.database.begin(lab.clock.now) as claiming:
        first = outbox.claim(claiming, lab.id, LEASE)
        with other.begin(lab.clock.now) as work:
            second = outbox.claim(work, lab.id, LEASE)
            assert outbox.claim(work, lab.id, LEASE) is None
    assert first is not None
    assert second is not None
    assert {first.member and first.member.name, second.member and second.member.name} == {"Alice", None}


def test_where_the_clock_was_set_back_nobody_waits_until_it_comes_there_again(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 3))
    drain(lab)
    lab.clock.forward(hours=-1)
    lab.reserve(lab.bob, lab.hours(0, 0.5))
    assert claim(lab) is None
    follow_clock(lab)
    assert claim(lab) is None, "somebody may just be sending to them"
    lab.clock.forward(seconds=30)
    assert claim_for_channel(lab).owed[0].kind is Kind.START
    follow_clock(lab)
    lab.clock.forward(seconds=29)
    assert claim(lab) is None, "what is claimed by the clock as it is stays so"


def follow_clock(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        outbox.follow_clock(work, lab.id, LEASE)


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
        assert backlog.of(work, lab.id).failed == 1


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
        assert backlog.next_due(work, lab.id) == start - timedelta(minutes=10)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_another_process_hears_what_is_planned(lab: Lab, database_url: str) -> None:
    heard: Queue[datetime] = Queue()
    with closing(Database(database_url)) as other, other.listening(heard.put):
        first = wait_for_listener(lab.database)
        lab.reserve(lab.alice, lab.hours(0, 3))
        assert heard.get(timeout=30) == lab.clock.now
        cut_connections(lab)
        wait_for_listener(lab.database, besides=first)
        lab.reserve(lab.bob, lab.hours(5))
        assert heard.get(timeout=30) == lab.clock.now


def wait_for_listener(database: Database, besides: int = 0) -> int:
    """The server's process for somebody who listens by now, other than `besides`, whose end may take a while."""
    listening = text(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle' AND pid <> :besides"
    )
    for _ in range(300):
        with database.engine.connect() as connection:
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


def test_what_one_person_books_within_a_minute_is_one_message_however_much_other_labs_book(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(2))
    drain(lab)
    other_id, (bob, *_) = found_lab(lab.database, lab.clock.now, slack_id="T2")
    with lab.database.begin(lab.clock.now) as work:
        theirs = {"organization_id": other_id, "member_id": bob.member_id, "created_at": work.now}
        work.session.execute(insert(models.Reservation), [theirs] * 300)
    lab.clock.forward(seconds=10)
    lab.reserve(lab.alice, lab.hours(6))
    batch = claim_for_channel(lab)
    assert batch.post is not None
    assert [each.reservation.holder.name for each in batch.lines] == ["Alice", "Alice"]
    with lab.database.begin(lab.clock.now) as work:
        outbox.sent(work, batch, batch.ids, batch.post.slack_ts)
    lab.reserve(lab.bob, lab.hours(4))
    lab.clock.forward(seconds=2)
    assert claim_for_channel(lab).post is None
