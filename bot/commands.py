"""Command text → one frozen dataclass per command. Pure: no clock, no database, no reading of time.

The table `VERBS` is what people may ask for, `bot.words` in which words; `/gpu help` prints both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from difflib import get_close_matches
from enum import StrEnum
from functools import cache, partial

from bot import when, words
from bot.words import Words
from core.inventory import Wanted
from core.timerange import TimeRange

LONGEST = 1_000  # characters of a command that are read at all


@dataclass(frozen=True)
class Book:
    """Book, or with no `when` open the form.

    `verb` tells whether the word was typed or is only assumed; `asks` that it is to be answered and not booked;
    `running` that the work began at the start already.
    """

    when: str
    wanted: Wanted
    purpose: str
    verb: bool = True
    asks: bool = False
    running: bool = False


@dataclass(frozen=True)
class Status:
    """Who holds what: now, or on the day that is written in `when`."""

    when: str = ""


@dataclass(frozen=True)
class Who:
    """The same by person."""


class Span(StrEnum):
    """A day or a week that can be looked at."""

    DAY = "day"
    TOMORROW = "tomorrow"
    WEEK = "week"
    NEXT_WEEK = "next week"
    LAST_WEEK = "last week"

    def range(self, today: date, zone: tzinfo) -> TimeRange:
        """From midnight to midnight in that zone; weeks begin on Mondays."""
        if self in {Span.DAY, Span.TOMORROW}:
            return TimeRange.of_days(today + timedelta(days=self is Span.TOMORROW), 1, zone)
        weeks = {Span.WEEK: 0, Span.NEXT_WEEK: 1, Span.LAST_WEEK: -1}[self]
        return TimeRange.of_days(today - timedelta(days=today.weekday()) + timedelta(weeks=weeks), 7, zone)


@dataclass(frozen=True)
class Picture:
    """Of a day or week that has a name, or, where `span` is None, of the day that is written in `when`."""

    span: Span | None
    when: str = ""


@dataclass(frozen=True)
class Board:
    """Let the lab's board stand in this channel, or take it away."""

    off: bool = False


@dataclass(frozen=True)
class Summary:
    """How this week is used, or how the last one was."""

    span: Span


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
    """Drop one of one's own: on these GPUs, at the time that is written in `when`."""

    names: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True)
class Change:
    """Change one of one's own, meant as in `Cancel`, or all of a series; with no `to`, in a form.

    What `to` does not say stays as it is.
    """

    names: tuple[str, ...] = ()
    when: str = ""
    whole: bool = False
    to: Book | None = None


@dataclass(frozen=True)
class Ask:
    """Ask whoever holds it. With no `when` in the wish, for all that is held now."""

    wish: Book


@dataclass(frozen=True)
class Wait:
    """Wait for so much time to come free; with no `length`, see what one waits for, or with `off` be off the list.

    `takes`: without asking; `holds`: have the next free time meanwhile.
    """

    length: str
    wanted: Wanted
    after: str = ""
    before: str = ""
    purpose: str = ""
    takes: bool = False
    holds: bool = True
    off: bool = False


@dataclass(frozen=True)
class StillBusy:
    """The last holder's work is on it still."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Admin:
    """The lab's settings; or a GPU out of service, `down` for the time that is written, with the reason around it, or
    for good.
    """

    verb: str = ""  # down, retire, or nothing
    names: tuple[str, ...] = ()
    rest: str = ""  # of down: when and why; of retire: why


@dataclass(frozen=True)
class Audit:
    csv: bool = False


@dataclass(frozen=True)
class History:
    pass


@dataclass(frozen=True)
class Quiet:
    """One's quiet hours: with no word, see them; `off`, `lab`, or the hours as they are written."""

    word: str = ""


@dataclass(frozen=True)
class Health:
    pass


@dataclass(frozen=True)
class Help:
    pass


@dataclass(frozen=True)
class Unclear:
    """A command with words behind it that mean nothing there. Nothing is done."""

    verb: str
    rest: str


@dataclass(frozen=True)
class TooMuch:
    """Text of a length nobody types; not read."""

    length: int


Command = (
    Ask
    | Board
    | Book
    | Status
    | Who
    | Picture
    | Summary
    | Mine
    | Extend
    | End
    | Cancel
    | Change
    | StillBusy
    | History
    | Admin
    | Audit
    | Health
    | Quiet
    | Help
    | TooMuch
    | Unclear
    | Wait
)


@dataclass(frozen=True)
class Verb:
    name: str  # as `bot.words` calls it
    parse: Callable[[str], Command | None]  # None: for words that mean nothing behind it
    changes: bool = False  # something, so that it is never taken from a question

    def read(self, rest: str) -> Command:
        return self.parse(rest) or Unclear(self.name, rest)


def parse(text: str) -> Command:
    """What somebody typed after the slash command, or wrote to the bot."""
    text = text.strip()
    if len(text) > LONGEST:
        return TooMuch(len(text))
    if not text:
        return Status()
    text = _whole_letters(text)
    if _WAITS_NO_MORE.fullmatch(fold(text).strip(" .!。！")):
        return Wait("", Wanted(), off=True)
    for language in words.LANGUAGES.values():
        said = _verb_first(text, language) or _verb_last(text, language)
        if said is not None:
            verb, rest = said
            return verb.read(rest)
    return _at_a_glance(text) or _book(text, verb=False)


def _at_a_glance(text: str) -> Status | Picture | None:
    """A day or a week, and nothing else: how it stands then."""
    span = _span(text.rstrip(" ?？。.!"))
    if span in {Span.DAY, Span.TOMORROW}:
        return Status(text)
    return Picture(span, text) if span else None


def _free(text: str) -> Command:
    return replace(_book(text), asks=True) if text else Status()


# --- the verb, in any language ---


def _verb_first(text: str, language: Words) -> tuple[Verb, str] | None:
    found = _leading(language).match(_ascii_width(text))
    return (_meant(found, language), text[found.end() :].strip()) if found and not _only_asks(found, language) else None


def _verb_last(text: str, language: Words) -> tuple[Verb, str] | None:
    """`明日13-18で予約して`"""
    found = _trailing(language).search(_ascii_width(text)) if language.endings else None
    if found is None or _only_asks(found, language):
        return None
    verb, rest = _meant(found, language), text[: found.start()].strip()
    if verb.name == "end" and any(character.isdigit() for character in _split_gpus(rest)[1]):
        return None  # `13時から18時終了`: where a range ends, not an order
    return verb, rest if without_manners(rest).strip() else ""


def _meant(found: re.Match[str], language: Words) -> Verb:
    return _BY_NAME[_by_letters(language)["".join(fold(found["verb"]).split())]]


def _only_asks(found: re.Match[str], language: Words) -> bool:
    """Nothing is changed by a question."""
    return bool(found["asks"]) and _meant(found, language).changes


@cache
def _leading(language: Words) -> re.Pattern[str]:
    endings = rf"(?:{language.endings})?" if language.endings else ""
    alone = rf"{endings}[.。!！]*(?P<asks>\?)?[:、,]?(?=\s|$)"
    return re.compile(
        rf"(?P<verb>{_any_word(language)})(?:{alone}|[:、,]|{language.joints}(?={language.attached}))", re.IGNORECASE
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


def nearest(text: str) -> str | None:
    """The command that somebody may have meant by an unknown first word, as it is taught in their language."""
    first = fold(text.split(maxsplit=1)[0]) if text.split() else ""
    for language in words.LANGUAGES.values():
        by_word = _by_letters(language)
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


def fold(text: str) -> str:
    """Without regard to case and full-width forms."""
    return unicodedata.normalize("NFKC", text).casefold()


def _whole_letters(text: str) -> str:
    """Half-width kana and letters that were typed in parts, as one character each."""
    text = re.sub("[\uff61-\uff9f]+", lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize("NFC", text)


# --- booking: purpose, then GPUs, and what is left is time ---


def _book(text: str, *, verb: bool = True) -> Book:
    head, purpose = _split_purpose(text)
    wanted, time = _split_gpus(head)
    running, time = split_running(time)
    return Book(time, wanted, purpose, verb, running=running)


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


# Possessive all through: what people write must not be tried in every way that it could be cut. Letters and digits are
# ASCII here, so that `GPU0で予約` names GPU0.
_FLAGS = re.IGNORECASE | re.ASCII
_BEFORE = r"(?<![!-~])"
_AFTER = r"(?=[\s,.;!?]|[^\x00-\x7f]|$)"
_COUNTER = "|".join(language.counters for language in words.LANGUAGES.values())
_NUMBERS = {word: number for language in words.LANGUAGES.values() for word, number in language.numbers.items()}
_NUMBER = rf"(?:-?[0-9]+|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_NODE = r"(?=[\d.-]*+[a-z_])[\w.-]++/"
_NAME = rf"(?:(?:{_NODE})?gpu(?:[a-z_-]*+\d)[\w-]*+|{_NODE}[a-z]*+\d++)"
_AND = r"(?:\s*+[,&+、と]\s*+|\s*+(?:와|과|하고)\s++|\s++and\s++|\s++)"
_NAMES = re.compile(
    rf"{_BEFORE}(?:on\s++|@\s*+)?+(?P<names>{_NAME}(?>(?:{_AND}{_NAME})*)){_AFTER}(?!{_COUNTER})", _FLAGS
)
_MODEL = (
    r"(?:(?:rtx|gtx|tesla|quadro)[\s-]?(?:\d{4}(?:\s?ti)?|[at]\d{1,4})|[1-5]0[5-9]0(?:\s?ti)?"
    r"|(?:gh|gb|mi|[ahlvbpt])\d{1,4}[sx]?|titan)"
)
_COUNTED = re.compile(
    rf"{_BEFORE}(?:on\s+)?(?:(?P<any>any|an?)\s+)?(?:gpu(?=\d+(?:{_COUNTER})))?"
    rf"(?:(?P<count>{_NUMBER})(?=\s*[x×*]|\s+{_MODEL}|\s*(?:{_COUNTER}))\s*)?(?P<times>[x×*]\s*)?"
    rf"(?:(?P<model>{_MODEL})(?P<plural>s)?\b"
    rf"(?:\s*[x×*]\s?(?P<after>\d+)\b|\s*[をの를을]?\s*(?P<behind>{_NUMBER})(?=\s*(?:{_COUNTER})))?\s*)?"
    rf"(?P<unit>{_COUNTER})?(?:\s?の\s?(?P<kind>{_MODEL}))?{_AFTER}",
    _FLAGS,
)
_SPREAD = re.compile(rf"{_BEFORE}(?:{'|'.join(language.spread for language in words.LANGUAGES.values())})", _FLAGS)


def _split_gpus(text: str) -> tuple[Wanted, str]:
    """Which GPUs, and the text without them."""
    text = _ascii_width(text)
    spread, text = _take(_SPREAD, text)
    named = _NAMES.search(text)
    if named:
        names = tuple(re.findall(_NAME, named["names"], _FLAGS))
        return Wanted(names=tuple(dict.fromkeys(names))), _without(text, named)
    for match in _COUNTED.finditer(text):
        if _counts_gpus(match):
            count = _number(match["count"] or match["after"] or match["behind"] or "1")
            return Wanted(count=count, model=_model(match), spread=spread), _without(text, match)
    return Wanted(spread=spread), text


def _counts_gpus(match: re.Match[str]) -> bool:
    """`2 gpus`, `2枚`, `2x5090`, `any 5090`, `on a100` count; a bare `2` or `5090` does not."""
    if match["unit"]:
        return bool(match["count"] or match["any"] or match["model"])
    if match["model"]:
        asked = match["any"] or match["times"] or match["plural"] or match[0].casefold().startswith("on")
        return bool(asked or not match["model"].strip().isdigit())
    return False


def _number(written: str) -> int:
    return _NUMBERS.get(fold(written)) or int(written)


def _model(match: re.Match[str]) -> str | None:
    model = match["model"] or match["kind"]
    return model.strip() if model else None


def _take(pattern: re.Pattern[str], text: str) -> tuple[bool, str]:
    match = pattern.search(text)
    return (True, _without(text, match)) if match else (False, text)


def _without(text: str, match: re.Match[str]) -> str:
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())


_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}


def _ascii_width(text: str) -> str:
    return text.translate(_WIDE)


# --- what was written around the time ---


def purpose_in(rest: str) -> str:
    """The purpose in what the time and the GPUs have left over: without manners, and without what only marks it."""
    said = _PURPOSE_MARK.sub("", " ".join(without_manners(rest).split()))
    return said.strip(" ,.;:!?-。、！？")


def without_manners(text: str) -> str:
    """Without what is said around a wish and means nothing to us."""
    return _MANNERS.sub(" ", text)


_MANNERS = re.compile("|".join(language.manners for language in words.LANGUAGES.values()), re.IGNORECASE)
_PURPOSE_MARK = re.compile(rf"(?:{'|'.join(language.purpose_marks for language in words.LANGUAGES.values())})(?=\s|$)")


# --- the others ---


_FILLERS = re.compile(rf"(?:{'|'.join(language.fillers for language in words.LANGUAGES.values())})+", re.IGNORECASE)


def _named(text: str) -> tuple[str, ...]:
    """Whatever stands there as a name, so that what is no GPU is told so."""
    named = _NAMES.search(_ascii_width(text))
    if named:
        return tuple(re.findall(_NAME, named["names"], _FLAGS))
    return _content(text)


def _content(text: str) -> tuple[str, ...]:
    """The words that mean something."""
    said = re.split(r"[\s,&+、]+", _ascii_width(text))
    return tuple(word for word in said if word and not _FILLERS.fullmatch(word))


def _cancel(text: str) -> Cancel:
    return Cancel(*_which(text))


def _change(text: str) -> Change:
    """`friday to 10-13`, `all to 10-13 on GPU1`, `金曜を10-13に`, or only which."""
    whole, text = _take(_WHOLE, text)
    which, *to = (part.strip() for part in _CHANGED_TO.split(text, maxsplit=1))
    if whole and not to:
        which, to = "", [which]
    return Change(*_which(which), whole, _book(to[0]) if to and to[0] else None)


_WHOLE = re.compile("|".join(language.whole for language in words.LANGUAGES.values()), re.IGNORECASE)
_CHANGED_TO = re.compile("|".join(language.changed_to for language in words.LANGUAGES.values()), re.IGNORECASE)


def _which(text: str) -> tuple[tuple[str, ...], str]:
    """By which GPUs, and at which time, one of one's own is meant."""
    wanted, rest = _split_gpus(text)
    said = [word for word in without_manners(rest).split() if not _FILLERS.fullmatch(word)]
    return wanted.names, " ".join(said)


def _alone(command: Command) -> Callable[[str], Command | None]:
    """For what needs no words behind it; manners and the name of a GPU do no harm."""

    def parse(text: str) -> Command | None:
        return None if _content(_about_any(text)) else command

    return parse


def _about_any(text: str) -> str:
    """What is said beside GPUs, for an answer that shows them all."""
    return without_manners(_split_gpus(text)[1]).strip(" ,.;:!?。、")


def _status(text: str) -> Status:
    return Status(text if _content(_about_any(text)) else "")


def _board(text: str) -> Board | None:
    if fold(text) in {"off", "オフ", "끄기"}:
        return Board(off=True)
    return None if _content(_about_any(text)) else Board()


def _audit(text: str) -> Audit | None:
    if fold(text).strip(" .") == "csv":
        return Audit(csv=True)
    return None if _content(_about_any(text)) else Audit()


_QUIET = {
    fold(word): said
    for language in words.LANGUAGES.values()
    for said, listed in language.quiet.items()
    for word in listed.split(", ")
}


def _quiet(text: str) -> Quiet:
    return Quiet(_QUIET.get(fold(text), text))


def _extend(text: str) -> Extend:
    wanted, length = _split_gpus(text)
    length = re.sub(r"^(?:by|for)\s+", "", length, flags=re.IGNORECASE)
    return Extend(without_manners(length).strip(), wanted.names)


_TAKES = re.compile(
    r"(?<![^\s,])(?:and\s+)?(?:auto(?:matic(?:ally)?)?|take\s+it(?:\s+for\s+me)?)(?=[\s,.]|$)|自動で?|자동으로?",
    re.IGNORECASE,
)
_HOLDS_NOT = re.compile(r"(?<![^\s,])(?:(?:no|without|don't|do\s+not)\s+hold(?:ing)?)(?=[\s,.]|$)", re.IGNORECASE)
# One word, and the words for its day before it, but not the length before those: `4時間 明日 18時まで`.
_DATED_JA = r"(?<!\S)(?:\S*(?:日|曜|週|月|午前|午後)\s)*+\S+?"
_DATED_KO = r"(?<!\S)(?:\S*(?:일|주|월|오늘|모레|오전|오후)\s)*+\S+?"
_LATEST = re.compile(
    r"(?<!\S)(?:before|by|until|till)\s+(?P<en>.+?)(?=\s+(?:after|from)\s|[,.]|$)"
    rf"|(?P<ja>{_DATED_JA})までに?(?=\s|$)|(?P<ko>{_DATED_KO})까지(?=\s|$)",
    re.IGNORECASE,
)
_EARLIEST = re.compile(
    r"(?<!\S)(?:after|from)\s+(?P<en>.+?)(?=\s+(?:before|by|until|till)\s|[,.]|$)"
    rf"|(?P<ja>{_DATED_JA})(?:以降|から)(?=\s|$)|(?P<ko>{_DATED_KO})(?:이후|부터)(?=\s|$)",
    re.IGNORECASE,
)


_WAITS_NO_MORE = re.compile("|".join(language.waits_no_more for language in words.LANGUAGES.values()), re.IGNORECASE)
_OFF = re.compile("|".join(language.off for language in words.LANGUAGES.values()), re.IGNORECASE)


def _is_off(text: str) -> bool:
    return bool(_OFF.fullmatch(fold(text).strip(" .!。！")))


def _wait(text: str) -> Wait:
    if _is_off(text):
        return Wait("", Wanted(), off=True)
    head, purpose = _split_purpose(text)
    takes, head = _take(_TAKES, head)
    holds_not, head = _take(_HOLDS_NOT, head)
    wanted, head = _split_gpus(head)
    before, head = _bound(_LATEST, head)
    after, length = _bound(_EARLIEST, head)
    length = re.sub(r"^(?:for|of)\s+", "", length, flags=re.IGNORECASE)
    return Wait(without_manners(length).strip(" ,."), wanted, after, before, purpose, takes, not holds_not)


def _bound(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    match = pattern.search(text)
    if match is None:
        return "", text
    return next(part for part in match.groups() if part).strip(), _without(text, match)


def _picture(text: str) -> Picture:
    return Picture(_span(text) if text else Span.WEEK, text)


def _span(text: str) -> Span | None:
    return _SPANS.get("".join(fold(text).split()))


def _summary(text: str) -> Summary | None:
    span = _span(text) if _content(_about_any(text)) else Span.WEEK
    return Summary(span) if span in {Span.WEEK, Span.LAST_WEEK} else None


_SPANS = {
    "".join(fold(said).split()): Span(span)
    for language in words.LANGUAGES.values()
    for span, listed in language.spans.items()
    for said in listed.split(",")
}


# `until tomorrow 10 fan noise`, `until Dec 5 10 dust`: elsewhere a bare number behind a day may count GPUs.
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_BARE_HOUR = re.compile(
    rf"\b((?:until|till)\s+(?:today|tomorrow|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
    rf"|{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH}|\d{{4}}-\d{{2}}-\d{{2}}))"
    r"\s+(?:at\s+)?(\d{1,2})(?=\s+(?!am\b|pm\b|h\b|:)|$)",
    re.IGNORECASE,
)
# By itself a host name has a mark in it, and no `gpu`: a GPU may be named first as well.
_NODE_ALONE = re.compile(
    r"(?:node\s+(?P<said>[\w.-]+)|(?P<name>(?!gpu)[a-z](?=[\w.]*[\d.-])[\w.-]*?))(?=\s|[をは을를은는]|$)",
    re.IGNORECASE | re.ASCII,
)
_PARTICLE = re.compile(r"^[をは을를은는]\s*")  # `GPU3を`


_ADMIN_VERBS = {
    fold(word): verb
    for language in words.LANGUAGES.values()
    for verb, listed in language.admin_verbs.items()
    for word in listed.split(", ")
}


def _admin(text: str) -> Admin | None:
    word, _, rest = _ascii_width(text).partition(" ")
    verb = _ADMIN_VERBS.get(fold(word))
    if verb is None:
        return None if _content(_about_any(text)) else Admin()
    names, rest = _node_first(rest) or _named_in(rest)
    return Admin(verb, names, _BARE_HOUR.sub(r"\1 \2:00", _PARTICLE.sub("", rest)))


def _node_first(text: str) -> tuple[tuple[str, ...], str] | None:
    """A whole node, `lab-node-2` or `node hal`, and the text without it."""
    found = _NODE_ALONE.match(text)
    return ((found["said"] or found["name"],), text[found.end() :].strip()) if found else None


def _named_in(text: str) -> tuple[tuple[str, ...], str]:
    wanted, rest = _split_gpus(text)
    return wanted.names, rest


VERBS = (
    Verb("book", _book, changes=True),
    Verb("status", _status),
    Verb("who", _alone(Who())),
    Verb("board", _board, changes=True),
    Verb("free", _free),
    Verb("picture", _picture),
    Verb("summary", _summary),
    Verb("mine", _alone(Mine())),
    Verb("extend", _extend, changes=True),
    Verb("end", lambda text: End(_named(text)), changes=True),
    Verb("change", _change, changes=True),
    Verb("cancel", _cancel, changes=True),
    Verb("ask", lambda text: Ask(_book(text)), changes=True),
    Verb("wait", _wait, changes=True),
    Verb("busy", lambda text: StillBusy(_named(text)), changes=True),
    Verb("quiet", _quiet, changes=True),
    Verb("history", _alone(History())),
    Verb("admin", _admin),
    Verb("audit", _audit),
    Verb("health", _alone(Health())),
    Verb("help", lambda _text: Help()),
)
_BY_NAME = {verb.name: verb for verb in VERBS}
