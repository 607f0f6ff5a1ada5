"""The first time: somebody's first command, and the bot's coming to a channel."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltContext

from bot.desk import Desk, Visit
from bot.reader import Reader
from bot.views import welcome as view
from bot.views.kit import Message
from core import members, organizations
from core.errors import Refusal

log = logging.getLogger(__name__)


def register(app: App, desk: Desk) -> None:
    @app.event("member_joined_channel")
    def joined(event: dict[str, Any], context: BoltContext) -> None:
        if event["user"] == context.bot_user_id:
            _introduce(desk, event["channel"])

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


def _introduce(desk: Desk, channel: str) -> None:
    with desk.database.read(desk.clock()) as work:
        lab = organizations.find(work, desk.organization.slack_id) or desk.organization
    message = view.to_channel(Reader.of(lab.language, lab.zone, "", desk.command), is_labs=lab.channel == channel)
    desk.client.chat_postMessage(channel=channel, **message.as_arguments())
