"""How long a person waits: from a command to the first visible answer, beside a Bolt app that only says hello.

Both run on the same local workspace in the same run, over Socket Mode, one person, one command at a time. What shows
the lab is measured at one GPU and at a hundred, all of them booked without a gap for a week by a dozen people. Of a
picture, what Slack itself takes to look at an upload is left out: it is Slack's.

    .venv/bin/python bench/latency.py [rounds]
"""

from __future__ import annotations

import itertools
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
from bot.workspace.driver import PersonDriver
from core import booking as booking_core
from core import inventory, maintenance, members, organizations
from core.actors import Actor, Operator
from core.facts import Standing
from core.inventory import Wanted
from core.migrate import upgrade
from core.timerange import TimeRange
from core.work import Database

ROUNDS = 200
PICTURE = "/gpu picture"
PAST, WEEK, TURN = timedelta(days=3), timedelta(days=7), timedelta(hours=8)
WARM_UP = 20


@dataclass
class Times:
    """Seconds, one per round."""

    name: str
    taken: list[float]

    def line(self, baseline: Times | None) -> str:
        p50, p95 = self.percentile(50), self.percentile(95)
        text = f"{self.name:<30}{p50:>9.1f} ms{p95:>9.1f} ms"
        if baseline is None:
            return text
        return f"{text}{p50 / baseline.percentile(50):>12.2f}{p95 / baseline.percentile(95):>12.2f}"

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.taken, n=100)[percent - 1] * 1000


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    when.warm()
    with hello_world() as slack:
        hello = measure(slack, "hello world", rounds, typed(lambda _number: "/gpu"), answers)
    with the_bot() as slack:
        measured = [
            measure(slack, "/gpu book <when>", rounds, typed(booking), answers),
            measure(slack, "/gpu book, refused", rounds, typed(lambda _number: f"/gpu book {hours(0)}"), answers),
            measure(slack, "/gpu book (form opens)", rounds, typed(lambda _number: "/gpu book"), forms),
        ]
    for gpus in (1, 100):
        with the_bot(full=gpus) as slack:
            size = f"{gpus} GPU{'s' * (gpus > 1)}, full"
            measured += [
                measure(slack, f"/gpu status, {size}", rounds, typed(lambda _number: "/gpu status"), answers),
                measure(slack, f"Home, {size}", rounds, opened_home, homes),
                measure(slack, f"/gpu picture, {size}", max(rounds // 5, 2), typed(lambda _number: PICTURE), pictures),
            ]
    print(f"{'':<30}{'p50':>12}{'p95':>12}{'p50 ratio':>12}{'p95 ratio':>12}")
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
def the_bot(full: int = 0) -> Iterator[Workspace]:
    """The bot with its first GPU, free; or with so many, all of them booked."""
    with tempfile.TemporaryDirectory() as folder, Workspace() as slack:
        slack.file_seconds = 0
        database = Database(f"sqlite:///{folder}/bench.db")
        upgrade(database)
        with database.begin(now() - PAST) as work:
            lab = organizations.seed(work, slack_id=slack.team_id, name="Lab", zone="UTC", channel=None)
        if full:
            fill(database, lab.id, full)
        desk = Desk(database, lab, WebClient(slack.bot_token, base_url=slack.api_url), now)
        with connected(build_app(desk), slack):
            yield slack
        database.close()


def fill(database: Database, lab: int, count: int) -> None:
    """Every GPU, by turns, from some days ago for a week."""
    begin = now().replace(minute=0, second=0, microsecond=0) - PAST
    with database.begin(begin) as work:
        for number in range(1, count):
            node, label = f"lab-node-{number // 8 + 1}", f"GPU{number % 8}"
            maintenance.put_in_service(work, Operator(lab), node=node, label=label, model="RTX 5090", memory_gb=32)
        gpus = inventory.gpus(work, lab)
        people = [
            members.save(
                work, lab, f"U{turn}", name=f"사람 {turn}", zone="UTC", language="en", standing=Standing.MEMBER
            )
            for turn in range(12)
        ]
    turns = itertools.cycle(people)
    for gpu in gpus:
        with database.begin(begin) as work:
            for turn in range(WEEK // TURN):
                time = TimeRange(begin + turn * TURN, begin + (turn + 1) * TURN)
                booking_core.reserve(work, Actor.of(lab, next(turns)), Wanted(names=(gpu.full_name,)), time)


@contextmanager
def connected(app: App, slack: Workspace) -> Iterator[None]:
    handler = SocketModeHandler(app, slack.app_token, web_client=WebClient(base_url=slack.api_url), concurrency=WORKERS)
    handler.connect()
    slack.wait_connected(timeout=10)
    yield
    handler.close()


Act = Callable[[PersonDriver, int], object]
Look = Callable[[PersonDriver], object]


def measure(slack: Workspace, name: str, rounds: int, act: Act, look: Look) -> Times:
    """From what a person does to the moment when what they look at is another."""
    alice = slack.person("alice")
    taken = []
    # Typing returns with the acknowledgement, which hello world gets later than its answer: it must not be waited for.
    with ThreadPoolExecutor(1) as fingers:
        for number in range(min(WARM_UP, rounds) + rounds):
            seen = _seen(alice, look)
            began = time.perf_counter()
            acknowledged = fingers.submit(act, alice, number)
            _wait_for_another(alice, look, seen)
            taken.append(time.perf_counter() - began)
            acknowledged.result()
            if alice.form:
                alice.form.close()
    return Times(name, taken[min(WARM_UP, rounds) :])


def _seen(person: PersonDriver, look: Look) -> tuple[object]:
    return person.wait(lambda: (look(person),), 1, str)


def _wait_for_another(person: PersonDriver, look: Look, seen: tuple[object]) -> None:
    person.wait(lambda: (look(person),) != seen or None, 30, lambda: "no answer")


def typed(command: Callable[[int], str]) -> Act:
    return lambda person, number: person.types("#gpu", command(number))


def opened_home(person: PersonDriver, _number: int) -> object:
    return person.slack.call(person.slack.interactions.opens_tab(person.account, "home"))


def answers(person: PersonDriver) -> object:
    return len(person.sees_now("#gpu"))


def pictures(person: PersonDriver) -> object:
    return len(person.sees_now("@gpu"))


def forms(person: PersonDriver) -> object:
    return person.form is not None


def homes(person: PersonDriver) -> object:
    return person.home.view.hash if person.home.view else ""


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
