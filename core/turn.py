"""Takes turns at writing to a SQLite file: who asks first writes first, in whatever process.

SQLite has one writer and keeps no queue: whoever has to wait asks again now and then, and under load some hardly ever
ask at the right moment. A lock on a file beside the database does keep one, in the kernel, which also gives the turn on
when a process is killed. It decides the order only; that nobody writes meanwhile is SQLite's own matter.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import URL

from core.errors import Busy

TakeTurn = Callable[[float], AbstractContextManager[None]]  # given how many seconds to wait for it; then Busy


def turns_at(url: URL) -> TakeTurn:
    """How to take turns at this database; where there is no need or no way to, everybody just goes."""
    file = url.database
    if sys.platform == "win32" or url.get_backend_name() != "sqlite" or not file or file.startswith((":", "file:")):
        return lambda _patience: nullcontext()
    path = f"{os.path.realpath(file)}-turn"
    return lambda patience: _turn(path, patience)


@contextmanager
def _turn(path: str, patience: float) -> Iterator[None]:
    """Everybody opens the file anew, so that threads take turns as processes do."""
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:  # no place for it: what is wrong with the folder, the database will say better
        yield
        return
    if not (_is_free(lock) or _comes(lock, patience)):
        raise Busy
    try:
        yield
    finally:
        os.close(lock)


if sys.platform != "win32":
    import fcntl

    def _is_free(lock: int) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _comes(lock: int, patience: float) -> bool:
        """Whether our turn comes in time. The kernel's queue knows no limit, so another thread stands in it for us."""
        turn: Future[None] = Future()

        def stand_in_line() -> None:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if turn.set_running_or_notify_cancel():
                turn.set_result(None)
            else:  # nobody waits any more: the next, please
                os.close(lock)

        threading.Thread(target=stand_in_line, name="turn", daemon=True).start()
        try:
            turn.result(patience)
        except TimeoutError:
            return not turn.cancel()
        return True
