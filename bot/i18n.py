"""Sentences in the reader's language: gettext catalogs through Babel, compiled in memory at start.

English sentences are the message ids. A language is one file, `locale/<language>.po`; `make messages` renews them.
"""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGS = Path(__file__).parent / "locale"
DEFAULT = "en"


@cache
def catalog(language: str) -> NullTranslations:
    """The catalog of a language such as `ja`; plain English where there is none."""
    path = CATALOGS / f"{language}.po"
    if not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def locale(language: str) -> Locale:
    """How dates are written in a language: made once, since a busy Home says thousands of them."""
    return Locale.parse(language)


@cache
def languages() -> frozenset[str]:
    return frozenset(path.stem for path in CATALOGS.glob("*.po"))


def supported(locale: str) -> str:
    """The language we write for somebody whose Slack is set to `locale` (`en-US`, `ja-JP`)."""
    language = locale.replace("_", "-").partition("-")[0].casefold()
    return language if language in languages() else DEFAULT
