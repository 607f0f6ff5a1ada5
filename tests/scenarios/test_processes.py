"""The bot as an admin runs it: real processes, killed and started again, against the local Slack and the real clock."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import copy, log
from bot.__main__ import main
from bot.settings import Settings
from bot.workspace import Workspace
from core import booking, facts, health, maintenance, members, organizations
from core.actors import Actor, Operator
from core.facts import Standing
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Database
from tests.conftest import wait_until as wait_for
from tests.conftest import within
from tests.scenarios.conftest import english_people

pytestmark = pytest.mark.waits

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Site:
    """A machine to run the bot on: its Slack, its database, its environment."""

    slack: Workspace
    database_url: str
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        given = {
            "DATABASE_URL": self.database_url,
            "TIMEZONE": "Asia/Tokyo",
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "GPU_CHANNEL": self.slack.channel_id("#gpu"),
            "PYTHONPATH": str(ROOT),
            "PATH": os.environ["PATH"],
        }
        return {name: value for name, value in {**given, **more}.items() if value}

    @contextmanager
    def bot(self, *arguments: str, connects: bool = True, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        """`python -m bot …`, running; killed at the end if it still does."""
        started = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments], env=self.environment(**more), cwd=self.folder
        )
        try:
            if connects:
                self.slack.wait_connected(timeout=60)
            yield started
        finally:
            started.kill()
            started.wait()

    def run(self, *arguments: str, typed: str = "", apart: bool = False, **more: str) -> Ended:
        """`python -m bot …`, to its end: in this process, where all is loaded, or in one of its own, as what listens to
        signals needs.
        """
        return (self._run_apart if apart else self._run_here)(arguments, typed, self.environment(**more))

    def _run_apart(self, arguments: Sequence[str], typed: str, environment: dict[str, str]) -> Ended:
        command = [sys.executable, "-m", "bot", *arguments]
        ended = subprocess.run(
            command,
            env=environment,
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def _run_here(self, arguments: Sequence[str], typed: str, environment: dict[str, str]) -> Ended:
        said, complained = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
            patch.setattr(os, "environ", environment)
            patch.setattr(sys, "stdin", io.StringIO(typed))
            patch.setattr(log, "configure", lambda: None)  # pytest keeps the log here
            patch.chdir(self.folder)
            try:
                code: Any = main(list(arguments))
            except SystemExit as ended:  # what argparse does with arguments that it cannot read
                code = ended.code
        return Ended(code, said.getvalue(), complained.getvalue())


@pytest.fixture
def site(new_database_url: Callable[[str], str], tmp_path: Path) -> Iterator[Site]:
    with Workspace(people=english_people()) as slack:
        yield Site(slack, new_database_url("sqlite"), tmp_path)


def test_everything_in_one_process_from_an_empty_folder(site: Site) -> None:
    port = free_port()
    site.database_url = f"sqlite:///{site.folder}/new.db"
    with site.bot(PORT=str(port)) as bot:
        alice = site.slack.person("alice")
        alice.types("#gpu", "/gpu book now for 2h")
        assert "GPU0 (RTX 5090) on lab-node-1" in alice.waits_for("#gpu", "✓ Booked").words
        site.slack.person("minjun").waits_for("#gpu", "is yours now")
        health = get(f"http://127.0.0.1:{port}/health")
        assert health["status"] == "ok"
        assert health["notices"]["late"] == 0
        began = time.monotonic()
        bot.send_signal(signal.SIGTERM)
        assert bot.wait(timeout=60) == 0
        assert time.monotonic() - began < within(6)


def test_killed_and_started_again_it_loses_and_doubles_nothing(site: Site) -> None:
    """Twenty starts fall due while it is killed twice, two of them cancelled while it is down."""
    database = Database(site.database_url)
    with site.bot():
        actor, lab = someone(database, site)
        names = [add_gpu(database, lab, number) for number in range(20)]
        first = datetime.now(UTC) + timedelta(seconds=1.5)
        held = [
            reserve(database, actor, name, first + timedelta(milliseconds=150 * number))
            for number, name in enumerate(names)
        ]
        wait_until(first + timedelta(seconds=0.8))
    cancel_time = datetime.now(UTC)
    upcoming = [each for each in held if each.range.start > cancel_time + timedelta(seconds=0.2)][-2:]
    for each in upcoming:
        with database.begin(cancel_time) as work:
            booking.cancel(work, actor, each.id, version=each.version)
    with site.bot():
        time.sleep(0.3)
    wait_until(first + timedelta(seconds=4))
    with site.bot():
        expected = {gpu.name for each in held if each not in upcoming for gpu in each.gpus}
        deadline = time.monotonic() + 40
        while set(started(site)) < expected and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(0.5)
    assert started(site) == Counter(expected)
    database.close()


def test_started_again_after_two_hours_it_tells_what_is_still_of_use_and_that_it_is_late(site: Site) -> None:
    """Its last act was to book these, two hours ago."""
    assert site.run("check").returncode == 0
    now, minutes = datetime.now(UTC), timedelta(minutes=1)
    with closing(Database(site.database_url)) as database:
        actor, lab = someone(database, site)
        over, running, soon = (add_gpu(database, lab, number) for number in (1, 2, 3))
        runs = {over: (-100, -40), running: (-60, 60), soon: (6, 60)}
        with database.begin(now - timedelta(hours=2)) as work:
            for gpu, (begins, ends) in runs.items():
                booking.reserve(
                    work, actor, Wanted(names=(gpu,)), TimeRange(now + begins * minutes, now + ends * minutes)
                )
        with site.bot("worker", connects=False):
            wait_for(lambda: health.look(database, datetime.now(UTC), lab).outbox.due == 0)
        seen = health.look(database, datetime.now(UTC), lab)
    assert (seen.outbox.late, seen.outbox.failed) == (0, 0)
    assert started(site) == Counter({"GPU2": 1}), "what is over began long ago"
    told = [line for message in site.slack.person("minjun").sees("#gpu") for line in message.words.splitlines()]
    (end,) = [line for line in told if "has ended" in line]
    assert "GPU1" in end
    assert all("(late:" in line for line in told if "has ended" in line or "is yours now" in line)
    (reminder,) = site.slack.person("alice").sees("@gpu")
    assert "GPU3" in reminder.words
    assert "Starts in" in reminder.words


def test_a_worker_and_a_web_process_share_the_work(site: Site) -> None:
    with site.bot("web"), site.bot("worker", connects=False):
        alice = site.slack.person("alice")
        alice.types("#gpu", "/gpu book now for 2h")
        alice.waits_for("#gpu", "✓ Booked")
        site.slack.person("minjun").waits_for("#gpu", "is yours now")


def test_the_procfile_runs_under_a_stock_runner(site: Site) -> None:
    site.database_url = f"sqlite:///{site.folder}/new.db"
    port = free_port()
    bin_folder = Path(sys.executable).parent
    environment = site.environment(PATH=f"{bin_folder}:{os.environ['PATH']}")
    honcho = [str(bin_folder / "honcho"), "-f", str(ROOT / "Procfile"), "-d", str(site.folder), "start"]
    subprocess.run([*honcho, "release"], env=environment, check=True, timeout=60)
    said = site.folder / "honcho.log"
    with said.open("wb") as log:
        running = subprocess.Popen([*honcho, "-p", str(port), "web", "worker"], env=environment, stdout=log, stderr=log)
    try:
        site.slack.wait_connected(timeout=60)
        site.slack.person("alice").types("#gpu", "/gpu book now for 2h for my secret thesis")
        site.slack.person("alice").waits_for("#gpu", "✓ Booked")
        site.slack.person("minjun").waits_for("#gpu", "is yours now")
        assert get(f"http://127.0.0.1:{port}/api/health")["status"] == "ok"
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=60)
        lines = said.read_text()
        assert lines.count("event=stopping") == 2
        assert lines.count("Finished server process") == 2
        assert "Traceback" not in lines
        assert re.search(r"event=answered request=[0-9a-f]{12} story=book outcome=done ms=\d+", lines)
        for secret in ("secret thesis", site.slack.bot_token, site.slack.app_token):
            assert secret not in lines
    finally:
        running.kill()
        running.wait()


def test_a_second_copy_started_by_mistake_doubles_nothing(site: Site) -> None:
    with site.bot(), site.bot(connects=False):
        site.slack.settle(lambda: site.slack.connections == 2)
        alice = site.slack.person("alice")
        alice.types("#gpu", "/gpu book now for 2h")
        alice.waits_for("#gpu", "✓ Booked")
        site.slack.person("minjun").waits_for("#gpu", "is yours now")
        time.sleep(1)
        assert started(site) == Counter({"GPU0": 1})


def test_bad_settings_are_told_all_at_once(site: Site) -> None:
    ended = site.run(apart=True, SLACK_BOT_TOKEN="", SLACK_APP_TOKEN="", TIMEZONE="Mars/Olympus")
    assert ended.returncode == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TIMEZONE"):
        assert name in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_refused_token_is_said_without_a_traceback(site: Site) -> None:
    ended = site.run(apart=True, SLACK_BOT_TOKEN="xoxb-wrong-secret")
    assert ended.returncode == 1
    assert "Slack refuses SLACK_BOT_TOKEN: invalid_auth" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "wrong-secret" not in ended.stderr


def test_the_admins_first_hour(site: Site) -> None:
    checked = site.run("check", "--message")
    assert checked.returncode == 0, checked.stdout
    assert "FAIL" not in checked.stdout
    assert checked.stdout.count("ok  ") == 6
    site.slack.person("alice").waits_for("#gpu", "can be heard here")

    added = site.run("gpus", "add", "lab-node-2", "GPU0", "A100", "80")
    assert added.stdout == "lab-node-2/GPU0 · A100 · 80 GB\n"
    imported = site.run(
        "gpus",
        "import",
        "lab-node-3",
        typed="index, name, memory.total [MiB]\n"
        "0, NVIDIA GeForce RTX 5090, 32607 MiB\n"
        "1, NVIDIA H100 PCIe, 81559 MiB\n",
    )
    assert imported.stdout == "lab-node-3/GPU0 · RTX 5090 · 32 GB\nlab-node-3/GPU1 · H100 PCIe · 80 GB\n"
    listed = site.run("gpus", "list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == [
        "lab-node-1/GPU0",
        "lab-node-2/GPU0",
        "lab-node-3/GPU0",
        "lab-node-3/GPU1",
    ]
    assert "announce  off" in site.run("lab", "--announce", "off", "--zone", "Asia/Seoul").stdout
    assert site.run("lab").stdout.startswith("zone      Asia/Seoul\n")
    assert "language  ja" in site.run("lab", "--language", "ja").stdout
    assert "offer     20 min" in site.run("lab", "--offer", "20").stdout
    assert "is no number of minutes" in site.run("lab", "--offer", "0").stderr
    assert "is no IANA time zone" in site.run("lab", "--zone", "Mars").stderr
    nonsense = site.run("gpus", "import", typed="hello\n")
    assert nonsense.returncode == 1
    assert "Line 1 is not of nvidia-smi" in nonsense.stderr


def test_the_whole_audit_comes_as_csv_on_standard_output(site: Site) -> None:
    assert "There is no lab yet" in site.run("audit").stderr
    assert site.run("check").returncode == 0
    site.run("gpus", "add", "lab-node-2", "GPU0", "=A100, 研究室", "80")
    site.run("lab", "--zone", "Asia/Seoul")
    printed = site.run("audit", apart=True, LC_ALL="C")
    assert (printed.returncode, printed.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert [(row["action"], row["subject"], row["by"]) for row in rows] == [
        ("changed", "lab", ""),
        ("added", "gpu", ""),
        ("added", "gpu", ""),
    ]
    assert json.loads(rows[0]["before"]) == {"zone": "Asia/Tokyo"}
    assert json.loads(rows[0]["after"]) == {"zone": "Asia/Seoul"}
    assert json.loads(rows[1]["after"])["model"] == "=A100, 研究室"


def test_check_names_the_cure(site: Site) -> None:
    site.slack.kick_bot("#gpu")
    checked = site.run("check")
    assert checked.returncode == 1
    assert "not_in_channel; type /invite @gpu there" in checked.stdout


def test_a_lab_moves_to_postgresql_and_goes_on_there(site: Site, new_database_url: Callable[[str], str]) -> None:
    file, server = site.database_url, new_database_url("postgresql")
    with site.bot():
        site.slack.person("alice").types("#gpu", "/gpu book now for 2h")
        site.slack.person("minjun").waits_for("#gpu", "is yours now")
    copied = site.run("copy-database", file, server)
    assert copied.returncode == 0, copied.stderr
    assert "reservations            1" in copied.stdout
    assert site.run("copy-database", file, server).stdout == copied.stdout

    site.database_url = server
    with site.bot():
        site.slack.person("alice").types("#gpu", "/gpu status")
        site.slack.person("alice").waits_for("#gpu", "until")
        site.slack.person("minjun").types("#gpu", "/gpu book GPU0 now for 1h")
        site.slack.person("minjun").waits_for("#gpu", "✗")
    back = site.run("copy-database", server, file)
    assert back.returncode == 1
    assert "TO holds something else already, in organizations, members" in back.stderr


def test_a_copy_shows_how_far_it_is_where_somebody_watches(site: Site, new_database_url: Callable[[str], str]) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert site.run("check").returncode == 0
    asked = argparse.Namespace(source=site.database_url, target=new_database_url("sqlite"))
    with redirect_stderr(Terminal()) as watched, redirect_stdout(io.StringIO()):
        assert copy.run(Settings.model_construct(), asked) == 0
    assert "100%" in watched.getvalue()
    assert "rows" in watched.getvalue()


def test_a_copy_that_cannot_be_made_says_why(site: Site, new_database_url: Callable[[str], str]) -> None:
    target = new_database_url("sqlite")
    for source, why in (
        ("sqlite:///nowhere.db", "There is no file nowhere.db."),
        ("mysql://host/name", "is no database"),
        ("postgresql+psycopg://me:hunter2@127.0.0.1:9/name", "A database refuses"),
    ):
        ended = site.run("copy-database", source, target)
        assert ended.returncode != 0
        assert why in ended.stderr
        assert "Traceback" not in ended.stderr
        assert "hunter2" not in ended.stderr
    assert not (site.folder / "nowhere.db").exists()


def someone(database: Database, site: Site) -> tuple[Actor, int]:
    with database.begin(datetime.now(UTC)) as work:
        lab = organizations.find(work, site.slack.team_id)
        assert lab is not None
        slack_id = site.slack.person("alice").id
        alice = members.save(work, lab.id, slack_id, name="Alice", zone="UTC", language="en", standing=Standing.MEMBER)
    return Actor.of(lab.id, alice), lab.id


def add_gpu(database: Database, lab: int, number: int) -> str:
    with database.begin(datetime.now(UTC)) as work:
        label = f"GPU{number}"
        return maintenance.put_in_service(
            work, Operator(lab), node="lab-node-1", label=label, model="RTX 5090", memory_gb=32
        ).full_name


def reserve(database: Database, actor: Actor, name: str, start: datetime) -> facts.Reservation:
    # A slow machine may come to it after its start only.
    with database.begin(min(datetime.now(UTC), start)) as work:
        wish = TimeRange(start, start + timedelta(minutes=30))
        return booking.reserve(work, actor, Wanted(names=(name,)), wish).reservation


def started(site: Site) -> Counter[str]:
    """How often the channel was told that each GPU is somebody's now."""
    lines = [line for message in site.slack.person("minjun").sees("#gpu") for line in message.words.splitlines()]
    return Counter(line.split()[1] for line in lines if "is yours now" in line)


def wait_until(instant: datetime) -> None:
    time.sleep(max((instant - datetime.now(UTC)).total_seconds(), 0))


def free_port() -> int:
    """One that nobody is given who asks for any: those begin at 32768 or above."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", random.randrange(10_000, 32_000))) as listening:
            port: int = listening.getsockname()[1]
            return port


def get(url: str) -> dict[str, Any]:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                loaded: dict[str, Any] = json.load(answer)
                return loaded
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read()) from error
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
