"""The first time: somebody's first command, and the bot's coming to a channel. And whatever changes about people."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt import App, BoltContext

from bot import people
from bot.desk import Desk, Visit
from bot.views import welcome as view
from bot.views.kit import Message
from core import members, notices, organizations, recipients
from core.errors import Refusal
from core.kinds import Kind

log = logging.getLogger(__name__)

INTRODUCES_WITHIN = timedelta(hours=1)


def register(app: App, desk: Desk) -> None:
    @app.event("member_joined_channel")
    def joined(event: dict[str, Any], context: BoltContext) -> None:
        if event["user"] == context.bot_user_id:
            _introduce(desk, event["channel"], datetime.fromtimestamp(float(event["event_ts"]), UTC))

    @app.event("user_change")
    def changed(event: dict[str, Any]) -> None:
        people.changed(desk, event["user"], desk.clock())

    @app.action("make_labs_channel")
    def make_labs_channel(visit: Visit) -> None:
        with visit.begin() as work:
            organizations.change(work, visit.actor, channel=visit.place)
        visit.answer(view.is_labs_now(visit.place, visit.reader))


def at_first(visit: Visit) -> None:
    """Somebody's first command: its answer carries a welcome, once."""
    if not visit.member.is_welcomed:
        visit.speak = _welcoming(visit, visit.speak)


def _welcoming(visit: Visit, speak: Callable[[Message, bool], Any]) -> Callable[[Message, bool], Any]:
    def welcoming(message: Message, keep: bool) -> Any:
        if visit.outcome != "done":  # a refusal, or worse: no moment for it
            return speak(message, keep)
        try:
            with visit.desk.database.begin(visit.now) as work:
                is_first = members.welcome(work, visit.member.id)
        except Refusal:  # the answer matters more
            is_first = False
        return speak(view.under(message, visit.reader, visit.now) if is_first else message, keep)

    return welcoming


def _introduce(desk: Desk, channel: str, came_at: datetime) -> None:
    """Through the outbox: Slack may tell twice that we have come."""
    with desk.database.begin(desk.clock()) as work:
        whom, until = recipients.to_place(channel), came_at + INTRODUCES_WITHIN
        notices.owe_by_lab(work, desk.organization.id, Kind.HELLO, whom, came_at, useful_until=until)
