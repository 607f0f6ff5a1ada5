"""Wakes the sender: at the next due time, when something nearer is written, and now and then in any case.

APScheduler runs two fixed jobs and stores none: what is owed lives in the database alone, so a restart, a second
process or a lost wake-up neither loses nor doubles anything.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.delivery import Sender

log = logging.getLogger(__name__)

SWEEP = timedelta(seconds=10)  # the net under everything: what another process wrote is found this late at worst
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
        self._offset = self._read_offset()
        self.last_tick: datetime | None = None
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        now = datetime.now(UTC)
        self._scheduler.add_job(self._send, "interval", seconds=SWEEP.total_seconds(), id="send", next_run_time=now)
        self._scheduler.add_job(self._watch, "interval", seconds=WATCH.total_seconds(), id="watch")

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Finish what is being sent, and start nothing more."""
        self._scheduler.shutdown(wait=True)

    def wake(self, due_at: datetime) -> None:
        """Something is due then; any thread may call this, after its commit."""
        # APScheduler goes by the machine's clock, which need not be ours.
        run_at = datetime.now(UTC) + max(due_at - self._clock(), timedelta(0))
        planned = self._scheduler.get_job("send").next_run_time
        if planned is None or run_at < planned:
            self._scheduler.modify_job("send", next_run_time=run_at)

    def _send(self) -> None:
        self.last_tick = self._clock()
        try:
            self._sender.send_due()
            due_at = self._sender.next_due()
            self._on_tick(self.last_tick)
        except Exception:  # a tick that fails must not be the last
            log.exception("tick failed")
            return
        if due_at is not None:
            self.wake(due_at)

    def _watch(self) -> None:
        """Wall clocks get set, and laptops sleep: APScheduler would sleep on until the old time comes."""
        offset = self._read_offset()
        if abs(offset - self._offset) > JUMP:
            log.warning("the clock jumped by %s", offset - self._offset)
            self._offset = offset
            self._scheduler.modify_job("send", next_run_time=datetime.now(UTC))

    def _read_offset(self) -> timedelta:
        return self._clock() - datetime.fromtimestamp(time.monotonic(), UTC)
