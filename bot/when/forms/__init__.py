"""The grammar of small things: how clock times, lengths, dates and zones are written, in any language.

Each form is a pattern over the letters of `kinds.py` and a function that turns the matched tokens into one. A
form that raises ValueError has met something shaped like a time that cannot be one (13:75); one that returns
None has met something else. Forms are tried from top to bottom, file by file, each over the whole row of tokens.
A new form goes into the file of its subject, above the forms that would take a part of it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.when.forms import clock_times, dates, days, delays, lengths, lookalikes, senses, weekdays
from bot.when.forms.form import Habits, HourOrLength, habits, letters
from bot.when.forms.lengths import length_of

if TYPE_CHECKING:
    from bot.when.kinds import Token

FORMS = (
    *lookalikes.FORMS,
    *clock_times.FORMS,
    *lengths.FORMS,
    *senses.FORMS,
    *delays.FORMS,
    *dates.FORMS,
    *weekdays.FORMS,
    *days.FORMS,
)


def reduce(tokens: list[Token], of: Habits) -> list[Token]:
    """Replace every written-out clock time, length, date and zone by one token."""
    row = letters(tokens)
    place = 0
    while (place := _next_form(row, place)) < len(FORMS):
        tokens = FORMS[place].apply(tokens, row, of)
        row = letters(tokens)
        place += 1
    return tokens


@lru_cache(maxsize=4096)
def _next_form(row: str, start: int) -> int:
    """The place of the first form, from one on, that a row has. People write alike, so it is kept for each row."""
    return next((place for place in range(start, len(FORMS)) if FORMS[place].pattern.search(row)), len(FORMS))


__all__ = ["Habits", "HourOrLength", "habits", "length_of", "letters", "reduce"]
