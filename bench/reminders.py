"""How late reminders are, and how fast they drain, beside APScheduler keeping the same posts in a job store of its own.

    .venv/bin/python bench/reminders.py [--quick] [--on sqlite|postgresql]

Senders and schedulers are processes of their own, and post over HTTP to the local workspace.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import Any

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from places import KINDS, databases, percentile, show
from slack_sdk import WebClient
from sqlalchemy import insert

from bot.delivery import Sender
from bot.desk import Desk
from bot.ticker import Ticker
from bot.upkeep import Upkeep
from bot.workspace import Workspace
from bot.workspace.state import Person
from core import models
from core.db import Base
from core.facts import Organization
from core.outbox import Batch
from core.work import Database

PEOPLE = 50
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
COUNTS = (1, 100, 1_000)
AHEAD = timedelta(seconds=8)  # until they fall due: the job store takes up 1,000 jobs meanwhile
SLACK_TAKES = 0.15  # seconds for each call, as the real one; the local one takes none
PATIENCE = 120  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100 at most")
    parser.add_argument("--on", choices=KINDS, help="only this database")
    arguments = parser.parse_args()
    counts = COUNTS[:2] if arguments.quick else COUNTS
    context = multiprocessing.get_context("spawn")
    with databases() as new:
        for kind in [arguments.on] if arguments.on else KINDS:
            lags = [
                (f"{count:,} due at once", *outbox(context, new(kind), count), *job_store(context, new(kind), count))
                for count in counts
            ]
            show(
                f"{kind}: reminders in direct messages of {PEOPLE} people; lag from due to posted",
                (
                    *("", "outbox: claimed p50 ms", "p99 ms", "posted p50 ms", "p99 ms", "posts"),
                    *("job store: posted p50 ms", "p99 ms", "posts"),
                ),
                *lags,
            )
            for seconds, owed in ((0.0, counts[-1]), (SLACK_TAKES, counts[-1] // 4)):
                drained = [(workers, *drain(context, new(kind), owed, workers, seconds)) for workers in (1, 4)]
                show(
                    f"{kind}: {owed:,} overdue reminders, one post each, of which Slack answers each call"
                    f" after {seconds:g} s",
                    ("workers", "posts/s", "slowest / fastest", "processor for one: sender ms", "local Slack ms"),
                    *drained,
                )


# --- lag ---


def outbox(context: Any, database: Database, count: int) -> tuple[float, ...]:
    """The lag until a sender took each on itself, which is ours, and until it was posted: p50 and p99; posts."""
    with Workspace() as slack:
        into = people(slack, min(count, PEOPLE))
        claimed = context.Queue()
        with running(context, send_as_due, url_of(database), slack.api_url, slack.bot_token, claimed) as begin:
            due = datetime.now(UTC) + AHEAD
            owe(database, into, count, due)
            owe_one_first(database, due - AHEAD / 2)
            begin.put(due)
            posted = lag(slack, due, lambda: settled(database) == count + 1)
            late = [
                late for late in (claimed.get(timeout=PATIENCE) - due.timestamp() for _ in range(count + 1)) if late > 0
            ]
            return percentile(late, 50), percentile(late, 99), *posted


def job_store(context: Any, database: Database, count: int) -> tuple[float, ...]:
    with Workspace() as slack:
        into = people(slack, min(count, PEOPLE))
        with running(context, schedule, url_of(database), slack.api_url, slack.bot_token, into, count) as begin:
            due = datetime.now(UTC) + AHEAD
            begin.put(due)
            return lag(slack, due, lambda: len(posts(slack)) == count + 1)


class Telling(Sender):
    """Tells when it claimed each notice."""

    def __init__(self, made: Desk, claimed: Any) -> None:
        super().__init__(made)
        self._claimed = claimed

    def _claim(self) -> Batch | None:
        batch = super()._claim()
        for _ in batch.owed if batch else ():
            self._claimed.put(time.time())
        return batch


def send_as_due(begin: Any, ready: Any, url: str, api_url: str, token: str, claimed: Any) -> None:
    made = desk(Database(url), api_url, token)
    sender = Telling(made, claimed)
    ready.set()
    begin.get()
    Ticker(sender, Upkeep(made, sender), made.clock).start()
    time.sleep(PATIENCE)


def schedule(begin: Any, ready: Any, url: str, api_url: str, token: str, into: list[str], count: int) -> None:
    scheduler = BackgroundScheduler(timezone=UTC, jobstores={"default": SQLAlchemyJobStore(url)})
    ready.set()
    due = begin.get()
    for number in range(-1, count):
        arguments = (api_url, token, into[max(number, 0) % len(into)])
        at = due - AHEAD / 2 if number < 0 else due
        scheduler.add_job(post, "date", run_date=at, args=arguments, misfire_grace_time=PATIENCE)
    scheduler.start()
    time.sleep(PATIENCE)


def post(api_url: str, token: str, person: str) -> None:
    client = WebClient(token, base_url=api_url)
    client.chat_postMessage(channel=client.conversations_open(users=person)["channel"]["id"], text="Ends in 15 min.")


def lag(slack: Workspace, due: datetime, is_done: Callable[[], bool]) -> tuple[float, float, int]:
    """Of what was posted from then on: the first message of a process pays for what is loaded with it."""
    wait(is_done)
    late = [ts - due.timestamp() for ts in posts(slack) if ts > due.timestamp()]
    return percentile(late, 50), percentile(late, 99), len(late)


# --- drain ---


def drain(
    context: Any, database: Database, count: int, workers: int, slack_takes: float
) -> tuple[float, float, float, float]:
    """Everything is overdue, one per person, and nobody has begun."""
    with Workspace() as slack:
        slack.answer_seconds = slack_takes
        owe(database, people(slack, count), count, datetime.now(UTC) - timedelta(minutes=1))
        barrier, results = context.Barrier(workers + 1), context.Queue()
        arguments = (url_of(database), slack.api_url, slack.bot_token, barrier, results)
        senders = [context.Process(target=send_all, args=arguments, daemon=True) for _ in range(workers)]
        for each in senders:
            each.start()
        barrier.wait()
        began, of_slack = time.time(), time.process_time()  # which is served by this process
        done = [results.get(timeout=PATIENCE) for _ in senders]
        taken, of_slack = time.time() - began, time.process_time() - of_slack
        for each in senders:
            each.join()
        if settled(database) != count:
            raise RuntimeError("not everything was sent")
        posted = [number for number, _ in done]
        of_senders = sum(processor for _, processor in done)
        return (
            sum(posted) / taken,
            min(posted) / max(posted),
            of_senders / sum(posted) * 1000,
            of_slack / sum(posted) * 1000,
        )


def send_all(url: str, api_url: str, token: str, barrier: Any, results: Any) -> None:
    with closing(Database(url)) as database:
        sender = Sender(desk(database, api_url, token))
        barrier.wait()
        began = time.process_time()
        results.put((sender.send_due(), time.process_time() - began))


# --- what is owed, and what was posted ---


def owe(database: Database, people: list[str], count: int, due: datetime) -> None:
    """Reminders of one lab, spread over its people."""
    numbers, ids = range(1, count + 1), range(1, len(people) + 1)
    whose = {number: 1 + (number - 1) % len(people) for number in numbers}
    ends = due + timedelta(minutes=15)
    with database.engine.begin() as connection:

        def add(model: type[Base], rows: list[dict[str, object]]) -> None:
            connection.execute(insert(model), rows)

        common = {"zone": "UTC", "language": "en"}
        add(models.Organization, [common | {"id": 1, "slack_id": "T1", "name": "Lab", "announce": True}])
        members = [common | {"id": i, "organization_id": 1, "slack_id": people[i - 1], "name": "M"} for i in ids]
        add(models.Member, members)
        add(models.Recipient, [{"organization_id": 1, "whom": f"member:{i}", "free_at": LONG_AGO} for i in ids])
        add(models.Node, [{"id": 1, "organization_id": 1, "hostname": "lab-node-1"}])
        add(
            models.Gpu,
            [{"id": i, "node_id": 1, "label": f"GPU{i}", "model": "RTX 5090", "memory_gb": 32} for i in numbers],
        )
        add(
            models.Reservation,
            [{"id": i, "organization_id": 1, "member_id": whose[i], "created_at": LONG_AGO} for i in numbers],
        )
        slot = {"start_at": ends - timedelta(hours=2), "end_at": ends, "live": True}
        add(models.Slot, [slot | {"reservation_id": i, "gpu_id": i} for i in numbers])
        notice = {"version": 1, "kind": "before_end", "due_at": due, "useful_until": ends, "data": {}}
        add(models.Notice, [notice | {"recipient_id": whose[i], "reservation_id": i} for i in numbers])


def owe_one_first(database: Database, due: datetime) -> None:
    """One more of the first reservation, to warm up."""
    with database.engine.begin() as connection:
        one = {"version": 1, "kind": "before_end_3h", "due_at": due, "useful_until": due + timedelta(minutes=15)}
        connection.execute(insert(models.Notice), one | {"recipient_id": 1, "reservation_id": 1, "data": {}})


def desk(database: Database, api_url: str, token: str) -> Desk:
    lab = Organization(1, "T1", "Lab", "UTC", "en", None, announce=True)
    return Desk(database, lab, WebClient(token, base_url=api_url), lambda: datetime.now(UTC))


def settled(database: Database) -> int:
    with database.engine.connect() as connection:
        return len(connection.execute(models.Notice.__table__.select().where(models.Notice.outcome == "sent")).all())


def people(slack: Workspace, count: int) -> list[str]:
    for number in range(count):
        slack.add_person(Person(name=f"user{number}", real_name=f"User {number}"))
    return [slack.user_id(f"user{number}") for number in range(count)]


def posts(slack: Workspace) -> list[float]:
    """When each message of the bot's arrived."""
    return [
        float(message.ts)
        for channel in list(slack.state.channels.values())
        for message in list(channel.messages)
        if message.author_id == slack.state.bot.id
    ]


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


@contextmanager
def running(context: Any, target: Callable[..., None], *arguments: object) -> Iterator[Any]:
    """A process that has started up, which on a busy machine takes longer than any lag; it begins when it is told."""
    begin, ready = context.Queue(), context.Event()
    process: BaseProcess = context.Process(target=target, args=(begin, ready, *arguments), daemon=True)
    process.start()
    if not ready.wait(PATIENCE):
        raise TimeoutError("no process in time")
    try:
        yield begin
    finally:
        process.terminate()
        process.join()


def wait(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_done():
        if time.monotonic() > deadline:
            raise TimeoutError("not everything was posted in time")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
