"""The demo: this Slack, the real bot as its own process, and a database that is thrown away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

BOT = (sys.executable, "-m", "bot")
PORT = 8765
START_SECONDS = 30.0
STOP_SECONDS = 5.0
LAST_LINES = 25
# Whatever the visitor's own shell says about proxies or another Slack must not reach the demo's bot.
_FORGET = ("PORT", "SLACK_SIGNING_SECRET", "GPU_COMMAND")


class BotDied(Exception):  # noqa: N818 - a fact, not a mistake of ours
    """The bot's process ended by itself, or never connected."""


class BotProcess:
    """The bot, started for one workspace and stopped by its own process id."""

    def __init__(self, slack: Workspace, folder: Path, command: Sequence[str] = BOT) -> None:
        self._log = folder / "bot.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                command,
                env=environment(slack, folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is ours to pass on
            )

    def wait_connected(self, slack: Workspace, timeout: float = START_SECONDS) -> None:
        """Wait until the bot has its Socket Mode connection."""
        deadline = time.monotonic() + timeout
        while not slack.connections:
            self.check()
            if time.monotonic() > deadline:
                raise BotDied(f"The bot did not connect within {timeout:.0f} s. Its last words:\n{self.tail()}")
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        return self._process.pid

    def check(self) -> None:
        """Say so when the bot is no longer there."""
        code = self._process.poll()
        if code is not None:
            raise BotDied(f"The bot stopped with exit code {code}. Its last words:\n{self.tail()}")

    def tail(self) -> str:
        """The end of the bot's output."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-LAST_LINES:]) or "  (it said nothing)"

    def stop(self) -> None:
        """Ask the bot to stop; insist when it does not."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def environment(slack: Workspace, folder: Path) -> dict[str, str]:
    """The bot's settings: this Slack, a fresh database."""
    kept = {
        name: value for name, value in os.environ.items() if name not in _FORGET and not name.lower().endswith("_proxy")
    }
    return kept | {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "GPU_CHANNEL": slack.channel_id("#gpu"),
        "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "TIMEZONE": "Asia/Tokyo",
        "PYTHONUNBUFFERED": "1",
    }


def run(command: Sequence[str] = BOT, *, port: int = PORT) -> int:
    """Run the demo until somebody stops it; returns the exit code."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with tempfile.TemporaryDirectory(prefix="gpu-slots-demo-") as folder, _workspace(port) as slack:
            return _with_bot(slack, BotProcess(slack, Path(folder), command), stopped)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _with_bot(slack: Workspace, bot: BotProcess, stopped: threading.Event) -> int:
    try:
        bot.wait_connected(slack)
        say(f"{slack.url}  (Ctrl-C stops it)")
        while not stopped.wait(0.25):
            bot.check()
    except BotDied as death:
        say(str(death))
        return 1
    finally:
        bot.stop()
    return 0


def _workspace(port: int) -> Workspace:
    """On the usual port, so that a reload finds the demo again; on any other when that one is taken."""
    try:
        return Workspace(port=port)
    except OSError:
        return Workspace()


def say(words: str) -> None:
    """One line to whoever started the demo."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
