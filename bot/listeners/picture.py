"""Somebody wants to see a day or a week as a picture: typed, or by a button."""

from __future__ import annotations

import re
from typing import Any
from urllib.error import URLError

from slack_bolt import App
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import files
from bot.commands import Picture, Span
from bot.desk import Desk, Visit
from bot.views import picture as drawing
from bot.views import timeline as view
from bot.views.kit import Message
from core import availability, facts
from core.timerange import TimeRange


def register(app: App, _desk: Desk) -> None:
    @app.action(re.compile(r"picture:[A-Z_]+"))
    def pressed(visit: Visit, action: dict[str, Any], body: dict[str, Any]) -> None:
        span = Span[action["action_id"].partition(":")[2]]
        show(visit, span, in_place_of=_own_message(body))


def typed(visit: Visit, wish: Picture) -> None:
    if wish.span is None:
        visit.answer(view.unknown(wish.text, visit.reader))
    else:
        show(visit, wish.span)


def show(visit: Visit, span: Span, *, in_place_of: str | None = None) -> None:
    """In their direct messages, where it stays; in place of an earlier one whose button was pressed, if that is one."""
    with visit.read() as work:
        timeline = availability.timeline(work, visit.organization_id, window(span, visit))
    try:
        file_id = _upload(visit, timeline)
        message = view.shown(file_id, timeline, span, visit.reader)
        channel = files.until_ready(lambda: _post(visit, message, in_place_of))
    except (SlackClientError, URLError) as error:
        visit.answer(view.in_words(timeline, span, _failure(error), visit.reader), keep=True)
        return
    if visit.place != channel:
        visit.answer(view.sent(visit.reader), keep=True)


def window(span: Span, visit: Visit) -> TimeRange:
    """That day or week, as it is cut where the visitor is."""
    today = visit.reader.local(visit.now).date()
    return span.range(today, visit.reader.zone)


def _upload(visit: Visit, timeline: facts.Timeline) -> str:
    png = drawing.draw(timeline, visit.reader, visit.now)
    name = f"gpus-{visit.reader.local(timeline.range.start):%Y-%m-%d}.png"
    return files.upload(visit.desk.client, png, name, view.describe(timeline, visit.reader, view.ALT))


def _post(visit: Visit, message: Message, in_place_of: str | None) -> str:
    """The conversation it is in now."""
    client = visit.desk.client
    channel = str(client.conversations_open(users=visit.slack_id)["channel"]["id"])
    if in_place_of is not None and visit.place == channel:
        try:
            client.chat_update(channel=channel, ts=in_place_of, **message.as_arguments())
        except SlackApiError as error:
            if files.is_not_ready(error):
                raise
        else:
            return channel
    client.chat_postMessage(channel=channel, **message.as_arguments())
    return channel


def _own_message(body: dict[str, Any]) -> str | None:
    """The pressed message, where it is one that can be edited."""
    container = body.get("container", {})
    return None if container.get("is_ephemeral") else container.get("message_ts")


def _failure(error: Exception) -> str:
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
