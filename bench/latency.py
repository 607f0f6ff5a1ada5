"""How long a person waits: from a command to the first visible answer, beside a Bolt app that only says hello.

Both run on the same local workspace in the same run, over Socket Mode, one person, one command at a time.

    .venv/bin/python bench/latency.py [rounds]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from bot import when
from bot.app import WORKERS, build_app
from bot.desk import Desk
from bot.workspace import Workspace
from core import organizations
from core.migrate import upgrade
from core.work import Database

ROUNDS = 200
WARM_UP = 20


@dataclass
class Times:
    """Seconds, one per round."""

    name: str
    taken: list[float]

    def line(self, baseline: Times | None) -> str:
        p50, p95 = self.percentile(50), self.percentile(95)
        text = f"{self.name:<28}{p50:>9.1f} ms{p95:>9.1f} ms"
        if baseline is None:
            return text
        return f"{text}{p50 - baseline.percentile(50):>+9.1f} ms{p95 - baseline.percentile(95):>+9.1f} ms"

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.taken, n=100)[percent - 1] * 1000


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    when.warm()
    with hello_world() as slack:
        hello = measure(slack, "hello world", rounds, lambda _number: "/gpu", answered)
    with the_bot() as slack:
        measured = [
            measure(slack, "/gpu status", rounds, lambda _number: "/gpu status", answered),
            measure(slack, "/gpu book <when>", rounds, booking, answered),
            measure(slack, "/gpu book, refused", rounds, lambda _number: f"/gpu book {hours(0)}", answered),
            measure(slack, "/gpu book (form opens)", rounds, lambda _number: "/gpu book", opened),
        ]
    print(f"{'':<28}{'p50':>12}{'p95':>12}{'p50 more':>12}{'p95 more':>12}")
    print(hello.line(None))
    for times in measured:
        print(times.line(hello))


@contextmanager
def hello_world() -> Iterator[Workspace]:
    with Workspace() as slack:
        app = App(client=WebClient(slack.bot_token, base_url=slack.api_url), token_verification_enabled=False)

        @app.command("/gpu")
        def hello(ack: Any, respond: Any) -> None:
            ack()
            respond("hello")

        with connected(app, slack):
            yield slack


@contextmanager
def the_bot() -> Iterator[Workspace]:
    with tempfile.TemporaryDirectory() as folder, Workspace() as slack:
        database = Database(f"sqlite:///{folder}/bench.db")
        upgrade(database)
        with database.begin(now()) as work:
            lab = organizations.seed(work, slack_id=slack.team_id, name="Lab", zone="UTC", channel=None)
        desk = Desk(database, lab, WebClient(slack.bot_token, base_url=slack.api_url), now)
        with connected(build_app(desk), slack):
            yield slack
        database.close()


@contextmanager
def connected(app: App, slack: Workspace) -> Iterator[None]:
    handler = SocketModeHandler(app, slack.app_token, web_client=WebClient(base_url=slack.api_url), concurrency=WORKERS)
    handler.connect()
    slack.wait_connected(timeout=10)
    yield
    handler.close()


def measure(
    slack: Workspace,
    name: str,
    rounds: int,
    command: Callable[[int], str],
    wait: Callable[[Any, int], None],
) -> Times:
    alice = slack.person("alice")
    taken = []
    # Typing returns with the acknowledgement, which hello world gets later than its answer: it must not be waited for.
    with ThreadPoolExecutor(1) as fingers:
        for number in range(WARM_UP + rounds):
            typed, seen = command(number), len(alice.sees("#gpu"))
            began = time.perf_counter()
            acknowledged = fingers.submit(alice.types, "#gpu", typed)
            wait(alice, seen)
            taken.append(time.perf_counter() - began)
            acknowledged.result()
            if alice.form:
                alice.form.close()
    return Times(name, taken[WARM_UP:])


def answered(person: Any, seen: int) -> None:
    """A message more than before."""
    person.wait(lambda: len(person.sees_now("#gpu")) > seen or None, 10, lambda: "no answer")


def opened(person: Any, _seen: int) -> None:
    person.waits_for_form("Book a GPU")


def booking(number: int) -> str:
    return f"/gpu book {hours(number)} for run {number}"


def hours(number: int) -> str:
    """Five minutes of their own for each round, from tomorrow on."""
    start = datetime.now(UTC).replace(hour=0, minute=0) + timedelta(days=1, minutes=5 * number)
    return f"{start:%Y-%m-%d %H:%M} to {start + timedelta(minutes=5):%Y-%m-%d %H:%M}"


def now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
