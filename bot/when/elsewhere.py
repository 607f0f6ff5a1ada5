"""Day words of languages without a table of their own, read by dateparser behind checks.

It is asked only what a few words beside a clear clock range mean, and believed only if they are one plain
date near enough, and mean the same when asked a week later.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

#: How far ahead somebody books by a word for a day.
NEAR = timedelta(days=200)
_LOCALE = re.compile(r"[a-z]{2,3}")


@lru_cache(maxsize=1)
def _dateparser() -> ModuleType:
    # Its import costs more than everything else here; most people never need it.
    return import_module("dateparser")


def day_words(text: str, today: date, language: str) -> date | None:
    """The date a few words name in another language (`domani`), or None."""
    if not text or len(text) > 40 or not _LOCALE.fullmatch(language) or not any(map(str.isalpha, text)):
        return None
    found = _asked(text, today, language)
    if found is None or not today <= found <= today + NEAR:
        return None
    # A word for a day moves with today (domani) or stands still (3 marzo); what does neither was guessed.
    later = _asked(text, today + timedelta(days=7), language)
    return found if later in (found, found + timedelta(days=7)) else None


def _asked(text: str, today: date, language: str) -> date | None:
    base = datetime(today.year, today.month, today.day, 3, 7)  # noqa: DTZ001 - dateparser wants it naive
    settings = {
        "RELATIVE_BASE": base,
        "PREFER_DATES_FROM": "future",
        "STRICT_PARSING": False,
        "REQUIRE_PARTS": [],
    }
    try:
        found = _dateparser().parse(text, languages=[language], settings=settings)
    except Exception:  # noqa: BLE001 - unknown languages and odd texts raise many things: that is no reading
        return None
    if not isinstance(found, datetime) or (found.hour, found.minute) not in ((3, 7), (0, 0)):
        return None  # it took part of the words for a clock time
    return found.date()
