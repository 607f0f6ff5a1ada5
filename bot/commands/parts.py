"""What else stands around a time: a purpose, manners, words that mean nothing, and that it has begun already."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot import when, words
from bot.commands.text import MARKS, ascii_width, trimmed, without
from bot.words import Words


def said(of: Callable[[Words], str]) -> re.Pattern[str]:
    """How something is said, in any language."""
    return re.compile("|".join(of(language) for language in words.LANGUAGES.values()), re.IGNORECASE)


# What nobody says of a time that is still to come: booking the past must never happen by accident.
_RUNNING = said(lambda language: language.running)
_AGO = said(lambda language: language.ago)


def split_running(time: str) -> tuple[bool, str]:
    """Whether it is said to have begun: `since 13:00 until 18:00`, `started 20 min ago for 3h`; and the time alone."""
    begun = _RUNNING.search(time)
    if begun and re.search(r"\d", time):
        return True, without(time, begun)
    return bool(_AGO.search(time)), time


_FOR = re.compile(r"(?:^|(?<=\s))for\s+(?=\S)", re.IGNORECASE)


def split_purpose(text: str) -> tuple[str, str]:
    """Everything after the first `for` that is not followed by a length is purpose; nor is it the time itself, where
    nothing before tells one: `a booking for tomorrow 9-11`.
    """
    for match in _FOR.finditer(text):
        before, after = text[: match.start()].strip(), text[match.end() :].strip()
        if _begins_with_length(after):
            continue
        if _tells_time(after) and not _tells_time(before):
            return split_purpose(f"{before} {after}")
        return before, after
    return text, ""


def _tells_time(text: str) -> bool:
    return when.flaw_in(text) != when.Kind.NO_RANGE


def _begins_with_length(text: str) -> bool:
    first = text.split()[:4]
    return any(is_length(" ".join(first[:count])) for count in range(1, len(first) + 1))


def is_length(text: str) -> bool:
    return any(_is_length(text, language) for language in words.LANGUAGES)


def _is_length(text: str, language: str) -> bool:
    try:
        when.read_length(text, language)
    except when.Unreadable:
        return False
    return True


def purpose_in(rest: str) -> str:
    """The purpose in what the time and the GPUs have left over: without manners, and without what only marks it."""
    left = trimmed(without_manners(rest).strip(_MARKS), _is_grammar)
    purpose = _PURPOSE_MARK.sub("", left).strip(_MARKS)
    return purpose if content(purpose) else ""


_MARKS = MARKS + "-"
_GRAMMAR = said(lambda language: language.grammar)


def _is_grammar(word: str) -> bool:
    return bool(_GRAMMAR.fullmatch(word.strip(_MARKS)))


def addressed(text: str) -> str:
    """What is wanted, without the greeting, the thanks and the words that only lead to it, nor for whom, where that is
    oneself.
    """
    text = " ".join(_FOR_ME.sub(" ", text).split())
    while (led := _BEFORE.match(text)) and led.end() < len(text):
        text = text[led.end() :]
    for told in _SENTENCE.finditer(text):  # `training is slow, can I`
        if _BEFORE.match(text, told.end()) and not _tells(text[: told.start()]):
            return addressed(text[told.end() :])
    return _without_thanks(text)


def _tells(text: str) -> bool:
    """Whether that has a time in it, or may name a GPU."""
    return bool(re.search(r"\d", ascii_width(text))) or _tells_time(text)


_SENTENCE = re.compile(r"[,.;!]\s+|[。、]")


def _without_thanks(text: str) -> str:
    head = _SMILES.sub("", text)
    thanked = _AFTER.search(head)
    return (_SMILES.sub("", head[: thanked.start()].rstrip(" ,、")) if thanked else head) or text


_SMILES = re.compile("[\\s~〜ㅠㅜㅋㅎ^♪☆\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]+$|(?<=[ぁ-ん])ー+$")
_AFTER = re.compile(
    rf"(?<=[\s,.!。、！])(?:{'|'.join(language.after for language in words.LANGUAGES.values())})[\s.!。！~〜]*$",
    re.IGNORECASE,
)
_FOR_ME = said(lambda language: language.for_me)
_BEFORE = said(lambda language: language.before)


def without_manners(text: str) -> str:
    """Without what is said around a wish and means nothing to us."""
    return _MANNERS.sub(" ", text)


def without_reasons(text: str) -> str:
    """Without why something is wanted, where that tells neither a time nor a GPU: `終わったので`."""
    *reasons, wish = _BECAUSE.split(text)
    told = [reason for reason in reasons if _tells(reason)]
    return " ".join([*told, wish]).strip()


_BECAUSE = said(lambda language: language.because)
_MANNERS = said(lambda language: language.manners)
_PURPOSE_MARK = re.compile(rf"(?:{'|'.join(language.purpose_marks for language in words.LANGUAGES.values())})(?=\s|$)")
FILLERS = said(lambda language: rf"(?:{language.fillers})+")


def content(text: str) -> tuple[str, ...]:
    """The words that mean something."""
    each = re.split(r"[\s,&+、]+", ascii_width(text))
    return tuple(word for word in each if word and not FILLERS.fullmatch(word) and not _is_grammar(word))
