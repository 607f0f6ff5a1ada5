"""One change or one question: one transaction, one instant."""

from __future__ import annotations

import logging
import time
from collections import ChainMap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from core import wakeup
from core.db import OVERLAP, connect
from core.errors import AgainstRule, Busy, GpuTaken, Refusal, Unwritable
from core.facts import Alternative
from core.timerange import TimeRange, utc
from core.turn import turns_at

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=10)
Search = Callable[["Work", GpuTaken | AgainstRule], tuple[Alternative, ...]]


@dataclass
class Work:
    """What a use case works with. `now` is the one instant at which everything in it happens.

    `connection` and `session` are one transaction. What every booking asks or writes goes by statements made once, at
    import, straight to the connection: to make a statement anew costs several times what it costs to carry it out, and
    so does an object for each row.
    """

    now: datetime
    connection: Connection = field(init=False)
    is_change: bool = True  # else a question
    memo: dict[object, object] = field(default_factory=dict)  # what was looked up already in this transaction
    numbers: ChainMap[object, int] = field(default_factory=ChainMap)  # of rows that stay: kept, once committed
    next_due: datetime | None = None  # the soonest notice this change planned
    next_turn: datetime | None = None  # when somebody is free again whom only this process was sending to
    freed: list[tuple[int, TimeRange]] = field(default_factory=list)  # given back, by GPU, and not yet passed on
    searches: dict[Refusal, Search] = field(default_factory=dict)  # see `find_alternatives`
    is_committing: bool = False

    @cached_property
    def session(self) -> Session:
        return Session(self.connection, expire_on_commit=False, join_transaction_mode="rollback_only")

    @property
    def has_one_writer(self) -> bool:
        """Whether nobody else can be writing while we do, so that rows need no locks: on SQLite."""
        return self.connection.dialect.name == "sqlite"

    def owes(self, due_at: datetime) -> None:
        self.next_due = min(self.next_due or due_at, due_at)

    def frees(self, at: datetime) -> None:
        """This process goes on then. The others look again when they thought that it would be over."""
        self.next_turn = min(self.next_turn or at, at)

    def find_alternatives(self, refusal: GpuTaken | AgainstRule, search: Search) -> None:
        """Let a refusal tell what would pass instead. After a change that is looked for once nothing is locked any
        more, so that nobody waits for it, and only if it is this refusal that ends the change.
        """
        if self.is_change:
            self.searches[refusal] = search
        else:
            refusal.alternatives = search(self, refusal)

    def flush(self) -> None:
        """Write what the session's objects have become."""
        if "session" in vars(self):
            self.session.flush()

    def close(self) -> None:
        if "session" in vars(self):
            self.session.close()


class Database:
    """Where everything is kept. Threads share one; `url` as SQLAlchemy writes it.

    `on_due` is called after a commit that planned notices, with the soonest instant at which one is due.
    """

    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        self._take_turn = turns_at(self.engine.url)
        self._numbers: dict[object, int] = {}
        self.on_due: Callable[[datetime], None] = lambda _due_at: None

    @contextmanager
    def begin(self, now: datetime, patience: timedelta = PATIENCE) -> Iterator[Work]:
        """A change: commits at the end, rolls back on any error.

        Raises Busy, with nothing written, when the database gives no turn within `patience`, goes away before the
        commit, or the whole takes longer; Unwritable when it takes no writing.
        """
        work = Work(utc(now), numbers=ChainMap({}, self._numbers))
        try:
            with self._change(work, patience):
                yield work
        except (GpuTaken, AgainstRule) as refusal:
            if refusal in work.searches:
                with suppress(Busy), self.read(now) as question:
                    question.memo.update(work.memo)  # it was looked up a moment ago
                    refusal.alternatives = work.searches[refusal](question, refusal)
            raise
        self._numbers.update(work.numbers.maps[0])
        nearest = min((instant for instant in (work.next_due, work.next_turn) if instant), default=None)
        if nearest is not None:
            self._tell_due(nearest)

    @contextmanager
    def _change(self, work: Work, patience: timedelta) -> Iterator[None]:
        deadline = time.monotonic() + patience.total_seconds()
        with _in_our_words(work), self.engine.connect() as connection, self._take_turn(patience.total_seconds()):
            _limit_waiting_for_others(connection, deadline)
            with _limited_waiting_inside(connection, patience), _on(connection, work):
                yield
                work.flush()
                if work.freed:
                    raise RuntimeError("what came free was not passed on to who waits: see core.waitlist.pass_on")
                if time.monotonic() > deadline:
                    raise Busy
                work.is_committing = True
                if work.next_due is not None:
                    wakeup.commit_and_notify(connection, work.next_due)

    @contextmanager
    def rehearse(self, now: datetime, patience: timedelta = PATIENCE) -> Iterator[Work]:
        """A change that is taken back at the end, whatever happens: what would it lead to?"""
        with suppress(_TakenBack), self.begin(now, patience) as work:
            yield work
            raise _TakenBack

    @contextmanager
    def read(self, now: datetime) -> Iterator[Work]:
        """A question: takes no write lock, leaves nothing behind, and sees one state all through."""
        work = Work(utc(now), is_change=False, numbers=ChainMap({}, self._numbers))
        with _in_our_words(work), self.engine.connect() as connection, _on(connection, work):
            connection.execution_options(writes=False)
            if connection.dialect.name == "postgresql":  # else each statement would see what was changed since the last
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield work

    def listening(self, wake: Callable[[datetime], None]) -> AbstractContextManager[None]:
        """While this lasts, call `wake` for what any process plans, where the database can tell; from any thread."""
        return wakeup.listening(self.engine, wake)

    def _tell_due(self, due_at: datetime) -> None:
        """The change is made; that nobody could be woken for it must not look as if it were not."""
        try:
            self.on_due(due_at)
        except Exception:
            log.exception("nobody was woken for %s", due_at)

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _on(connection: Connection, work: Work) -> Iterator[None]:
    work.connection = connection
    try:
        yield
    finally:
        work.close()


class _TakenBack(Exception):  # noqa: N818 - the end of a rehearsal, no malfunction
    """Makes the transaction roll back."""


def _limit_waiting_for_others(connection: Connection, deadline: float) -> None:
    """Not everybody who writes to a SQLite file takes turns. It waits for others where a transaction begins, so the
    limit is set before, past SQLAlchemy, which would begin one.
    """
    if connection.dialect.name == "sqlite" and (driver := connection.connection.driver_connection):
        left = timedelta(seconds=max(deadline - time.monotonic(), 0))
        driver.execute(f"PRAGMA busy_timeout = {milliseconds(left)}")


@contextmanager
def _limited_waiting_inside(connection: Connection, patience: timedelta) -> Iterator[None]:
    """PostgreSQL waits for rows in statements. The usual limit stays with the connection, once a change with it is
    committed: to say it each time is a journey to the server and back. Any other goes for this transaction only.
    """
    is_known = patience == PATIENCE and _limited_waiting_inside in connection.info
    with connection.begin():
        if connection.dialect.name == "postgresql" and not is_known:
            so_long = "" if patience == PATIENCE else "LOCAL"
            connection.exec_driver_sql(f"SET {so_long} statement_timeout = {milliseconds(patience)}")
        yield
    if patience == PATIENCE:
        connection.info[_limited_waiting_inside] = True


def milliseconds(length: timedelta) -> int:
    return int(length.total_seconds() * 1000)


@contextmanager
def busy_in_words() -> Iterator[None]:
    """Turn the databases' ways of saying "not now" into Busy; everything else stays what it is."""
    try:
        yield
    except PoolTimeoutError as error:
        raise Busy from error
    except DBAPIError as error:
        raise (_refusal(error) or error) from error


@contextmanager
def _in_our_words(work: Work) -> Iterator[None]:
    """The same, and Busy for a connection that could not be had, or was cut before the commit began.

    Cut in the midst of it, nobody can say whether it was done: that error stays what it is.
    """
    with busy_in_words():
        try:
            yield
        except DBAPIError as error:
            if _is_connection_lost(error) and not work.is_committing:
                raise Busy from error
            raise


# Deadlock, serialization failure, lock time-out, statement time-out, server starting up.
_NOT_NOW = ("40P01", "40001", "55P03", "57014", "57P03")
_NO_WRITING = ("53100", "25006")  # disk full, read-only


def _refusal(error: DBAPIError) -> Refusal | None:
    """What our own callers know this error by, if they do."""
    said, state = str(error.orig), getattr(error.orig, "sqlstate", None)
    if OVERLAP in said:
        return Busy()  # somebody wrote around the lock; the guard held
    if "database is locked" in said or state in _NOT_NOW:
        return Busy()
    if "readonly database" in said or "disk is full" in said or state in _NO_WRITING:
        return Unwritable()
    return None


def _is_connection_lost(error: DBAPIError) -> bool:
    """Cut on the way; or, where there is no statement to blame, never there."""
    return error.connection_invalidated or (error.statement is None and isinstance(error, OperationalError))
