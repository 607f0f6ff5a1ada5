"""Wakes the sender: at the next due time, when something nearer is written, and now and then in any case.

APScheduler runs one fixed job and stores none: what is owed lives in the database alone, so a restart, a second process
or a lost wake-up neither loses nor doubles anything. It goes by the wall clock, though, and would sleep on for an hour
that the clock was set back; a thread that goes by the steady clock watches out for that.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from bot.delivery import Sender
from core.errors import Busy

log = logging.getLogger(__name__)

SWEEP = timedelta(seconds=10)  # the net under everything: what another process wrote is found this late at worst
RETRY = timedelta(seconds=2)  # after the database gave no turn, or was not there
WATCH = timedelta(seconds=1)
JUMP = timedelta(seconds=2)  # a wall clock that moves by this much more than time passes was set


class Ticker:
    """`on_tick` is told of each round that went well."""

    def __init__(
        self,
        sender: Sender,
        clock: Callable[[], datetime],
        on_tick: Callable[[datetime], None] = lambda _now: None,
    ) -> None:
        self._sender = sender
        self._on_tick = on_tick
        self._clock = clock
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_job(
            self._send, "interval", seconds=SWEEP.total_seconds(), id="send", next_run_time=datetime.now(UTC)
        )
        self._stopped = threading.Event()
        self._round = threading.Lock()
        self._watcher = threading.Thread(target=self._watch, name="clock watch", daemon=True)

    def start(self) -> None:
        self._scheduler.start()
        self._watcher.start()

    def stop(self) -> None:
        """Finish what is being sent, and start nothing more."""
        self._sender.stop()
        self._stopped.set()
        self._scheduler.shutdown(wait=False)  # waiting, it would hold a lock that a round needs to end
        with self._round:
            pass

    def wake(self, due_at: datetime) -> None:
        """Something is due then; any thread may call this, after its commit."""
        # APScheduler goes by the machine's clock, which need not be ours.
        run_at = datetime.now(UTC) + max(due_at - self._clock(), timedelta(0))
        job = self._scheduler.get_job("send")
        if job is not None and (job.next_run_time is None or run_at < job.next_run_time):
            self._run_at(run_at)

    def _send(self) -> None:
        with self._round:
            if not self._stopped.is_set():
                self._send_due()

    def _send_due(self) -> None:
        ticked = self._clock()
        try:
            self._sender.send_due()
            due_at = self._sender.next_due()
            self._on_tick(ticked)
        except Busy:
            log.warning("the database gave no turn; trying again in %s s", RETRY.total_seconds())
            due_at = self._clock() + RETRY
        except Exception:  # a tick that fails must not be the last
            log.exception("tick failed")
            return
        if due_at is not None:
            self.wake(due_at)

    def _run_at(self, instant: datetime) -> None:
        with contextlib.suppress(JobLookupError):  # stopped meanwhile
            self._scheduler.modify_job("send", next_run_time=instant)

    def _watch(self) -> None:
        """Wall clocks get set, and laptops sleep."""
        offset = self._read_offset()
        while not self._stopped.wait(WATCH.total_seconds()):
            before, offset = offset, self._read_offset()
            if abs(offset - before) > JUMP:
                log.warning("the clock jumped by %s", offset - before)
                self._run_at(datetime.now(UTC))

    def _read_offset(self) -> timedelta:
        return self._clock() - datetime.fromtimestamp(time.monotonic(), UTC)
