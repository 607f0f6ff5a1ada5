"""Somebody wants to see a day or a week as a picture: typed, or by a button."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.error import URLError

from slack_bolt import App
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import commands, files
from bot.commands import Picture, Span, Summary
from bot.desk import Desk, Visit
from bot.listeners.show import day_in
from bot.views import picture as drawing
from bot.views import schedule as view
from bot.views import summary as summary_view
from bot.views.kit import Message
from core import availability, facts, inventory, summary
from core.timerange import TimeRange

_OF = frozenset({"of", "on", "for", "の", "의"})  # before or after a node's name
_NO_LONGER_EDITABLE = frozenset({"cant_update_message", "edit_window_closed", "is_inactive", "message_not_found"})


def register(app: App, _desk: Desk) -> None:
    @app.action(re.compile(r"picture:[A-Z_]+"))
    def pressed(visit: Visit, action: dict[str, Any], body: dict[str, Any]) -> None:
        span, gpu_id = Span[action["action_id"].partition(":")[2]], action.get("value")
        show(visit, _window(visit, span), _node_of(visit, gpu_id), in_place_of=_own_message(body))

    @app.action(re.compile(r"picture_(?:rows|all):\d+:\d+:\d+"))
    def other_rows(visit: Visit, action: dict[str, Any], body: dict[str, Any]) -> None:
        window, (first,) = _drawn(action)
        node = _node_of(visit, action.get("value"))
        show(visit, window, node, first=first, in_place_of=_own_message(body))

    @app.action(re.compile(r"picture_one:\d+:\d+"))
    def one_node(visit: Visit, action: dict[str, Any], body: dict[str, Any]) -> None:
        window, _ = _drawn(action)
        node = _node_of(visit, action["selected_option"]["value"])
        show(visit, window, node, in_place_of=_own_message(body))


def typed(visit: Visit, wish: Picture) -> None:
    """Of a day or week that has a name, or of the day that is written; with a node's name, of that one alone."""
    node, rest = _node_in(visit, wish.when) if wish.span is None else (None, wish.when)
    if node is not None:
        wish = commands.picture(rest)
    if wish.span is not None:
        show_span(visit, wish.span, node)
        return
    day = day_in(visit, wish.when)
    if day is None:
        visit.answer(view.unknown(wish.when, visit.reader, visit.now))
    else:
        show(visit, TimeRange.of_days(day, 1, visit.reader.zone), node)


def show_span(visit: Visit, span: Span, node: str | None = None) -> None:
    """Of a day or week that has a name, on one node or on all."""
    show(visit, _window(visit, span), node)


def show(
    visit: Visit, window: TimeRange, node: str | None = None, *, first: int = 0, in_place_of: str | None = None
) -> None:
    """In their direct messages, where it stays; in place of an earlier one whose button was pressed, if that is one.

    Of many GPUs, those from row `first` on.
    """
    with visit.read() as work:
        schedule = availability.schedule(work, visit.organization_id, window)
    if node is not None:
        schedule = schedule.of_node(node)
    first = first if first < len(schedule.rows) else 0
    try:
        message = view.shown(_upload(visit, schedule, first), schedule, visit.reader, visit.now, first)
        channel = files.until_ready(lambda: _post(visit, message, in_place_of))
    except (SlackClientError, URLError) as error:
        visit.answer(view.in_words(schedule, _failure(error), visit.reader), keep=True)
        return
    if visit.place != channel:
        visit.answer(view.sent(visit.reader), keep=True)


def summarise(visit: Visit, wish: Summary) -> None:
    """In numbers, for the asker's eyes; the picture is one button away."""
    with visit.read() as work:
        told = summary.look(work, visit.organization_id, _window(visit, wish.span), visit.reader.zone)
    visit.answer(summary_view.asked(told, wish.span, visit.reader, visit.now))


def _window(visit: Visit, span: Span) -> TimeRange:
    """As days and weeks are cut where the visitor is."""
    return span.range(visit.reader.local(visit.now).date(), visit.reader.zone)


def _node_of(visit: Visit, gpu_id: str | None) -> str | None:
    """The node that a button stands for by one of its GPUs; None: all of them."""
    if not gpu_id:
        return None
    with visit.read() as work:
        return inventory.named(work, visit.organization_id, f"#{gpu_id}").node


def _node_in(visit: Visit, text: str) -> tuple[str | None, str]:
    """A node that is written there by its name, and the text without it."""
    with visit.read() as work:
        known = {
            inventory.folded(node.hostname): node.hostname for node in inventory.nodes(work, visit.organization_id)
        }
    words = [word for word in text.split() if word.casefold() not in _OF]
    node = next((known[name] for name in map(inventory.folded, words) if name in known), None)
    return node, " ".join(word for word in words if known.get(inventory.folded(word)) != node)


def _drawn(action: dict[str, Any]) -> tuple[TimeRange, list[int]]:
    """The days that a pressed picture shows, and what else its button says."""
    start, end, *more = map(int, action["action_id"].split(":")[1:])
    return TimeRange(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)), more


def _upload(visit: Visit, schedule: facts.Schedule, first: int) -> str:
    png = drawing.draw(schedule, visit.reader, visit.now, first)
    name = f"gpus-{visit.reader.local(schedule.range.start):%Y-%m-%d}.png"
    return files.upload(visit.desk.client, png, name, view.describe(schedule, visit.reader, view.ALT, first))


def _post(visit: Visit, message: Message, in_place_of: str | None) -> str:
    """The conversation it is in now."""
    client = visit.desk.client
    channel = str(client.conversations_open(users=visit.slack_id)["channel"]["id"])
    if in_place_of is not None and visit.place == channel:
        try:
            client.chat_update(channel=channel, ts=in_place_of, **message.as_arguments())
        except SlackApiError as error:
            if error.response.get("error") not in _NO_LONGER_EDITABLE:
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
