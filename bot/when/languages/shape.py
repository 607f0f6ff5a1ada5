"""What a language must tell the grammar. A new language is one file that fills in a `Language`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The kanji of numbers, in Japanese and Chinese.
KANJI_NUMBERS = dict(zip("零〇一二三四五六七八九十", (0, *range(11)), strict=True)) | {"百": 100}


@dataclass(frozen=True)
class Language:
    """The words of one language, and the few habits that are not words."""

    code: str
    #: Kind of word → meaning → the words, comma-separated; case, accents and width do not matter.
    words: Mapping[str, Mapping[object, str]]
    #: A pattern over folded text that shows this language is spoken, whatever the reader's locale.
    telltale: str
    #: Words that are understood when misspelt by one letter; long ones only, so that nothing else comes near.
    forgiving: str = ""
    #: Days in this table that are words of a lab as well: `sat solver`, `jeu de données`.
    also_words: str = ""
    #: 12/3 is the 12th of March.
    day_first: bool = False
    #: 3.12 beside a clock time is a date.
    dotted_dates: bool = False
    #: 25:00 is 1 am of the next day.
    late_hours: bool = False
    #: ~18 is until 18; elsewhere about 18.
    wave_until: bool = False
    #: Number words that are only numbers before these marks, as a pattern of number and a pattern of marks.
    numerals: tuple[str, str] | None = None
    numeral_values: Mapping[str, int] = field(default_factory=dict)


def zones_of(places: Mapping[str, str], *marks: str) -> dict[object, str]:
    """The words for zones, made of places and what makes a zone of a place: 東京 and 時間."""
    return {
        f"={zone}": ", ".join(name.strip() + mark for name in names.split(",") for mark in marks)
        for zone, names in places.items()
    }


def cities_of(places: Mapping[str, str], but: Sequence[str] = ()) -> dict[object, str]:
    """The words for places by themselves, but some that say other things too."""
    return {
        f"={zone}": ", ".join(name.strip() for name in names.split(",") if name.strip() not in but)
        for zone, names in places.items()
    }
