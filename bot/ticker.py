"""Wakes the sender: at the next due time, when something nearer is written, and now and then in any case.

APScheduler runs one fixed job and stores none: what is owed lives in the database alone, so a restart, a second process
or a lost wake-up neither loses nor doubles anything. That job only pokes: one that is due while it still runs is left
out, and what fell due at the end of a round would wait for the next sweep. It goes by the wall clock, though, and would
sleep on for an hour that the clock was set back; a thread that goes by the steady clock watches out for that.

What else is to be done now and then has a thread of its own and waits for the sender, so that it delays nobody.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from bot.delivery import Sender
from bot.upkeep import Upkeep
from core.errors import Busy

log = logging.getLogger(__name__)

SWEEP = timedelta(seconds=10)  # the net under everything: what another process wrote is found this late at worst
RETRY = timedelta(seconds=2)  # after the database gave no turn, or was not there
AGAIN = timedelta(milliseconds=10)  # after what is due was left to another process, which may be at it
WATCH = timedelta(seconds=1)
AFTER = timedelta(seconds=1)  # so long the upkeep waits for a round of sending
JUMP = timedelta(seconds=2)  # a wall clock that moves by this much more than time passes was set


class Ticker:
    """`on_tick` is told of each round that went well."""

    def __init__(
        self,
        sender: Sender,
        upkeep: Upkeep,
        clock: Callable[[], datetime],
        on_tick: Callable[[datetime], None] = lambda _now: None,
    ) -> None:
        self._sender, self._upkeep = sender, upkeep
        self._on_tick = on_tick
        self._clock = clock
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_job(
            self._poke, "interval", seconds=SWEEP.total_seconds(), id="send", next_run_time=datetime.now(UTC)
        )
        self._stopped = threading.Event()
        self._waking = threading.Lock()
        self._sending = _Rounds("sender", self._send_due)
        self._keeping = _Rounds("upkeep", self._keep_up)
        self._watcher = threading.Thread(target=self._watch, name="clock watch", daemon=True)

    def start(self) -> None:
        self._sending.start()
        self._keeping.start()
        self._scheduler.start()
        self._watcher.start()

    def stop(self) -> None:
        """Finish what is being sent, and start nothing more."""
        self._sender.stop()
        self._upkeep.stop()
        self._stopped.set()
        self._scheduler.shutdown(wait=False)
        self._sending.stop()
        self._keeping.stop()

    def wake(self, due_at: datetime) -> None:
        """Something is due then; any thread may call this, after its commit."""
        left = due_at - self._clock()
        if left <= timedelta(0):
            self._poke()
            return
        run_at = datetime.now(UTC) + left  # APScheduler goes by the machine's clock, which need not be ours
        with self._waking:
            job = self._scheduler.get_job("send")
            if job is not None and (job.next_run_time is None or run_at < job.next_run_time):
                self._run_at(run_at)

    def _poke(self) -> None:
        self._sending.poke()
        self._keeping.poke()

    def _send_due(self) -> None:
        with self._or_later():
            self._sender.send_due()
            due_at = self._sender.next_due()
            if due_at is not None:
                self.wake(max(due_at, self._clock() + AGAIN))

    def _keep_up(self) -> None:
        self._sending.wait_for_rest(AFTER)
        ticked = self._clock()
        with self._or_later():
            self._upkeep.look_after()
            self._on_tick(ticked)

    @contextlib.contextmanager
    def _or_later(self) -> Iterator[None]:
        """A round that fails must not be the last."""
        try:
            yield
        except Busy:
            log.warning("the database gave no turn; trying again in %s s", RETRY.total_seconds())
            self.wake(self._clock() + RETRY)
        except Exception:
            log.exception("tick failed")

    def _run_at(self, instant: datetime) -> None:
        with contextlib.suppress(JobLookupError):  # stopped meanwhile
            self._scheduler.modify_job("send", next_run_time=instant)

    def _watch(self) -> None:
        """Wall clocks get set, and laptops sleep."""
        offset = self._read_offset()
        while not self._stopped.wait(WATCH.total_seconds()):
            before, offset = offset, self._read_offset()
            if abs(offset - before) > JUMP:
                log.warning("the clock jumped by %s s", (offset - before).total_seconds())
                if offset < before:
                    self._sender.clock_was_set_back()
                self._poke()

    def _read_offset(self) -> timedelta:
        return self._clock() - datetime.fromtimestamp(time.monotonic(), UTC)


class _Rounds:
    """A thread that does its work once for each poke, or for several at once."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self._work = work
        self._poked, self._stopped = threading.Event(), threading.Event()
        self._resting = threading.Event()
        self._resting.set()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def poke(self) -> None:
        self._resting.clear()
        self._poked.set()

    def wait_for_rest(self, longest: timedelta) -> None:
        """Until nothing is to be done, but not forever."""
        self._resting.wait(longest.total_seconds())

    def stop(self) -> None:
        """Finish the round under way, and begin none."""
        self._stopped.set()
        self._poked.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._poked.wait()
            self._poked.clear()
            if self._stopped.is_set():
                return
            self._work()
            if not self._poked.is_set():
                self._resting.set()
