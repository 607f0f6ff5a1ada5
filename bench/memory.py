"""What the all-in-one process takes: time to its first answer, memory at rest and after many commands.

.venv/bin/python bench/memory.py [--quick]
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from places import show
from sqlalchemy import func, select

from bot.app import WORKERS
from bot.workspace import Workspace
from bot.workspace.demo import BotProcess, database_url
from core import models
from core.work import Database

COMMANDS = (
    "/gpu status",
    "/gpu mine",
    "/gpu help",
    "/gpu free tomorrow 13-18",
    "/gpu book tomorrow 13-18",
    "/gpu cancel",
)
STARTS = 7
AT_ONCE = 2 * WORKERS  # more than are worked at, so that every thread comes to be, with its connection
WARM_UP = 2_000
PATIENCE = 120  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the commands")
    commands = 1_000 if parser.parse_args().quick else 10_000
    # As where it was installed: what Python compiled is kept, and a start need not do it again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    starts = [start() for _ in range(STARTS)]
    with workspace() as (slack, folder), running(slack, folder) as bot:
        type_away(slack, 1, 1)
        time.sleep(3)
        idle = resident(bot)
        type_away(slack, WARM_UP, AT_ONCE)
        warm = resident(bot)
        type_away(slack, commands, 1)
        full = resident(bot)
        booked = bookings(folder)
    show(
        f"Start to first answer, on a new database; {STARTS} times (aim: at most 1.50 s)",
        ("", "first s", "median s", "fastest s", "slowest s"),
        ("all in one", starts[0], statistics.median(starts), min(starts), max(starts)),
    )
    show(
        f"Resident memory, MB (aim: no growth over {commands:,} commands once every thread is there)",
        ("", "idle", f"after {WARM_UP:,}, {AT_ONCE} at once", f"after {commands:,} more", "growth", "bookings made"),
        ("all in one", idle, warm, full, full / warm, booked),
    )


@contextmanager
def workspace() -> Iterator[tuple[Workspace, Path]]:
    with tempfile.TemporaryDirectory(prefix="gpu-slots-bench-") as folder, Workspace() as slack:
        yield slack, Path(folder)


@contextmanager
def running(slack: Workspace, folder: Path) -> Iterator[BotProcess]:
    bot = BotProcess(slack, folder)
    try:
        bot.wait_connected(slack)
        yield bot
    finally:
        bot.stop()


def start() -> float:
    """From the process's start to the first answer that somebody sees."""
    with workspace() as (slack, folder):
        began = time.perf_counter()
        with running(slack, folder):
            alice = slack.person("alice")
            alice.types("#gpu", "/gpu status")
            alice.waits_for("#gpu", "GPU0")
            return time.perf_counter() - began


def type_away(slack: Workspace, commands: int, at_once: int) -> None:
    """Typed as fast as they are acknowledged, by so many hands; returns when all are answered."""
    alice = slack.person("alice")
    wanted = answers(slack) + commands
    with ThreadPoolExecutor(at_once) as hands:
        list(hands.map(lambda words: alice.types("#gpu", words), itertools.islice(itertools.cycle(COMMANDS), commands)))
    deadline = time.monotonic() + PATIENCE
    while answers(slack) < wanted:
        if time.monotonic() > deadline:
            raise TimeoutError("not everything was answered in time")
        time.sleep(0.1)


def answers(slack: Workspace) -> int:
    """How many commands were answered, each for the eyes of one person."""
    return sum(
        message.ephemeral for channel in list(slack.state.channels.values()) for message in list(channel.messages)
    )


def bookings(folder: Path) -> int:
    with closing(Database(database_url(folder))) as database, database.read(datetime.now(UTC)) as work:
        return work.session.scalar(select(func.count(models.Reservation.id))) or 0


def resident(bot: BotProcess) -> float:
    status = Path(f"/proc/{bot.pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
