"""The command in a text, in any language: its first word, its last one, or the nearest to an unknown one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial

from bot import words
from bot.commands.gpus import split_gpus
from bot.commands.parts import said, without_manners
from bot.commands.text import ascii_width, fold
from bot.words import Words


@dataclass(frozen=True)
class Said:
    """A command's word, and what was said beside it; `asks` where that is put as a question."""

    name: str  # as `bot.words` calls it
    rest: str
    asks: bool


def said_in(text: str, language: Words) -> Iterator[Said]:
    """The command at the beginning, and the one at the end, where there are any.

    Where the first is but a noun, what is done with it comes last: `予約を15時に変更して`.
    """
    first, last = _first(text, language), _last(text, language)
    found = [last, first] if first and first.name == "book" else [first, last]
    yield from (each for each in found if each)


def _first(text: str, language: Words) -> Said | None:
    found = _leading(language).match(ascii_width(text))
    return Said(_name(found, language), text[found.end() :].strip(), bool(found["asks"])) if found else None


def _last(text: str, language: Words) -> Said | None:
    found = _trailing(language).search(ascii_width(text)) if language.endings else None
    if found is None:
        return None
    name, rest = _name(found, language), text[: found.start()].strip()
    if name == "end" and any(character.isdigit() for character in split_gpus(rest)[1]):
        return None  # `13時から18時終了`: where a range ends, not an order
    asks = found["asks"] or (name == "book" and _ASKING.search(found[0]))
    return Said(name, rest if without_manners(rest).strip() else "", bool(asks))


_ASKING = said(lambda language: language.asking)


def _name(found: re.Match[str], language: Words) -> str:
    return _by_letters(language)["".join(fold(found["verb"]).split())]


@cache
def _leading(language: Words) -> re.Pattern[str]:
    endings = rf"(?:{language.endings})?" if language.endings else ""
    alone = rf"{endings}[.。!！]*(?P<asks>\?)?(?:[:、,]|(?=\s|$))"
    return re.compile(
        rf"(?P<verb>{_any_word(language)})(?:{alone}|{language.joints}(?={language.attached}))", re.IGNORECASE
    )


@cache
def _trailing(language: Words) -> re.Pattern[str]:
    verb = rf"(?P<verb>{_any_word(language, last=True)})(?:{language.endings})?"
    return re.compile(rf"(?:{language.joints}){verb}[\s.。!！~〜]*(?P<asks>\?)?$", re.IGNORECASE)


def _any_word(language: Words, *, last: bool = False) -> str:
    """Longest first; where a word has a space it may be left out. With `last`, of those that may come last."""
    listed = language.behind if last else language.of
    every = sorted((word for name in language.verbs for word in listed(name)), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s?") for word in every)


@cache
def _by_letters(language: Words) -> dict[str, str]:
    """Each word without its spaces → the command."""
    return {fold(word).replace(" ", ""): name for name in language.verbs for word in language.of(name)}


@cache
def _by_one_word(language: Words) -> dict[str, str]:
    """The same without those of several words, of which a first word is but a part."""
    return {word: name for word, name in _by_letters(language).items() if word in map(fold, language.of(name))}


def names_another(purpose: str) -> bool:
    """Whether what looks like a purpose holds a word that orders something else, which may stand anywhere."""
    said = fold(purpose)
    listed = (language.of(name) for language in words.LANGUAGES.values() if language.endings for name in _ORDERS)
    return any(fold(word) in said for each in listed for word in each)


_ORDERS = ("extend", "end", "change", "cancel", "ask", "wait", "quiet")


def nearest(text: str) -> str | None:
    """The command that somebody may have meant by an unknown first word, as it is taught in their language."""
    first = fold(text.split(maxsplit=1)[0]) if text.split() else ""
    for language in words.LANGUAGES.values():
        by_word = _by_one_word(language)
        others = [word for word in by_word if not first.endswith(word)]  # `remove` is no slip of the pen for `move`
        for word in get_close_matches(first, others, n=1, cutoff=0.7):
            return words.taught(by_word[word], language.code)
        if not first.isascii():
            for word in filter(partial(_is_one_off, first), by_word):
                return words.taught(by_word[word], language.code)
    return None


def _is_one_off(typed: str, word: str) -> bool:
    """One character wrong, missing, too many or swapped with the next; or one letter of a Hangul syllable."""
    return any(
        _differ_once(unicodedata.normalize(form, typed), unicodedata.normalize(form, word)) for form in ("NFC", "NFD")
    )


def _differ_once(typed: str, word: str) -> bool:
    shorter = min(len(typed), len(word))
    if shorter < 2 or (shorter == 2 and typed[0] != word[0]):
        return False
    head = _shared(typed, word)
    tail = _shared(typed[head:][::-1], word[head:][::-1])
    wrong, right = typed[head : len(typed) - tail], word[head : len(word) - tail]
    return max(len(wrong), len(right)) <= 1 or (wrong == right[::-1] and len(wrong) == 2)


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
