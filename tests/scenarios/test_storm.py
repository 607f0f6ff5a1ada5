"""Web and worker processes killed at random while people book and reminders fall due: nothing lost, nothing twice.

`make test` runs it small, once on each database; `make soak` at full size.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.workspace import Workspace
from core.work import Database
from tests.conftest import KINDS
from tests.scenarios.conftest import english_people
from tests.scenarios.test_processes import Site, add_gpu, reserve, someone, started

IS_SOAK = bool(os.environ.get("SOAK"))


@dataclass(frozen=True)
class Size:
    bookings: int
    reminders: int
    workers: int
    kills: int
    pause: float  # seconds between two of them, at most
    people: int


SIZE = Size(1_000, 400, 4, 12, 5.0, 8) if IS_SOAK else Size(24, 24, 2, 2, 1.0, 4)

PEOPLE = ("alice", "haruka", "minjun")

pytestmark = pytest.mark.waits


class Processes:
    """Some pieces of the bot, of which one is killed now and then and started again at once."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.killed: Counter[str] = Counter()  # pieces, by what they do

    def start(self, name: str) -> None:
        self._running[name] = subprocess.Popen(
            [sys.executable, "-m", "bot", name.partition("-")[0]],
            env=self._site.environment(),
            cwd=self._site.folder,
            stderr=subprocess.DEVNULL,
        )

    def kill(self, piece: str) -> None:
        name = random.choice([name for name in self._running if name.startswith(piece)])
        self._running[name].send_signal(signal.SIGKILL)
        self._running[name].wait()
        self.killed[piece] += 1
        self.start(name)

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, new_database_url: Callable[[str], str], tmp_path: Path) -> Iterator[Site]:
    with Workspace(people=english_people()) as slack:
        yield Site(slack, new_database_url(request.param), tmp_path)


def test_a_storm(site: Site) -> None:
    assert site.run("check").returncode == 0
    processes = Processes(site)
    with closing(Database(site.database_url)) as database:
        promised = promise(database, site)
        for name in ("web-1", *(f"worker-{number}" for number in range(SIZE.workers))):
            processes.start(name)
        try:
            site.slack.wait_connected(timeout=60)
            killer = threading.Thread(target=kill_now_and_then, args=(processes,))
            killer.start()
            book_all(site, database)
            killer.join()
            wait_for_all(site, promised)
        finally:
            processes.stop()
        assert_no_overlaps(database)
    assert [said for said in answers(site) if "Something went wrong" in said] == []
    assert processes.killed == {"web": SIZE.kills / 2, "worker": SIZE.kills / 2}
    assert started(site) == Counter(promised)


def answers(site: Site) -> list[str]:
    """All that those who booked could read."""
    return [message.words for name in PEOPLE for message in site.slack.person(name).sees("#gpu")]


def promise(database: Database, site: Site) -> list[str]:
    """Reservations that start one after the other while the storm is on; the GPUs they are for."""
    actor, lab = someone(database, site)
    names = [add_gpu(database, lab, number) for number in range(SIZE.reminders)]
    first = datetime.now(UTC) + timedelta(seconds=3 + SIZE.reminders * 0.02)
    step = timedelta(seconds=(60 if IS_SOAK else 6) / SIZE.reminders)
    for number, name in enumerate(names):
        reserve(database, actor, name, first + number * step)
    return [name.rpartition("/")[2] for name in names]


def kill_now_and_then(processes: Processes) -> None:
    """Who hears and who sends in turn; people go on trying, and reminders falling due, until long after."""
    for number in range(SIZE.kills):
        time.sleep(random.uniform(0, SIZE.pause))
        processes.kill("worker" if number % 2 else "web")


def book_all(site: Site, database: Database) -> None:
    """People book a slot each, and try again when nobody answers."""
    people = [site.slack.person(name) for name in PEOPLE]
    monday = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)

    def book(number: int) -> None:
        start = monday + timedelta(minutes=5 * number)
        wish = f"{start:%Y-%m-%d %H:%M} to {start + timedelta(minutes=5):%Y-%m-%d %H:%M} UTC on GPU0"
        for _ in range(20):
            with suppress(AssertionError):
                people[number % 3].types("#gpu", f"/gpu book {wish}")
            if is_booked(database, start):
                return
            time.sleep(0.5)
        raise AssertionError(f"{wish} could not be booked")

    with ThreadPoolExecutor(SIZE.people) as fingers:
        list(fingers.map(book, range(SIZE.bookings)))


def is_booked(database: Database, start: datetime) -> bool:
    """Within a moment: the acknowledgement comes before the work."""
    booked = text("SELECT count(*) FROM slots WHERE start_at = :start AND live")
    for _ in range(20):
        with database.read(start) as work:
            bound = booked.bindparams(
                start=start if "postgres" in str(database.engine.url) else start.replace(tzinfo=None)
            )
            if work.session.scalar(bound):
                return True
        time.sleep(0.1)
    return False


def wait_for_all(site: Site, promised: list[str]) -> None:
    deadline = time.monotonic() + (180 if IS_SOAK else 60)
    while set(started(site)) < set(promised) and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(1)


def assert_no_overlaps(database: Database) -> None:
    overlapping = text(
        "SELECT count(*) FROM slots a JOIN slots b ON a.gpu_id = b.gpu_id AND a.id < b.id"
        " AND a.start_at < b.end_at AND b.start_at < a.end_at WHERE a.live AND b.live"
    )
    half_written = text(
        "SELECT count(*) FROM reservations WHERE id NOT IN (SELECT reservation_id FROM slots)"
        " OR id NOT IN (SELECT reservation_id FROM notices)"
    )
    with database.engine.connect() as connection:
        assert connection.scalar(overlapping) == 0
        assert connection.scalar(half_written) == 0
        assert connection.scalar(text("SELECT count(*) FROM reservations")) == SIZE.bookings + SIZE.reminders
