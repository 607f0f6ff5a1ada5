"""Letters of any width and case, and pieces cut out of a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

MARKS = " ,.;:!?~。、！？〜"  # around what is said


def fold(text: str) -> str:
    """Without regard to case and full-width forms."""
    return unicodedata.normalize("NFKC", text).casefold()


def whole_letters(text: str) -> str:
    """Half-width kana and letters that were typed in parts, as one character each."""
    text = re.sub("[\uff61-\uff9f]+", lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize("NFC", text)


def take(pattern: re.Pattern[str], text: str) -> tuple[bool, str]:
    """Whether it is said, and the text without it."""
    match = pattern.search(text)
    return (True, without(text, match)) if match else (False, text)


def without(text: str, match: re.Match[str]) -> str:
    """The text without what matched, in single spaces."""
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())


def trimmed(text: str, is_noise: Callable[[str], object]) -> str:
    """Without the words at either end that say nothing: `my booking by 2 hours`, but `until next Monday`."""
    said = text.split()
    for end in (0, -1):
        while said and is_noise(said[end]):
            said.pop(end)
    return " ".join(said)


_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}


def ascii_width(text: str) -> str:
    """Full-width letters, digits and signs as ASCII, each in its place."""
    return text.translate(_WIDE)
