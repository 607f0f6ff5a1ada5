"""What the all-in-one process takes: time to its first answer, memory at rest and after many commands.

.venv/bin/python bench/memory.py [--quick]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from places import show

from bot.workspace import Workspace
from bot.workspace.demo import BotProcess

COMMANDS = ("/gpu status", "/gpu mine", "/gpu help", "/gpu free tomorrow 13-18", "/gpu book now for 1h", "/gpu cancel")
WARM_UP = 1_000  # caches fill; what comes after must not grow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the commands")
    commands = 1_000 if parser.parse_args().quick else 10_000
    starts = [start() for _ in range(3)]
    with started() as (slack, bot):
        slack.person("alice").types("#gpu", "/gpu help")
        time.sleep(3)
        idle = resident(bot)
        type_away(slack, WARM_UP)
        warm = resident(bot)
        type_away(slack, commands)
        full = resident(bot)
    show(
        "Start to first answer, cold, on a new database (aim: at most 1.50 s)",
        ("", "first s", "median s"),
        ("all in one", starts[0], statistics.median(starts)),
    )
    show(
        f"Resident memory, MB (aim: no growth over {commands:,} commands once warm)",
        ("", "idle", f"after {WARM_UP:,}", f"after {commands:,} more", "growth"),
        ("all in one", idle, warm, full, full / warm),
    )


@contextmanager
def started() -> Iterator[tuple[Workspace, BotProcess]]:
    with tempfile.TemporaryDirectory(prefix="gpu-slots-bench-") as folder, Workspace() as slack:
        bot = BotProcess(slack, Path(folder))
        try:
            bot.wait_connected(slack)
            yield slack, bot
        finally:
            bot.stop()


def start() -> float:
    """From the process's start to the first answer that somebody sees."""
    began = time.perf_counter()
    with started() as (slack, _bot):
        alice = slack.person("alice")
        alice.types("#gpu", "/gpu status")
        alice.waits_for("#gpu", "GPU0")
        return time.perf_counter() - began


def type_away(slack: Workspace, commands: int) -> None:
    """Typed as fast as they are acknowledged, and all answered in the end."""
    alice = slack.person("alice")
    for number in range(commands):
        alice.types("#gpu", COMMANDS[number % len(COMMANDS)])
    alice.types("#gpu", "/gpu help")
    time.sleep(3)


def resident(bot: BotProcess) -> float:
    status = Path(f"/proc/{bot.pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
