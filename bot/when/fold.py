"""One spelling for the many: width, case, accents, dashes, and spaces that only differ to the eye.

Folded text is for reading; what goes back to people is cut from the original, so each folded character
remembers where it came from.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

DASHES = "‐‑‒–—―−﹘﹣－─━⁃➖"
WAVES = "〜～∼˜⁓〰→⇒➡⇨➔➜⟶⟹▶►…‥»›↔⇔↦⇢⟷↗➞"
QUOTES = "’‘ʼ`´′＇"
COLONS = "∶꞉ː︓⦂"
COMMAS = "・·；"
#: Marks that end a part of a sentence: no decimal point or comma is among them.
PAUSES = {"。": ". ", "、": ", ", "，": ", ", "､": ", "}
DROPPED = "\ufeff\u00ad\u20e3\ufe0e\ufe0f"

_FIXED = (
    dict.fromkeys(DASHES, "-")
    | dict.fromkeys(WAVES, "~")
    | dict.fromkeys(QUOTES, "'")
    | dict.fromkeys(COLONS, ":")
    | dict.fromkeys(COMMAS, ",")
    | dict.fromkeys(DROPPED, "")
    | dict.fromkeys("[「『【〔［〈《", "(")
    | dict.fromkeys("]」』】〕］〉》", ")")
    | PAUSES
    | {"½": ".5", "ß": "ss", "ı": "i", "曰": "日"}
)


#: Of the plain marks, only these have two spellings.
_BRACKETS = str.maketrans("[]", "()")


class Folded(NamedTuple):
    """The folded text, the text it was folded from, and where each folded character came from."""

    text: str
    original: str
    origins: list[int] | None

    def cut(self, start: int, end: int) -> str:
        """The original spelling of a folded stretch."""
        if self.origins is None:
            return self.original[start:end]
        return self.original[self.origins[start] : self.origins[end]]


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _FIXED:
        return _FIXED[character]
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category == "Cf":
        return ""
    return _without_accent(unicodedata.normalize("NFKC", character).lower())


def _without_accent(folded: str) -> str:
    """`é` → `e`. Only Latin letters lose their marks: が without its mark is another letter."""
    bare = unicodedata.normalize("NFD", folded)
    return bare[0] if len(bare) > 1 and bare[0].isascii() and bare[0].isalpha() else folded


def _is_kana(character: str) -> bool:
    return "ぁ" <= character <= "ヿ"


def fold(text: str) -> Folded:
    """Fold a text for reading."""
    if text.isascii():
        return Folded(text.lower().translate(_BRACKETS), text, None)
    text = unicodedata.normalize("NFC", text)
    pieces: list[str] = []
    origins: list[int] = []
    previous = " "
    for index, character in enumerate(text):
        folded = _fold_character(character)
        if character in "ーｰ" and not _is_kana(previous):
            folded = "-"  # the long-vowel mark typed as a dash: 13時ー18時
        pieces.append(folded)
        origins.extend([index] * len(folded))
        previous = character
    origins.append(len(text))
    return Folded("".join(pieces), text, origins)


def fold_word(word: str) -> str:
    """Fold a word of a language's table."""
    return fold(word).text
