"""What somebody types, or says as to a colleague: which command it is."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import when, words
from bot.commands import behind
from bot.commands.gpus import split_gpus
from bot.commands.kinds import Book, Command, Help, Mine, Picture, Span, Status, Thanks, TooMuch, Wait, Who
from bot.commands.parts import addressed, is_length, said, without_reasons
from bot.commands.table import VERBS
from bot.commands.text import MARKS, fold, whole_letters
from bot.commands.verbs import said_in
from core.inventory import Wanted

LONGEST = 1_000  # characters of a command that are read at all
_BY_NAME = {verb.name: verb for verb in VERBS}


def parse(text: str) -> Command:
    """What somebody typed after the slash command, or wrote to the bot."""
    text = text.strip()
    if len(text) > LONGEST:
        return TooMuch(len(text))
    if not text:
        return Status()
    typed = whole_letters(text)
    text = addressed(typed)
    return (
        _whole(typed)
        or _whole(text)
        or _ordered(text)
        or _at_a_glance(text)
        or _mentioned(text)
        or behind.book(text, verb=False)
    )


_WAITS_NO_MORE = said(lambda language: language.waits_no_more)
_GREETINGS = said(lambda language: language.greetings)
_THANKS = said(lambda language: language.thanks)


def _whole(text: str) -> Command | None:
    """What is said in these words and no others."""
    text = fold(text).strip(MARKS)
    if _WAITS_NO_MORE.fullmatch(text):
        return Wait("", Wanted(), off=True)
    if _GREETINGS.fullmatch(text):
        return Help()
    return Thanks() if _THANKS.fullmatch(text) else None


_SHOWS = said(lambda language: language.shows)
_ASKS_FREE = said(lambda language: language.asks_free)


def _ordered(text: str) -> Command | None:
    """A command by one of its words, or in other words; None for what may be a time."""
    shows = _SHOWS.match(text)
    if shows and (shown := _by_word(text[shows.end() :]) or _at_a_glance(text[shows.end() :])):
        return replace(shown, asks=True) if isinstance(shown, Book) else shown  # `show schedule for Friday`
    if command := _by_word(text):
        return command
    reasoned = without_reasons(text)
    _, length = split_gpus(reasoned)
    if behind.MORE.search(length) and is_length(behind.without_more(length)):
        return behind.extend(reasoned)
    return _asked_when_free(text) if _ASKS_FREE.fullmatch(text) else None


def _asked_when_free(text: str) -> Command | None:
    """None where more is asked than what is free."""
    asked = behind.free(behind.without_asking(text))
    is_read = not (isinstance(asked, Book) and asked.when) or when.flaw_in(asked.when) != when.Kind.NO_RANGE
    return asked if is_read else None


def _by_word(text: str) -> Command | None:
    for language in words.LANGUAGES.values():
        for order in said_in(text, language):
            verb = _BY_NAME[order.name]
            if order.name == "book" and isinstance(_mentioned(text, only="help"), Help):
                return Help()  # `予約したいのですが、どうすればいいですか`
            rest = without_reasons(order.rest) if order.name in _OF_ONES_OWN else order.rest
            if order.name in _OF_ONES_OWN and (order.asks or _NOT_YET.search(rest)):
                return Mine()
            if not (order.asks and verb.changes and order.name != "ask"):  # nothing is changed by a question
                return verb.read(rest)
    return None


_NOT_YET = said(lambda language: language.not_yet)
_OF_ONES_OWN = {"extend", "end", "change", "cancel"}  # whoever asks about these sees what there is to tap


def _mentioned(text: str, *, only: str = "") -> Command | None:
    """What is most likely asked about, where no order was understood and no time."""
    listed = (each for language in words.LANGUAGES.values() for each in language.mentions.items())
    every = (each for each in listed if each[0] == (only or each[0]))
    name = next((name for name, pattern in every if re.search(pattern, text, re.IGNORECASE)), None)
    if not name or when.flaw_in(behind.about_any(text)) not in {when.Kind.NO_RANGE, when.Kind.TOO_VAGUE}:
        return None
    return _MENTIONED.get(name) or Book("", split_gpus(text)[0], "", asks=True)


_MENTIONED: dict[str, Command] = {"mine": Mine(), "who": Who(), "help": Help()}


def _at_a_glance(text: str) -> Status | Picture | None:
    """A day or a week, and nothing else: how it stands then."""
    span = behind.span_of(text.rstrip(" ?？。.!"))
    if span in {Span.DAY, Span.TOMORROW}:
        return Status(text)
    return Picture(span, text) if span else None
