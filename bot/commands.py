"""Command text → one frozen dataclass per command. Pure: no clock, no database, no reading of time.

The table `VERBS` is what people may type; `/gpu help` prints it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot import when
from core.inventory import Wanted

LONGEST = 1_000  # characters of a command that are read at all


@dataclass(frozen=True)
class Book:
    """Book, or with no `when` open the form.

    `verb` tells whether the word was typed or is only assumed; `asks` that it is to be answered and not booked.
    """

    when: str
    wanted: Wanted
    purpose: str
    verb: bool = True
    asks: bool = False


@dataclass(frozen=True)
class Status:
    """Who holds what: now, or on the day that is written in `when`."""

    when: str = ""


@dataclass(frozen=True)
class Who:
    """The same by person."""


@dataclass(frozen=True)
class Mine:
    pass


@dataclass(frozen=True)
class Extend:
    length: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class End:
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cancel:
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Health:
    pass


@dataclass(frozen=True)
class Help:
    pass


@dataclass(frozen=True)
class TooMuch:
    """Text of a length nobody types; not read."""

    length: int


Command = Book | Status | Who | Mine | Extend | End | Cancel | Health | Help | TooMuch


@dataclass(frozen=True)
class Verb:
    words: tuple[str, ...]  # the first is the one we teach
    parse: Callable[[str], Command]
    usage: str


def parse(text: str) -> Command:
    """What somebody typed after the slash command, or wrote to the bot."""
    text = text.strip()
    if len(text) > LONGEST:
        return TooMuch(len(text))
    if not text:
        return Status()
    first, *rest = text.split(maxsplit=1)
    verb = _BY_WORD.get(fold(first))
    if verb is not None:
        return verb.parse(rest[0] if rest else "")
    return _book(text, verb=False)


def _free(text: str) -> Command:
    return replace(_book(text), asks=True) if text else Status()


def nearest(text: str) -> str | None:
    """The command that somebody may have meant by an unknown first word."""
    first = fold(text.split(maxsplit=1)[0]) if text.split() else ""
    matches = get_close_matches(first, _BY_WORD, n=1, cutoff=0.7)
    return _BY_WORD[matches[0]].words[0] if matches else None


def fold(text: str) -> str:
    """Without regard to case and full-width forms."""
    return unicodedata.normalize("NFKC", text).casefold()


# --- booking: purpose, then GPUs, and what is left is time ---


def _book(text: str, *, verb: bool = True) -> Book:
    head, purpose = _split_purpose(text)
    wanted, time = _split_gpus(head)
    return Book(time, wanted, purpose, verb)


_FOR = re.compile(r"(?:^|(?<=\s))for\s+(?=\S)", re.IGNORECASE)


def _split_purpose(text: str) -> tuple[str, str]:
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


# Possessive all through: what people write must not be tried in every way that it could be cut.
_NODE = r"(?=[\d.-]*+[a-z_])[\w.-]++/"
_NAME = rf"(?:(?:{_NODE})?gpu(?:[a-z_-]*+\d)[\w-]*+|{_NODE}[a-z]*+\d++)"
_AND = r"(?:\s*+[,&+]\s*+|\s++and\s++|\s++)"
_NAMES = re.compile(rf"(?<!\S)(?:on\s++|@\s*+)?+(?P<names>{_NAME}(?>(?:{_AND}{_NAME})*))(?=[\s,.;!?]|$)", re.IGNORECASE)
_MODEL = (
    r"(?:(?:rtx|gtx|tesla|quadro)[\s-]?(?:\d{4}(?:\s?ti)?|[at]\d{1,4})|[1-5]0[5-9]0(?:\s?ti)?"
    r"|(?:gh|gb|mi|[ahlvbpt])\d{1,4}[sx]?|titan)"
)
_UNIT = r"gpus?\b|cards?\b|枚|台|基|つのgpu|장|대|개"
_COUNTED = re.compile(
    rf"(?<!\S)(?:on\s+)?(?:(?P<any>any|an?)\s+)?"
    rf"(?:(?P<count>-?\d+)(?=\s*[x×*]|\s+{_MODEL}|\s*(?:{_UNIT}))\s*)?(?P<times>[x×*]\s*)?"
    rf"(?:(?P<model>{_MODEL})(?P<plural>s)?\b\s*(?:[x×*]\s?(?P<after>\d+)\b\s*)?)?(?P<unit>{_UNIT})?(?=[\s,.;]|$)",
    re.IGNORECASE,
)
_SPREAD = re.compile(r"(?:(?<=\s)|^)(?:on\s+)?(?:any|different|several)\s+nodes?(?=\s|$)", re.IGNORECASE)


def _split_gpus(text: str) -> tuple[Wanted, str]:
    """Which GPUs, and the text without them."""
    text = _ascii_width(text)
    spread, text = _take(_SPREAD, text)
    named = _NAMES.search(text)
    if named:
        names = tuple(re.findall(_NAME, named["names"], re.IGNORECASE))
        return Wanted(names=tuple(dict.fromkeys(names))), _without(text, named)
    for match in _COUNTED.finditer(text):
        if _counts_gpus(match):
            count = int(match["count"] or match["after"] or 1)
            return Wanted(count=count, model=_model(match), spread=spread), _without(text, match)
    return Wanted(spread=spread), text


def _counts_gpus(match: re.Match[str]) -> bool:
    """`2 gpus`, `2x5090`, `any 5090`, `on a100` count; a bare `2` or `5090` does not."""
    if match["unit"]:
        return bool(match["count"] or match["any"] or match["model"])
    if match["model"]:
        asked = match["any"] or match["times"] or match["plural"] or match[0].casefold().startswith("on")
        return bool(asked or not match["model"].strip().isdigit())
    return False


def _model(match: re.Match[str]) -> str | None:
    return match["model"].strip() if match["model"] else None


def _take(pattern: re.Pattern[str], text: str) -> tuple[bool, str]:
    match = pattern.search(text)
    return (True, _without(text, match)) if match else (False, text)


def _without(text: str, match: re.Match[str]) -> str:
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())


_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _ascii_width(text: str) -> str:
    return text.translate(_WIDE)


# --- the others ---


def _named(text: str) -> tuple[str, ...]:
    words = re.split(r"[\s,&+]+", _ascii_width(text))
    return tuple(word for word in words if word and fold(word) not in {"on", "and", "my", "the"})


def _extend(text: str) -> Extend:
    wanted, length = _split_gpus(text)
    return Extend(re.sub(r"^(?:by|for)\s+", "", length, flags=re.IGNORECASE), wanted.names)


VERBS = (
    Verb(("book", "reserve", "take"), _book, "book <when> [on <gpu>] [for <purpose>]"),
    Verb(("status", "list"), Status, "status [<day>]"),
    Verb(("who",), lambda _text: Who(), "who"),
    Verb(("free",), _free, "free [<when>]"),
    Verb(("mine", "my", "me"), lambda _text: Mine(), "mine"),
    Verb(("extend", "longer", "prolong"), _extend, "extend <length>"),
    Verb(("end", "release", "stop", "done"), lambda text: End(_named(text)), "end [<gpu>]"),
    Verb(("cancel", "delete"), lambda text: Cancel(_named(text)), "cancel [<gpu>]"),
    Verb(("health",), lambda _text: Health(), "health"),
    Verb(("help", "?"), lambda _text: Help(), "help"),
)
_BY_WORD = {word: verb for verb in VERBS for word in verb.words}
