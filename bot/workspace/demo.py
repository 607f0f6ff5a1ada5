"""The demo: this Slack, the real bot as its own process, a lab with a past, and a database that is thrown away."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.workspace import lab
from bot.workspace.clock import MovableClock
from bot.workspace.state import Person
from bot.workspace.workspace import Workspace
from core.work import Database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

BOT = (sys.executable, "-m", "bot")
PORT = 8765
CLOCK = "clock"  # the file
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
        "DATABASE_URL": database_url(folder),
        "TIMEZONE": lab.ZONE,
        "PYTHONUNBUFFERED": "1",
    }


def database_url(folder: Path) -> str:
    """Where the demo's bot keeps everything."""
    return f"sqlite:///{folder / 'demo.db'}"


def run(command: Sequence[str] | None = None, *, port: int = PORT) -> int:
    """Run the demo until somebody stops it; returns the exit code. `command` starts another bot than the real one."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with tempfile.TemporaryDirectory(prefix="gpu-slots-demo-") as name:
            folder = Path(name)
            with opened(folder, port, lived_in=command is None) as slack:
                return _with_bot(slack, BotProcess(slack, folder, command or on_clock(folder)), stopped)
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


def on_clock(folder: Path) -> tuple[str, ...]:
    """The real bot, on the clock that the page moves."""
    return (sys.executable, "-m", "bot.workspace.bot", str(folder / CLOCK))


@contextlib.contextmanager
def opened(folder: Path, port: int = 0, *, lived_in: bool = True) -> Iterator[Workspace]:
    """The demo's Slack, with a clock that can be moved; `lived_in`, with its lab's past in the database."""
    clock = MovableClock(folder / CLOCK)
    people = [Person(**facts) for facts in lab.LAB_PEOPLE]
    with _on_port(port, clock, people) as slack, contextlib.closing(Database(database_url(folder))) as database:
        slack.state.next_moment = lambda: lab.next_moment(database, slack)
        if lived_in:
            lab.live(database, slack, clock.now())
        yield slack


def _on_port(port: int, clock: MovableClock, people: Sequence[Person]) -> Workspace:
    """On the usual port, so that a reload finds the demo again; on any other when that one is taken."""
    try:
        return Workspace(port=port, clock=clock, people=people)
    except OSError:
        return Workspace(clock=clock, people=people)


def say(words: str) -> None:
    """One line to whoever started the demo."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
