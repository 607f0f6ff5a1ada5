"""What goes wrong around the bot: nothing is lost, nothing is doubled, and people read what is the matter."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from bot.app import build_app
from bot.delivery import EVENT, Sender
from bot.workspace.driver import MessageHandle, PersonDriver
from bot.workspace.state import Person
from core import backlog, booking, members, outbox
from core.actors import Actor
from core.errors import Busy, Unwritable
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Database, Work
from tests.conftest import within
from tests.scenarios.conftest import World, by_socket

PEOPLE = 32


def test_thirty_two_commands_while_the_database_is_slow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are acknowledged before it answers anybody, and whoever was told that it is done holds it."""
    for number in range(PEOPLE):
        world.slack.add_person(Person(name=f"user{number}", real_name=f"User {number}"))
        world.add_gpu("lab-node-2", f"GPU{number + 1}")
    answers = threading.Event()
    hold_up(monkeypatch, answers)
    people = [world.person(f"user{number}") for number in range(PEOPLE)]

    def book(number: int) -> bool:
        return not people[number].types("#gpu", f"/gpu book now for 2h on GPU{number + 1}").late

    with ThreadPoolExecutor(PEOPLE) as fingers:
        assert all(fingers.map(book, range(PEOPLE)))
    answers.set()
    for person in people:
        person.waits_for("#gpu", "✓ Booked", timeout=60)
    with world.desk.database.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM reservations")) == PEOPLE


def hold_up(monkeypatch: pytest.MonkeyPatch, answers: threading.Event) -> None:
    read, begin = Database.read, Database.begin

    def slow_read(self: Database, now: datetime) -> AbstractContextManager[Work]:
        answers.wait(200)
        return read(self, now)

    def slow_begin(self: Database, now: datetime, *more: timedelta) -> AbstractContextManager[Work]:
        answers.wait(200)
        return begin(self, now, *more)

    monkeypatch.setattr(Database, "read", slow_read)
    monkeypatch.setattr(Database, "begin", slow_begin)


def test_a_hundred_reminders_due_at_once_are_five_messages_in_order(world: World) -> None:
    for number in range(1, 101):
        world.add_gpu("lab-node-2", f"GPU{number}")
    world.book("alice", "tomorrow 13-14 on GPU0")
    start = world.clock.now.replace(hour=12, minute=0, second=0)
    with world.desk.database.begin(world.clock()) as work:
        lab = world.desk.organization.id
        member = members.find(work, lab, world.person("alice").id)
        assert member is not None
        for number in range(1, 101):
            wish = TimeRange(start, start + timedelta(hours=1))
            booking.reserve(work, Actor.of(lab, member), Wanted(names=(f"GPU{number}",)), wish)
    while world.tick():
        pass
    world.clock.forward(hours=3)
    posted = 0
    while world.tick():
        posted += 1
    assert posted == 5
    told = starts(world)
    lines = [[line for line in each.words.splitlines() if "is yours now" in line] for each in told]
    assert [len(each) for each in lines] == [20] * 5
    assert len(set(chain.from_iterable(lines))) == 100
    assert [each.buttons for each in told] == [["Manage mine"]] * 5


@pytest.mark.parametrize("world", ["http-postgresql"], indirect=True)
def test_connections_that_are_cut_are_made_again(world: World) -> None:
    world.book("alice", "tomorrow 13-14")
    assert cut_connections(world) > 1, "beside the one by which tests keep the database"
    world.book("alice", "tomorrow 15-16")


def cut_connections(world: World) -> int:
    """All there are; how many that was."""
    cut = text(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with closing(another(world)) as database, database.engine.connect() as connection:
        return len(connection.execute(cut).all())


def another(world: World) -> Database:
    """As another process opens it."""
    return Database(world.desk.database.engine.url.render_as_string(hide_password=False))


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_an_envelope_that_comes_again_to_another_process_is_done_once_and_answered_the_same(world: World) -> None:
    """As over HTTP: see tests/bot/test_web.py."""
    heard: list[datetime] = []

    def clock() -> datetime:
        heard.append(world.clock())
        return heard[-1]

    with closing(another(world)) as database, ThreadPoolExecutor(4) as hands:
        desk = replace(world.desk, database=database, clock=clock)
        with by_socket(world.slack, build_app(desk, executor=hands)):
            world.slack.settle(lambda: world.slack.connections == 2)
            alice = world.person("alice")
            alice.types("#gpu", "/gpu help")  # who comes for the first time is welcomed, once
            alice.waits_for("#gpu", "Welcome")
            alice.types("#gpu", "/gpu book tomorrow 13-14")
            for _ in range(3):
                world.slack.deliver_again()
            world.slack.settle(lambda: len(booked(alice)) == 4)
    assert heard, "they take turns"
    assert len(set(booked(alice))) == 1
    with world.desk.database.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM reservations")) == 1


def booked(person: PersonDriver) -> list[str]:
    return [message.words for message in person.sees("#gpu") if "✓ Booked" in message.words]


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
@pytest.mark.parametrize("pragma", ["PRAGMA max_page_count = 1", "PRAGMA query_only = ON"], ids=["full", "read-only"])
def test_a_database_that_takes_no_writing_is_said(world: World, pragma: str) -> None:
    """What was not booked left nothing, and what fell due meanwhile is told, once, as soon as it can be."""
    world.book("alice", "now for 1h")
    alice, engine = world.person("alice"), world.desk.database.engine
    fill(engine, pragma)
    booked = 1 + next(done for done, day in enumerate(range(10, 30)) if is_refused(alice, day))
    with suppress(Unwritable):  # what is there already may still be changed on a full disk
        world.tick()
    fill(engine, "PRAGMA query_only = OFF")
    fill(engine, "PRAGMA max_page_count = 1000000")
    assert whole_reservations(engine) == booked
    world.later(minutes=1)
    assert len(starts(world)) == 1
    world.book("alice", "13:00-18:00")


def whole_reservations(engine: Engine) -> int:
    """All of them, each with its slot, its notices and its line in the audit."""
    has_parts = (
        "id IN (SELECT reservation_id FROM slots) AND id IN (SELECT reservation_id FROM notices)"
        " AND id IN (SELECT subject_id FROM audit WHERE subject = 'reservation')"
    )
    with engine.connect() as connection:
        counts = text(f"SELECT count(*), count(CASE WHEN {has_parts} THEN 1 END) FROM reservations")  # noqa: S608
        everything, whole = connection.execute(counts).one()
    assert everything == whole
    return int(whole)


def is_refused(alice: PersonDriver, day: int) -> bool:
    """The last page may have room for a few more bookings."""
    seen = max((message.ts for message in alice.sees("#gpu")), default="0")
    alice.types("#gpu", f"/gpu book 2027-01-{day} 13:00-14:00 for {'x' * 190}")
    return "takes no writing" in alice.waits_for("#gpu", "", after=seen).words


def fill(engine: Engine, pragma: str) -> None:
    """Say it on every connection, those that are open included."""

    def say(connection: Any, *_more: Any) -> None:
        connection.execute(pragma)

    event.listen(engine, "connect", say)
    engine.dispose()


@pytest.mark.waits
@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "cut"])
def test_socket_mode_comes_back_by_itself(world: World, reason: str) -> None:
    world.book("alice", "tomorrow 13-14")
    world.slack.disconnect_sockets(reason)
    world.slack.wait_connected()
    world.book("alice", "tomorrow 15-16")


@pytest.mark.waits
def test_slack_that_hangs_holds_up_nobody_for_long(world: World) -> None:
    world.slack.fail("chat.postMessage", hang=300)
    world.book("alice", "now for 2h")
    began = time.monotonic()
    world.tick()
    assert time.monotonic() - began < within(10)
    world.slack.heal()
    world.later(minutes=2)
    world.person("minjun").waits_for("#gpu", "is yours now")


@pytest.mark.waits
def test_a_post_that_slack_takes_and_answers_too_late_is_not_posted_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.caller.TIMEOUT", 1)
    hasty = Sender(world.desk)
    world.slack.fail("chat.postMessage", hang=300, reset=True)
    world.book("alice", "now for 2h")
    assert hasty.send_due() == 0
    assert len(starts(world)) == 1, "what it does not know"
    world.later(minutes=1)
    assert tried(world, "#gpu") == 1
    with world.desk.database.read(world.clock()) as work:
        assert backlog.of(work, world.desk.organization.id).due == 0


def test_an_archived_channel_is_told_to_an_admin(world: World) -> None:
    world.book("alice", "now for 2h")
    world.slack.archive("#gpu")
    world.tick()
    world.tick()
    assert "is_archived" in world.person("alice").waits_for("@gpu", "I could not tell the lab's channel").words


def test_a_revoked_token_loses_nothing_once_there_is_a_new_one(world: World) -> None:
    """However long that takes: no message is given up, and nobody could be told. Nor is it at what fails next."""
    world.book("alice", "now for 12h")
    world.slack.fail("chat.postMessage", error="token_revoked", times=1000)
    for _ in range(25):
        assert world.later(minutes=13) == 0
    assert tried(world, "#gpu") == 25, "once in each"
    world.slack.heal()
    world.slack.fail("chat.postMessage", error="internal_error")
    assert world.later(minutes=13) == 0
    assert world.later(seconds=4) == 1, "soon, as after any first failure"
    assert len(starts(world)) == 1
    with world.desk.database.read(world.clock()) as work:
        assert backlog.of(work, world.desk.organization.id).failed == 0


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_no_clock_that_is_set_back_is_missed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where the database gives no turn, nor where it is set back again while the first time is looked after."""
    rounds: list[str] = []

    def follow(*_asked: object) -> None:
        rounds.append("followed")
        if len(rounds) == 1:
            raise Busy
        if len(rounds) == 2:
            world.sender.clock_was_set_back()

    monkeypatch.setattr(outbox, "follow_clock", follow)
    world.sender.clock_was_set_back()
    with pytest.raises(Busy):
        world.sender.send_due()
    for times in (2, 3, 3):
        world.sender.send_due()
        assert len(rounds) == times


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_a_clock_set_forward_while_a_post_is_under_way_doubles_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both claims lapse long before their time. What is claimed again is looked for when the first try has ended."""
    world.add_gpu("lab-node-1", "GPU1")
    world.book("alice", "now for 2h on GPU0")
    world.book("haruka", "now for 2h on GPU1")
    world.tick()
    world.clock.forward(minutes=105)  # each is reminded of the end
    deliver, claim = Sender._deliver, outbox.claim
    moved, again = threading.Event(), threading.Event()
    claimed, under_way, beside = list[int](), list[int](), list[int]()

    def claiming(*asked: Any) -> outbox.Batch | None:
        batch = claim(*asked)
        if batch is not None:
            claimed.append(batch.recipient_id)
            if claimed.count(claimed[0]) == 2:
                again.set()
        return batch

    def delivering(sender: Sender, batch: outbox.Batch) -> bool:
        if batch.recipient_id in under_way:
            beside.append(batch.recipient_id)
        under_way.append(batch.recipient_id)
        if batch.recipient_id == claimed[0] and not moved.is_set():
            world.clock.forward(minutes=1)
            moved.set()
            assert again.wait(60)
        assert moved.wait(60)
        posted = deliver(sender, batch)
        under_way.remove(batch.recipient_id)
        return posted

    monkeypatch.setattr(outbox, "claim", claiming)
    monkeypatch.setattr(Sender, "_deliver", delivering)
    world.sender.send_due()
    assert again.is_set()
    assert not beside
    for name in ("alice", "haruka"):
        assert len([each for each in world.person(name).sees("@gpu") if "Ends in" in each.words]) == 1


def test_one_who_was_deactivated_holds_up_nobody(world: World) -> None:
    world.book("haruka", "19:00-20:00")
    world.tick()
    world.slack.deactivate("haruka")
    world.later(minutes=50)
    world.later(minutes=10)
    world.person("minjun").waits_for("#gpu", "is yours now")


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_a_message_slack_cannot_take_does_not_take_others_down(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.book("alice", "now for 2h on GPU0")
    world.book("haruka", "now for 2h on GPU1")
    world.slack.fail("chat.postMessage", error="invalid_blocks", times=2)
    world.tick()
    said = [message.words for message in world.person("minjun").sees("#gpu")]
    assert sum("is yours now" in words for words in said) == 1


def test_told_to_wait_no_process_writes_to_anybody_meanwhile(world: World) -> None:
    world.book("alice", "now for 2h")
    world.slack.fail("chat.postMessage", status=429, retry_after=60)
    assert world.tick() == 0
    told_at = world.clock()
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu ask GPU0")
    haruka.waits_for("#gpu", "✓ Asked")
    with closing(another(world)) as database:
        other = Sender(replace(world.desk, database=database))
        assert world.later(seconds=5) == other.send_due() == 0  # to Alice, who was not to be told before
        assert other.next_due() == told_at + timedelta(seconds=60), "no process looks before"
        assert sum(call.method == "chat.postMessage" for call in world.slack.calls) == 1
        world.clock.forward(seconds=80)
        assert other.send_due() == 2


@pytest.mark.parametrize("fault", [{"status": 500}, {"reset": True}], ids=["not taken", "taken"])
def test_without_the_scope_to_look_a_reminder_comes_at_least_once(world: World, fault: dict[str, Any]) -> None:
    """Better twice than not at all, as the README says."""
    world.slack.fail("chat.postMessage", **fault)
    world.book("alice", "now for 2h")
    assert world.tick() == 0
    world.slack.fail("conversations.history", error="missing_scope")
    assert world.later(minutes=1) == 1
    assert len(starts(world)) == (2 if "reset" in fault else 1)
    assert world.later(minutes=5) == 0


def test_killed_between_slacks_answer_and_the_commit_it_posts_once(world: World) -> None:
    """Whoever looks after it next finds it in the channel."""
    world.book("alice", "now for 2h")

    def die(*_settled: object) -> None:
        raise SystemExit

    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(outbox, "sent", die)
        with pytest.raises(SystemExit):
            world.tick()
    assert len(starts(world)) == 1
    assert tried(world, "#gpu") == 1
    world.later(minutes=1)
    assert tried(world, "#gpu") == 1
    with world.desk.database.read(world.clock()) as work:
        assert backlog.of(work, world.desk.organization.id).due == 0


def starts(world: World) -> list[MessageHandle]:
    return [message for message in world.person("minjun").sees("#gpu") if "is yours now" in message.words]


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_slack_failing_again_and_again_is_asked_more_and_more_rarely(world: World) -> None:
    world.book("alice", "now for 12h")
    world.slack.fail("chat.postMessage", error="internal_error", times=100)
    world.clock.forward(seconds=2)
    world.sender.send_due()
    for tries, too_soon, soon_enough in [(1, 1.9, 0.7), (2, 3.9, 1.2), (3, 7.9, 2.2)]:
        assert tried(world, "#gpu") == tries
        world.clock.forward(seconds=too_soon)
        world.sender.send_due()
        assert tried(world, "#gpu") == tries
        world.clock.forward(seconds=soon_enough)
        world.sender.send_due()
    assert tried(world, "#gpu") == 4


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_what_failed_at_one_moment_is_not_tried_again_at_one_moment(world: World) -> None:
    for number in range(1, 6):
        world.add_gpu("lab-node-2", f"GPU{number}")
        world.slack.add_person(Person(name=f"user{number}", real_name=f"User {number}"))
        world.book(f"user{number}", f"now for 30 min on GPU{number}")
    world.clock.forward(minutes=15)  # the same for all of them
    world.slack.fail("chat.postMessage", error="internal_error", times=100)
    world.sender.send_due()
    with world.desk.database.read(world.clock()) as work:
        wait = text("SELECT count(DISTINCT free_at), count(*) FROM recipients WHERE free_at > :now")
        again, several = work.connection.execute(wait, {"now": world.clock().replace(tzinfo=None)}).one()
    assert again == several == 6  # five people, and the channel


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_slack_failing_for_hours_is_told_to_an_admin_and_not_asked_for_ever(world: World) -> None:
    world.book("alice", "now for 12h")  # Alice is the workspace's admin
    world.slack.fail("chat.postMessage", error="internal_error", times=20)
    for _ in range(25):
        world.later(minutes=13)
    assert tried(world, "#gpu") == 20
    world.person("alice").waits_for("@gpu", "Slack says: internal_error")


def tried(world: World, channel: str) -> int:
    """How often a message was posted there, or was to be."""
    where = world.slack.channel_id(channel)
    return sum(call.method == "chat.postMessage" and call.args["channel"] == where for call in world.slack.calls)


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_another_apps_metadata_are_not_taken_for_ours(world: World) -> None:
    world.slack.fail("chat.postMessage", status=500)
    world.book("alice", "now for 2h")
    assert world.tick() == 0
    for kind, payload in [("of_another_app", {"notices": list(range(100))}), (EVENT, {"of": "another version"})]:
        world.desk.client.chat_postMessage(
            channel=world.slack.channel_id("#gpu"),
            text="Something else",
            metadata={"event_type": kind, "event_payload": payload},
        )
    assert world.later(minutes=1) == 1
    world.person("minjun").waits_for("#gpu", "is yours now")


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_direct_messages_that_are_not_found_are_opened_anew(world: World) -> None:
    world.book("haruka", "19:00-20:00")
    world.book("haruka", "22:00-23:00")
    world.later(minutes=40)
    world.slack.fail("chat.postMessage", error="channel_not_found")
    world.later(minutes=10)
    assert opened(world, "haruka") == 1
    world.later(hours=3)
    world.person("haruka").waits_for("@gpu", "22:00")
    assert opened(world, "haruka") == 2


def opened(world: World, name: str) -> int:
    """How often the channel of somebody's direct messages was asked for."""
    who = world.slack.user_id(name)
    return sum(call.method == "conversations.open" and call.args["users"] == who for call in world.slack.calls)


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_who_has_travelled_is_reminded_by_their_new_clock(world: World) -> None:
    world.book("haruka", "tomorrow 19:00-20:00")
    world.person("haruka").account.tz = "America/New_York"  # and Slack's word of it was lost
    world.later(days=1, minutes=50)
    world.person("haruka").waits_for("@gpu", "05:00")
