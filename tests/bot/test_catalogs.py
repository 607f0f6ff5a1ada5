"""Every sentence is in the catalogs, and every translation says what its sentence says."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot import commands, i18n, when
from bot.reader import Reader
from core.inventory import Wanted

NOW = datetime(2026, 12, 2, 10, tzinfo=UTC)
SAYING = {"say": 1, "say_many": 2}  # how many of their arguments are sentences


def sentences() -> set[str | tuple[str, ...]]:
    """What is said anywhere in the bot, by its own syntax: Babel overlooks what stands within an f-string."""
    return {said for path in Path(i18n.__file__).parent.rglob("*.py") for said in _said(ast.parse(path.read_text()))}


def _said(tree: ast.AST) -> Iterator[str | tuple[str, ...]]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in SAYING:
            first = call.args[: SAYING[call.func.attr]]
            given = [each.value for each in first if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if given:
                yield given[0] if len(given) == 1 else tuple(given)


def catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def catalogs() -> list[Path]:
    return [i18n.CATALOGS / "messages.pot", *sorted(i18n.CATALOGS.glob("*.po"))]


@pytest.mark.parametrize("path", catalogs(), ids=lambda path: path.name)
def test_no_catalog_is_stale(path: Path) -> None:
    """`make messages` renews them."""
    assert {message.id for message in catalog(path) if message.id} == sentences()


def strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (str(message.string or ""),)


LANGUAGES = sorted(i18n.languages() - {i18n.DEFAULT})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    found = catalog(i18n.CATALOGS / f"{language}.po")
    assert [message.id for message in found if message.id and not all(strings(message))] == []
    assert [message.id for message in found if message.id and message.fuzzy] == [], "shown in English"


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_give_what_their_sentences_give(language: str) -> None:
    for message in catalog(i18n.CATALOGS / f"{language}.po"):
        original = str(message.id[-1] if isinstance(message.id, tuple) else message.id)
        for text in filter(None, strings(message) if original else ()):
            counted = {"count"} if isinstance(message.id, tuple) else set()  # which one alone may leave out
            assert placeholders(text) | counted == placeholders(original) | counted, text
            assert marks(text) == marks(original), text
            assert sorted(map(meaning, code(text, language))) == sorted(map(meaning, code(original, "en"))), text


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def marks(text: str) -> Counter[str]:
    """What makes it bold, code, or tells how it went."""
    return Counter(character for character in text if character in "*`✓✗▶■⇄•")


def code(text: str, language: str) -> list[tuple[str, str]]:
    return [(piece, language) for piece in re.findall(r"`([^`]+)`", text)]


def meaning(piece: tuple[str, str]) -> str:
    """What stands between backticks may be typed, and must mean the same; or else it must be the same."""
    text, language = piece
    typed = text.removeprefix("{command}").strip()
    if "{" in typed or text.startswith(("python", "/")):
        return text
    command = commands.parse(typed)
    if command == commands.Book(typed, Wanted(), "", verb=False):
        return time_meant(typed, language) or text
    values = {each.name: getattr(command, each.name) for each in fields(command)}
    said = {name: time_meant(value, language) if isinstance(value, str) else value for name, value in values.items()}
    return f"{type(command).__name__} {said}"


def time_meant(text: str, language: str) -> str:
    """The length, range or series of a text; nothing where it is none."""
    with suppress(when.Unreadable):
        return f"{when.read_length(text, language)}"
    with suppress(when.Unreadable):
        reading = when.read(text, NOW, UTC, language)
        return f"{reading.start} {reading.end} {bool(reading.rest)}"
    with suppress(when.Unreadable):
        return str(replace(when.read_series(text, NOW, UTC, language), rest=""))
    return ""


def test_an_unknown_language_is_written_to_in_english() -> None:
    reader = Reader.of("tlh", "UTC")
    assert reader.say("You hold that time already.") == "You hold that time already."
    assert reader.language == "en"
