"""Every sentence is in the catalogs, and every translation takes what its sentence gives."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot import i18n
from bot.reader import Reader

KEYWORDS = {"say": None, "say_many": (1, 2)}


def sentences() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(Path(i18n.__file__).parent, [("**.py", "python")], keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found}


def catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def catalogs() -> list[Path]:
    return [i18n.CATALOGS / "messages.pot", *sorted(i18n.CATALOGS.glob("*.po"))]


@pytest.mark.parametrize("path", catalogs(), ids=lambda path: path.name)
def test_no_catalog_is_stale(path: Path) -> None:
    """`make messages` renews them."""
    assert {message.id for message in catalog(path) if message.id} == sentences()


@pytest.mark.parametrize("path", sorted(i18n.CATALOGS.glob("*.po")), ids=lambda path: path.name)
def test_translations_are_whole(path: Path) -> None:
    for message in catalog(path):
        if not message.id or path.stem == i18n.DEFAULT:
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        translated = message.string if isinstance(message.string, tuple | list) else (message.string,)
        for text in translated:
            assert text, f"{path.name} lacks {message.id!r}"
            assert placeholders(text) <= set().union(*(placeholders(str(each)) for each in originals)), text


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_an_unknown_language_is_written_to_in_english() -> None:
    reader = Reader.of("tlh", "UTC")
    assert reader.say("You hold that time already.") == "You hold that time already."
    assert reader.language == "en"
