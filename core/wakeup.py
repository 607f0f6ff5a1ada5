"""Wakes the senders of other processes when something nearer falls due: by PostgreSQL's NOTIFY.

On SQLite there is nobody to tell; a sender's own sweep finds what another process wrote. The same sweep finds whatever
was notified while a listener was not connected, so nothing is ever lost here, only later by some seconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

_CHANNEL = "gpu_slots_due"
_LOOK_UP = 0.5  # seconds after which a listener looks whether it should end
_RECONNECT = 2.0  # seconds


def commit_and_notify(connection: Connection, due_at: datetime) -> None:
    """Commit, and with that tell every process that something is due then: in one journey to the server and back."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {_CHANNEL}, '{due_at.isoformat()}'; COMMIT")


@contextmanager
def listening(engine: Engine, wake: Callable[[datetime], None]) -> Iterator[None]:
    """Call `wake`, from a thread of its own, for whatever any process plans while this lasts."""
    if engine.dialect.name != "postgresql":
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_listen, args=(engine, wake, stop), name="due listener", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _listen(engine: Engine, wake: Callable[[datetime], None], stop: threading.Event) -> None:
    import psycopg  # noqa: PLC0415 - who has SQLite need not wait until it is loaded

    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while not stop.is_set():
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                _hear(connection, wake, stop)
        except psycopg.Error as error:
            log.warning("not listening for what is due: %s", type(error).__name__)
            stop.wait(_RECONNECT)


def _hear(connection: psycopg.Connection, wake: Callable[[datetime], None], stop: threading.Event) -> None:
    connection.execute(f"LISTEN {_CHANNEL}")
    while not stop.is_set():
        for heard in connection.notifies(timeout=_LOOK_UP):
            wake(datetime.fromisoformat(heard.payload))
            if stop.is_set():
                return
