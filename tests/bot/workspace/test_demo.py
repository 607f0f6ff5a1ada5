"""`make demo`: one address, a real bot behind it, and nothing left afterwards."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

BOT = Path(__file__).with_name("hello_process.py")
START = "import sys; from bot.workspace import demo; sys.exit(demo.run(sys.argv[1:], port=0))"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Any]:
    """Start the demo with the hello app as its bot."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", START, sys.executable, str(BOT), *arguments]
        env = os.environ | {"TMPDIR": str(tmp_path), "HTTPS_PROXY": "http://127.0.0.1:9"}
        started.append(subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_it_prints_one_address_and_stops_cleanly(demo: Any, tmp_path: Path) -> None:
    process = demo()
    address = re.match(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert address

    with urllib.request.urlopen(address[0]) as page:
        assert "Alice Weber" in page.read().decode()
    assert list(tmp_path.iterdir())
    process.send_signal(signal.SIGINT)

    assert process.wait(60) == 0
    assert process.stdout.read() == ""
    assert list(tmp_path.iterdir()) == []


def test_it_says_when_the_bot_died(demo: Any) -> None:
    process = demo("die")

    words, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "exit code 1" in words
    assert "TIMEZONE: no such place" in words
