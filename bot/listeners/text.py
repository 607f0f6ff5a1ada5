"""Somebody types: after the slash command, in a direct message, or mentioning the bot. Each text leads to one story."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import App, BoltContext

from bot import commands
from bot.commands import (
    Admin,
    Ask,
    Audit,
    Board,
    Book,
    Cancel,
    Change,
    End,
    Extend,
    Health,
    Help,
    History,
    Mine,
    Picture,
    Quiet,
    Status,
    StillBusy,
    Summary,
    Thanks,
    TooMuch,
    Unclear,
    Wait,
    Who,
)
from bot.desk import Desk, Visit
from bot.listeners import admin, board, book, busy, change, hand_over, keep, picture, quiet, record, show, wait, welcome
from bot.views import help as help_view
from bot.views import kit


def register(app: App, desk: Desk) -> None:
    @app.command(desk.command)
    def typed(visit: Visit, command: dict[str, Any]) -> None:
        run(visit, _readable(command.get("text", "")))

    @app.event("message", matchers=[_is_from_a_person])
    def written(visit: Visit, event: dict[str, Any]) -> None:
        run(visit, _readable(event.get("text", "")))

    @app.event("app_mention", matchers=[_is_from_a_person])
    def mentioned(visit: Visit, event: dict[str, Any], context: BoltContext) -> None:
        before, mention, after = _readable(event.get("text", "")).partition(f"<@{context.bot_user_id}>")
        is_spoken_to = not mention or _only_leads(before)
        words = after if mention and is_spoken_to else f"{before} {after}"
        run(visit, _MENTION.sub(" ", words), asks=not is_spoken_to)

    for event in ("message", "app_mention"):
        app.event(event)(_left_alone)


def _left_alone() -> None:
    """Edits, joins, other bots. Without a listener Slack would be told that we failed, and send them again."""


_MENTION = re.compile(r"<@\w+(?:\|[^>]*)?>")


def _only_leads(before: str) -> bool:
    """Whether what stands before the mention only leads to what is wanted: `hey`, `please`. Who is spoken of, in the
    midst of a sentence, is asked to do nothing.
    """
    return commands.addressed(f"{before} …") == "…"


def run(visit: Visit, text: str, *, asks: bool = False) -> None:
    """What was typed, and the story it begins; `asks` that nothing is to be booked by it."""
    command = commands.parse(text)
    if asks and isinstance(command, Book):
        command = replace(command, asks=True)
    visit.story = type(command).__name__.lower()
    if not isinstance(command, Health):  # which is answered even when nobody can be looked up
        welcome.at_first(visit)
    _STORIES[type(command)](visit, command, text)


def _too_much(visit: Visit, length: int) -> None:
    visit.answer(
        kit.message(
            visit.reader.say(
                "That is {length} characters, and I read up to {limit}."
                " Write a time, like `{command} book 13:00-18:00`.",
                length=length,
                limit=commands.LONGEST,
            )
        )
    )


_STORIES: dict[type, Callable[[Visit, Any, str], None]] = {  # the table of contents
    Board: lambda visit, wish, _: board.typed(visit, wish),
    Book: book.typed,
    Status: lambda visit, wish, _: show.status_on(visit, wish.when),
    Who: lambda visit, _wish, _: show.who(visit),
    Picture: lambda visit, wish, _: picture.typed(visit, wish),
    Summary: lambda visit, wish, _: picture.summarise(visit, wish),
    Mine: lambda visit, _wish, _: show.mine(visit),
    Extend: lambda visit, wish, _: keep.extend_typed(visit, wish),
    End: lambda visit, wish, _: keep.end_typed(visit, wish),
    Change: lambda visit, wish, _: change.typed(visit, wish),
    Cancel: lambda visit, wish, _: keep.cancel_typed(visit, wish),
    Ask: lambda visit, wish, _: hand_over.typed(visit, wish),
    Wait: lambda visit, wish, _: wait.typed(visit, wish),
    StillBusy: lambda visit, wish, _: busy.typed(visit, wish),
    Quiet: lambda visit, wish, _: quiet.typed(visit, wish),
    History: lambda visit, _wish, _: record.history(visit),
    Admin: lambda visit, wish, _: admin.typed(visit, wish),
    Audit: lambda visit, wish, _: record.audit_typed(visit, wish),
    Health: lambda visit, _wish, _: show.health(visit),
    Help: lambda visit, _wish, _: visit.answer(help_view.overview(visit.reader)),
    Thanks: lambda visit, _wish, _: visit.answer(help_view.thanked(visit.reader)),
    TooMuch: lambda visit, wish, _: _too_much(visit, wish.length),
    Unclear: lambda visit, wish, _: visit.answer(help_view.unclear(wish.rest, wish.verb, visit.reader)),
}


def _is_from_a_person(event: dict[str, Any]) -> bool:
    """No edits, joins and other noise, and nothing that a bot says: two bots would talk for ever."""
    said = event.get("subtype") in {None, "file_share", "thread_broadcast"}
    return said and not event.get("bot_id") and bool(event.get("user"))


def _readable(text: str) -> str:
    """Text comes with `&`, `<` and `>` escaped."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
