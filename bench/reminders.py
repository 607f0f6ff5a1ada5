"""How late reminders are, and how fast they drain, beside APScheduler keeping the same posts in a job store of its own.

    .venv/bin/python bench/reminders.py [--quick]

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
from bot.ticker import Ticker
from bot.workspace import Workspace
from core import models
from core.db import Base
from core.work import Database

CHANNELS = 50
COUNTS = (1, 100, 1_000)
AHEAD = timedelta(seconds=8)  # until they fall due: processes start meanwhile
PATIENCE = 120  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100 at most")
    counts = COUNTS[:2] if parser.parse_args().quick else COUNTS
    context = multiprocessing.get_context("spawn")
    with databases() as new:
        for kind in KINDS:
            lags = [
                (f"{count:,} due at once", *outbox(context, new(kind), count), *job_store(context, new(kind), count))
                for count in counts
            ]
            show(
                f"{kind}: reminders in {CHANNELS} channels; lag from due to posted",
                ("", "outbox p50 ms", "p99 ms", "posts", "job store p50 ms", "p99 ms", "posts"),
                *lags,
            )
            drained = [(workers, *drain(context, new(kind), counts[-1], workers)) for workers in (1, 4)]
            show(
                f"{kind}: {counts[-1]:,} overdue reminders, one post each",
                ("workers", "reminders/s", "posts/s", "slowest / fastest"),
                *drained,
            )


# --- lag ---


def outbox(context: Any, database: Database, count: int) -> tuple[float, float, int]:
    with Workspace() as slack:
        due = datetime.now(UTC) + AHEAD
        owe(database, channels(slack, min(count, CHANNELS)), count, due)
        with running(context, send_as_due, url_of(database), slack.api_url, slack.bot_token):
            return lag(slack, due, lambda: settled(database) == count)


def job_store(context: Any, database: Database, count: int) -> tuple[float, float, int]:
    with Workspace() as slack:
        due = datetime.now(UTC) + AHEAD
        into = channels(slack, min(count, CHANNELS))
        with running(context, schedule, url_of(database), slack.api_url, slack.bot_token, into, count, due):
            return lag(slack, due, lambda: len(posts(slack)) == count)


def send_as_due(url: str, api_url: str, token: str) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    Ticker(Sender(Database(url), WebClient(token, base_url=api_url), now, "/gpu"), now).start()
    time.sleep(PATIENCE)


def schedule(url: str, api_url: str, token: str, into: list[str], count: int, due: datetime) -> None:
    scheduler = BackgroundScheduler(timezone=UTC, jobstores={"default": SQLAlchemyJobStore(url)})
    for number in range(count):
        arguments = (api_url, token, into[number % len(into)])
        scheduler.add_job(post, "date", run_date=due, args=arguments, misfire_grace_time=PATIENCE)
    scheduler.start()
    time.sleep(PATIENCE)


def post(api_url: str, token: str, channel: str) -> None:
    WebClient(token, base_url=api_url).chat_postMessage(channel=channel, text="It is yours now.")


def lag(slack: Workspace, due: datetime, is_done: Callable[[], bool]) -> tuple[float, float, int]:
    wait(is_done)
    late = [max(ts - due.timestamp(), 0) for ts in posts(slack)]
    return percentile(late, 50), percentile(late, 99), len(late)


# --- drain ---


def drain(context: Any, database: Database, count: int, workers: int) -> tuple[float, float, float]:
    """Everything is overdue, one per channel, and nobody has begun."""
    with Workspace() as slack:
        owe(database, channels(slack, count), count, datetime.now(UTC) - timedelta(minutes=1))
        barrier, results = context.Barrier(workers), context.Queue()
        arguments = (url_of(database), slack.api_url, slack.bot_token, barrier, results)
        senders = [context.Process(target=send_all, args=arguments, daemon=True) for _ in range(workers)]
        for each in senders:
            each.start()
        done = [results.get(timeout=PATIENCE) for _ in senders]
        for each in senders:
            each.join()
        taken = max(ended for _, _, ended in done) - min(began for _, began, _ in done)
        posted = [number for number, _, _ in done]
        return settled(database) / taken, sum(posted) / taken, min(posted) / max(posted)


def send_all(url: str, api_url: str, token: str, barrier: Any, results: Any) -> None:
    with closing(Database(url)) as database:
        sender = Sender(database, WebClient(token, base_url=api_url), lambda: datetime.now(UTC), "/gpu")
        barrier.wait()
        began = time.time()
        results.put((sender.send_due(), began, time.time()))


# --- what is owed, and what was posted ---


def owe(database: Database, into: list[str], count: int, due: datetime) -> None:
    """Starts of reservations, spread over a lab for each channel."""
    numbers = range(1, count + 1)
    labs = {number: 1 + (number - 1) % len(into) for number in numbers}
    long_ago = due - timedelta(days=1)
    with database.engine.begin() as connection:

        def add(model: type[Base], rows: list[dict[str, object]]) -> None:
            connection.execute(insert(model), rows)

        common = {"zone": "UTC", "language": "en"}
        lab = common | {"name": "Lab", "announce": True}
        ids = range(1, len(into) + 1)
        add(
            models.Organization,
            [lab | {"id": i, "slack_id": f"T{i}", "channel": into[i - 1]} for i in ids],
        )
        add(models.Member, [{"id": i, "organization_id": i, "slack_id": "U1", "name": "M"} | common for i in ids])
        add(models.Node, [{"id": i, "organization_id": i, "hostname": "lab-node-1"} for i in ids])
        add(
            models.Gpu,
            [{"id": i, "node_id": labs[i], "label": f"GPU{i}", "model": "RTX 5090", "memory_gb": 32} for i in numbers],
        )
        add(
            models.Reservation,
            [{"id": i, "organization_id": labs[i], "member_id": labs[i], "created_at": long_ago} for i in numbers],
        )
        add(
            models.Slot,
            [
                {"reservation_id": i, "gpu_id": i, "start_at": due, "end_at": due + timedelta(hours=2), "live": True}
                for i in numbers
            ],
        )
        add(
            models.Notice,
            [
                {"organization_id": labs[i], "reservation_id": i, "version": 1, "kind": "start", "whom": "channel"}
                | {"due_at": due, "useful_until": due + timedelta(hours=2), "data": {}}
                for i in numbers
            ],
        )


def settled(database: Database) -> int:
    with database.engine.connect() as connection:
        return len(connection.execute(models.Notice.__table__.select().where(models.Notice.outcome == "sent")).all())


def channels(slack: Workspace, count: int) -> list[str]:
    return [slack.add_channel(f"lab-{number}") for number in range(count)]


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
def running(context: Any, target: Callable[..., None], *arguments: object) -> Iterator[None]:
    process: BaseProcess = context.Process(target=target, args=arguments, daemon=True)
    process.start()
    try:
        yield
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
