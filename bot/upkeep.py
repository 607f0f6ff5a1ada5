"""What is looked after besides sending: what no booking causes, what goes on being shown, what falls due soon."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot import i18n
from bot.delivery import Sender
from bot.desk import Desk
from bot.displays import Painter
from core import organizations, summary, waitlist

PLAN_AGAIN = timedelta(minutes=10)
PREPARES = timedelta(seconds=30)  # before they are due; longer than a sweep comes late


class Upkeep:
    """One per process that delivers; several may run at once."""

    def __init__(self, desk: Desk, sender: Sender) -> None:
        self._desk, self._sender = desk, sender
        self._database, self._clock = desk.database, desk.clock
        self._painter = Painter(desk)
        self._planned: datetime | None = None
        self._seen: datetime | None = None  # up to when what opens was looked for

    def stop(self) -> None:
        """Finish what is being drawn, and begin nothing more."""
        self._painter.stop()

    def look_after(self) -> None:
        """Everything once; what somebody is to hear of it wakes the sender."""
        for language in i18n.languages():
            i18n.catalog(language)  # to be read once, which takes longer than a reminder may be late
        self._plan()
        self._serve_who_waits()
        self._sender.prepare(self._clock() + PREPARES)
        self._painter.refresh()

    def _plan(self) -> None:
        """What no booking causes has to be thought of now and then; any process may, and it comes once."""
        now = self._clock()
        if self._planned is not None and abs(now - self._planned) < PLAN_AGAIN:
            return
        with self._database.begin(now) as work:
            lab = organizations.find(work, self._desk.organization.slack_id)
            if lab is not None:
                summary.plan_summary(work, lab)
                waitlist.look_again(work, lab.id)
        self._planned = now

    def _serve_who_waits(self) -> None:
        """What nobody took in time is offered to the next, and what may be booked from now on to who waited for it:
        they should hear of it at once.
        """
        lab, now = self._desk.organization.id, self._clock()
        with self._database.read(now) as work:
            overdue = waitlist.has_overdue(work, lab)
            opened = self._seen is not None and waitlist.has_opened(work, lab, self._seen)
        if overdue or opened:
            with self._database.begin(now) as work:
                waitlist.look_again(work, lab) if opened else waitlist.lock(work, lab)
        self._seen = now
