"""The words of some languages as one dictionary, and which languages a text is read in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.when import kinds
from bot.when.fold import fold_word
from bot.when.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.when.languages import Language

_PHRASE = re.compile(r"(?:[a-z]+|[0-9]+[a-z]+)(?:'[a-z]*)*(?:[ -]{1,2}[a-z]+(?:'[a-z]+)*){0,4}")
_GAP = re.compile(r"[ -]+")
_DOUBLED = re.compile(r"(.)\1+")
#: What counts, names or says nothing about time, for all that is written like it.
NOT_TIME = frozenset({kinds.COUNTER, kinds.LABEL, kinds.TEXT, kinds.GLUE, kinds.COUNTER_OR_LABEL})
_DAYS = frozenset({kinds.DAY, kinds.WEEKDAY})
_POSSESSIVE = frozenset({kinds.DAY, kinds.WEEKDAY, kinds.WEEK})


class Entry(NamedTuple):
    """What a word means."""

    kind: str
    value: object


class Lexicon:
    """The words of some languages as one dictionary; where two disagree, the earlier language has its way."""

    def __init__(self, languages: tuple[Language, ...]) -> None:
        self.languages = languages
        self.words: dict[str, Entry] = {}
        self.typos: dict[str, str] = {}
        self._shuffled: dict[str, str] = {}
        self._longest: dict[str, int] = {}
        for language in languages:
            for word, entry in _entries(language).items():
                self.words.setdefault(word, entry)
        for word in self.words:
            cjk = any(_is_cjk(character) for character in word)
            head = word[0] if cjk else word.split(" ", 1)[0].rstrip(".")
            size = len(word) if cjk else word.count(" ") + 1
            self._longest[head] = max(size, self._longest.get(head, 0))
        self._forgive()
        self.numerals = [
            (re.compile(rf"(?:{numbers})(?=(?:{marks}))"), language.numeral_values)
            for language in languages
            if language.numerals
            for numbers, marks in [language.numerals]
        ]

    def _forgive(self) -> None:
        for language in self.languages:
            for word in _split(language.forgiving):
                known = fold_word(word)
                self._shuffled.setdefault(_letters_of(known), known)
                for near in (known, *_one_letter_less(known)):
                    self.typos.setdefault(near, known)

    def latin(self, text: str, start: int) -> tuple[Entry, int] | None:
        """The longest known phrase of Latin words here, and where it ends."""
        match = _PHRASE.match(text, start)
        if match is None:
            return None
        pieces = _GAP.split(match.group())
        size = min(self._longest.get(pieces[0].removesuffix("'s"), 0), len(pieces))
        ends = [m.start() for m in _GAP.finditer(match.group())] + [len(match.group())]
        for count in range(size, 0, -1):
            phrase, end = " ".join(pieces[:count]), start + ends[count - 1]
            dotted = self.words.get(phrase + ".") if text[end : end + 1] == "." else None
            if dotted:
                return dotted, end + 1
            entry = self.words.get(phrase) or self._possessive(phrase, text[end:])
            if entry:
                return entry, end
        return None

    def _possessive(self, phrase: str, following: str) -> Entry | None:
        """The day of some hours: thursday's 2-4pm, but not friday's demo."""
        entry = self.words.get(phrase.removesuffix("'s")) if phrase.endswith("'s") else None
        if entry is None or entry.kind not in _POSSESSIVE:
            return None
        if following.lstrip()[:1].isdigit():
            return entry
        return Entry(kinds.OTHER, None if entry.value == 0 else kinds.OF_A_DAY)

    def misspelt(self, word: str) -> Entry | None:
        """What a word means that is one letter away from a known long one, or has its letters in disorder."""
        if not 3 <= len(word) <= 14:
            return None
        shuffled = self._shuffled.get(_letters_of(word))
        if shuffled:
            return self.words[shuffled]
        single = _DOUBLED.sub(r"\1", word)  # tommorrow, tomorroww
        for candidate in (word, single, *_one_letter_less(word)) if len(word) >= 5 else ():
            meant = self.typos.get(candidate)
            if meant and len(meant) >= 6 and meant[0] == word[0] and abs(len(meant) - len(candidate)) <= 1:
                return self.words[meant]
        return None

    def glued(self, word: str) -> tuple[Entry, int] | None:
        """The first of two known words written as one: `nextfriday`."""
        for size in range(3, len(word) - 2) if "'" not in word else ():
            first, second = self.words.get(word[:size]), self.words.get(word[size:])
            together = {first.kind, second.kind} if first and second else set()
            if first and together & _DAYS and not together & NOT_TIME:
                return first, size
        return None

    def cjk(self, text: str, start: int) -> tuple[Entry, int] | None:
        """The longest known word here in a script without spaces."""
        for size in range(self._longest.get(text[start], 0), 0, -1):
            word = text[start : start + size]
            if word in self.words:
                return self.words[word], start + len(word)
        return None

    def numeral(self, text: str, start: int) -> tuple[int, int] | None:
        """A number in words that are numbers only before certain marks, and where it ends."""
        for pattern, values in self.numerals:
            match = pattern.match(text, start)
            if match:
                return numeral_value(match.group(), values), match.end()
        return None


def _entries(language: Language) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for kind, meanings in language.words.items():
        for value, words in meanings.items():
            for word in _split(words):
                _add(found, fold_word(word), Entry(kind, value))
    return found


def _add(found: dict[str, Entry], word: str, entry: Entry) -> None:
    known = found.get(word)
    if known and {known.kind, entry.kind} == {kinds.COUNTER, kinds.LABEL}:
        entry = Entry(kinds.COUNTER_OR_LABEL, known.value or entry.value)
    elif known:
        return
    found[word] = entry
    found.setdefault(word.replace("-", " "), entry)
    if _is_cjk(word[0]) and " " in word:
        found[word.replace(" ", "")] = entry


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


def _is_cjk(character: str) -> bool:
    return character > "\u3000"


def _letters_of(word: str) -> str:
    """The same for words that differ in the order of their letters only; the first one stays."""
    return word[0] + "".join(sorted(word[1:]))


def _one_letter_less(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def numeral_value(written: str, values: Mapping[str, int]) -> int:
    """十二 → 12, 二十三 → 23, 열두 → 12, 一八 → 18."""
    total = current = 0
    for piece in _pieces(written.replace(" ", ""), values):
        value = values[piece]
        if value in (10, 100) and piece != "열":
            total, current = total + (current or 1) * value, 0
        elif value >= 10:
            total += value
        else:
            current = current * 10 + value
    return total + current


def _pieces(written: str, values: Mapping[str, int]) -> Iterator[str]:
    start = 0
    while start < len(written):
        size = next((n for n in (3, 2, 1) if written[start : start + n] in values), 0)
        if not size:
            return
        yield written[start : start + size]
        start += size


_GUESTS = ("ja", "zh", "ko", "de", "fr", "es")


@lru_cache(maxsize=64)
def lexicon(codes: tuple[str, ...]) -> Lexicon:
    """The lexicon of some languages, kept once built."""
    return Lexicon(tuple(LANGUAGES[code] for code in codes))


@lru_cache(maxsize=16)
def _telltale(code: str) -> re.Pattern[str]:
    return re.compile(LANGUAGES[code].telltale)


_ASCII_GUESTS = ("de", "fr", "es")


def lexicon_for(text: str, code: str) -> Lexicon:
    """The words to read a folded text with: the person's language, English, and what else is spoken in it."""
    guests = _ASCII_GUESTS if text.isascii() else _GUESTS
    spoken = [c for c in guests if c != code and c in LANGUAGES and _telltale(c).search(text)]
    # English is spoken everywhere, so it gives way where it shares a word with another language spoken here:
    # the `a` of `de 14:00 a 16:00` is no article.
    own = [code] if code != "en" else []
    codes = dict.fromkeys([*own, *(c for c in spoken if c in _ASCII_GUESTS), "en", *spoken])
    return lexicon(tuple(codes))
