"""Whole sentences, as people write them to a colleague: `sentences.txt` tells what is made of each.

It is told as on Thursday, 3 December 2026, at 10:00 in Berlin: the command in its own words; of a wish for GPUs whether
it is booked, asked about, or booked only after a tap (`maybe`), with its days and hours, its GPUs and its purpose.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import commands, when
from bot.commands import Ask, Book, Change, Command, Wait
from bot.listeners.book import is_doubtful
from core.inventory import Wanted

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 3, 10, 0, tzinfo=ZONE)
LANGUAGES = {"English": "en", "Japanese": "ja", "Korean": "ko"}


def _pages() -> dict[str, list[list[str]]]:
    """Of each language the sentences, each with what is made of it."""
    parts = Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").split("# ")[1:]
    pages = (part.partition("\n") for part in parts)
    return {name: [line.split(" → ") for line in lines.splitlines() if line] for name, _, lines in pages}


PAGES = _pages()


@pytest.mark.parametrize("language", PAGES)
def test_sentences_are_understood(language: str) -> None:
    found = {text: made_of(text, LANGUAGES[language]) for text, _ in PAGES[language]}
    assert found == dict(PAGES[language])


def made_of(text: str, language: str) -> str:
    command = commands.parse(text)
    return _wish(command, text, language) if isinstance(command, Book) else _in_words(command)


def _wish(wish: Book, text: str, language: str) -> str:
    if not wish.when and not wish.purpose:
        return _told("status" if wish.asks else "form", _gpus(wish.wanted))
    try:
        reading = when.read(wish.when, NOW, ZONE, language)
    except when.Unreadable as unreadable:
        return _without_a_range(wish, unreadable)
    purpose = wish.purpose or commands.purpose_in(reading.rest)
    asks = reading.question or wish.asks
    how = "asks" if asks else "maybe" if is_doubtful(wish, reading, text) else "book"
    return _told(how, _hours(reading), _gpus(wish.wanted), f'"{purpose}"' if purpose else "")


def _without_a_range(wish: Book, unreadable: when.Unreadable) -> str:
    if wish.asks or unreadable.question:
        if unreadable.readings and unreadable.kind == when.Kind.TOO_VAGUE:
            return _told("asks", _hours(unreadable.readings[0]), _gpus(wish.wanted))
        if unreadable.day and not unreadable.start:
            return f"day {unreadable.day}"
    return f"unread {unreadable.kind}"


def _hours(reading: when.Reading) -> str:
    return "-".join(f"{instant.astimezone(ZONE):%d.%H:%M}" for instant in (reading.start, reading.end))


def _gpus(wanted: Wanted) -> str:
    counted = f"{wanted.count}x" if wanted.count > 1 else ""
    return _told(",".join(wanted.names), counted, wanted.model or "", "spread" if wanted.spread else "")


def _in_words(command: Command) -> str:
    said = {name: value for name, value in vars(command).items() if value and name != "holds"}
    if isinstance(command, Change) and command.to:
        said["to"] = _told("to", command.to.when, _gpus(command.to.wanted))
    if isinstance(command, Ask):
        said["wish"] = _told(command.wish.when, "on" if _gpus(command.wish.wanted) else "", _gpus(command.wish.wanted))
    if isinstance(command, Wait):
        said["wanted"] = _told("on", _gpus(command.wanted)) if _gpus(command.wanted) else ""
    each = (
        " ".join(value) if isinstance(value, tuple) else name if value is True else value
        for name, value in said.items()
    )
    return _told(type(command).__name__.lower(), *each)


def _told(*words: str) -> str:
    return " ".join(word for word in words if word)
