"""The real bot, on a clock that the demo moves: `python -m bot.workspace.bot CLOCK`. Settings: from the environment."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import log, run
from bot.settings import Settings
from bot.workspace.clock import MovableClock


def main() -> int:
    """Run until told to stop; the exit code."""
    log.configure()
    clock = MovableClock(Path(sys.argv[1]))
    return run.everything(Settings.load(talks=True, listens=True), argparse.Namespace(), clock=clock.now)


if __name__ == "__main__":
    sys.exit(main())
