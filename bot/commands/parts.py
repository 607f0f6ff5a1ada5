"""What else stands around a time: a purpose, manners, words that mean nothing, and that it has begun already."""

from __future__ import annotations

import re

from bot import when, words
from bot.commands.text import ascii_width

# What nobody says of a time that is still to come: booking the past must never happen by accident.
_RUNNING = re.compile("|".join(language.running for language in words.LANGUAGES.values()), re.IGNORECASE)
_AGO = re.compile("|".join(language.ago for language in words.LANGUAGES.values()), re.IGNORECASE)


def split_running(time: str) -> tuple[bool, str]:
    """Whether it is said to have begun: `since 13:00 until 18:00`, `started 20 min ago for 3h`; and the time alone."""
    said = _RUNNING.search(time)
    if said and re.search(r"\d", time):
        return True, " ".join(f"{time[: said.start()]} {time[said.end() :]}".split())
    return bool(_AGO.search(time)), time


_FOR = re.compile(r"(?:^|(?<=\s))for\s+(?=\S)", re.IGNORECASE)


def split_purpose(text: str) -> tuple[str, str]:
    """Everything after the first `for` that is not followed by a length is purpose."""
    for match in _FOR.finditer(text):
        after = text[match.end() :]
        if not _begins_with_length(after):
            return text[: match.start()].strip(), after.strip()
    return text, ""


def _begins_with_length(text: str) -> bool:
    words = text.split()[:4]
    return any(_is_length(" ".join(words[:count])) for count in range(1, len(words) + 1))


def _is_length(text: str) -> bool:
    try:
        when.read_length(text, "en")
    except when.Unreadable:
        return False
    return True


def purpose_in(rest: str) -> str:
    """The purpose in what the time and the GPUs have left over: without manners, and without what only marks it."""
    said = _PURPOSE_MARK.sub("", " ".join(without_manners(rest).split()))
    return said.strip(" ,.;:!?-。、！？")


def without_manners(text: str) -> str:
    """Without what is said around a wish and means nothing to us."""
    return _MANNERS.sub(" ", text)


_MANNERS = re.compile("|".join(language.manners for language in words.LANGUAGES.values()), re.IGNORECASE)
_PURPOSE_MARK = re.compile(rf"(?:{'|'.join(language.purpose_marks for language in words.LANGUAGES.values())})(?=\s|$)")
FILLERS = re.compile(rf"(?:{'|'.join(language.fillers for language in words.LANGUAGES.values())})+", re.IGNORECASE)


def content(text: str) -> tuple[str, ...]:
    """The words that mean something."""
    said = re.split(r"[\s,&+、]+", ascii_width(text))
    return tuple(word for word in said if word and not FILLERS.fullmatch(word))
