"""Many want to write to one SQLite file: first come, first served, and nobody waits for the dead."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from multiprocessing.synchronize import Event as ProcessEvent
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import make_url

from core.errors import Busy
from core.turn import turns_at
from core.work import Database
from tests.conftest import Clock, wait_until
from tests.core.conftest import Lab

NewDatabase = Callable[[str], str]


@pytest.fixture
def url(new_database_url: NewDatabase) -> str:
    return new_database_url("sqlite")


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux tells who stands in line")
def test_who_asks_first_writes_first(url: str) -> None:
    take_turn, order = turns_at(make_url(url)), []

    def write(number: int) -> None:
        with take_turn(60):
            order.append(number)

    with ThreadPoolExecutor(8) as pool, take_turn(60):
        for number in range(8):
            pool.submit(write, number)
            wait_until(lambda standing=number + 1: _in_line(url) == standing)  # type: ignore[misc]
    assert order == list(range(8))


def _in_line(url: str) -> int:
    """How many wait for their turn, as the kernel lists them: `12: -> FLOCK ADVISORY WRITE 4711 fe:00:1234 0 EOF`."""
    inode = Path(f"{make_url(url).database}-turn").stat().st_ino
    waiting = (line.split() for line in Path("/proc/locks").read_text().splitlines() if "->" in line)
    return sum(line[6].endswith(f":{inode}") for line in waiting)


def test_who_comes_back_at_once_stands_behind_who_was_waiting(url: str) -> None:
    take_turn, began, order = turns_at(make_url(url)), Event(), []

    def write_often() -> None:
        for _ in range(200):
            with take_turn(60):
                began.set()
                order.append("busy one")
                time.sleep(0.002)

    def write_once() -> None:
        with take_turn(60):
            order.append("patient one")

    with ThreadPoolExecutor(2) as pool:
        pool.submit(write_often)
        began.wait()
        time.sleep(0.01)
        came = len(order)
        pool.submit(write_once).result(60)
    assert order.index("patient one") - came < 100


def test_patience_ends_in_words_and_the_place_in_line_is_given_up(url: str, clock: Clock) -> None:
    take_turn = turns_at(make_url(url))
    with closing(Database(url)) as database:
        with take_turn(60):
            began = time.monotonic()
            with pytest.raises(Busy), database.begin(clock.now, timedelta(seconds=0.3)):
                pytest.fail("it is somebody else's turn")
            assert 0.3 <= time.monotonic() - began < 30
        with database.begin(clock.now, timedelta(seconds=60)):
            pass


def hold_turn(url: str, holds: ProcessEvent) -> None:
    with turns_at(make_url(url))(60):
        holds.set()
        time.sleep(300)


def test_a_killed_process_gives_its_turn_on(url: str, clock: Clock) -> None:
    context = multiprocessing.get_context("spawn")
    holds = context.Event()
    holder = context.Process(target=hold_turn, args=(url, holds), daemon=True)
    holder.start()
    assert holds.wait(60)
    with ThreadPoolExecutor(1) as pool, closing(Database(url)) as database:

        def write() -> None:
            with database.begin(clock.now, timedelta(minutes=1)):
                pass

        waiting = pool.submit(write)
        time.sleep(0.2)
        assert not waiting.done()
        os.kill(holder.pid or 0, signal.SIGKILL)
        waiting.result(60)
    holder.join()


def test_where_no_turns_can_be_taken_everybody_just_goes(url: str, clock: Clock) -> None:
    Path(f"{make_url(url).database}-turn").mkdir()  # as good as a folder that takes no writing
    with closing(Database(url)) as database, database.begin(clock.now) as work:
        assert work.connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    in_memory = turns_at(make_url("sqlite://"))
    with in_memory(0), in_memory(0):
        pass


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_needs_no_turns(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now), lab.database.begin(lab.clock.now):
        pass


def test_the_file_of_turns_lies_where_the_database_does_however_it_is_called(url: str, tmp_path: Path) -> None:
    path = Path(make_url(url).database or "")
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with turns_at(make_url(f"sqlite:///{link}"))(10), pytest.raises(Busy), turns_at(make_url(url))(0.05):
        pytest.fail("two at once")
