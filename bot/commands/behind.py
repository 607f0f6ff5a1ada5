"""How what stands behind each verb is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot import when, words
from bot.commands.gpus import named, split_gpus
from bot.commands.kinds import (
    Admin,
    Audit,
    Board,
    Book,
    Cancel,
    Change,
    Command,
    Extend,
    Picture,
    Quiet,
    Span,
    Status,
    Summary,
    Wait,
    Who,
)
from bot.commands.parts import FILLERS, content, said, split_purpose, split_running, without_manners
from bot.commands.text import MARKS, ascii_width, fold, take, trimmed, without
from core.inventory import Wanted

MORE = said(lambda language: language.more)


def without_more(text: str) -> str:
    return " ".join(MORE.sub(" ", without_manners(text)).split()).strip(MARKS)


def free(text: str) -> Command:
    wish = replace(book(text), asks=True) if text else Status()
    return wish if content(without_asking(wish.when).strip(MARKS)) else replace(wish, when="")


_FREE_WORDS = said(lambda language: language.free_words)


def without_asking(text: str) -> str:
    """A question what is free, or a wish for it, without the words that ask: which GPUs, and when."""
    left = " ".join(_FREE_WORDS.sub(" ", text).split())
    return left if content(without_manners(left).strip(MARKS)) else ""


def book(text: str, *, verb: bool = True) -> Book:
    head, purpose = split_purpose(text)
    wanted, time = split_gpus(head)
    if wanted == Wanted() and purpose:  # `tomorrow 9-11 for GPU0`
        named, rest = split_gpus(purpose)
        wanted, purpose = (wanted, purpose) if rest else (named, "")
    running, time = split_running(time)
    asks = purpose.endswith(("?", "？"))
    return Book(time if time.strip(MARKS) else "", wanted, purpose.rstrip(" ?？"), verb, asks, running=running)


def cancel(text: str) -> Cancel:
    return Cancel(*_which(text))


def change(text: str) -> Change:
    """`friday to 10-13`, `all to 10-13 on GPU1`, `金曜を10-13に`, or only which."""
    whole, text = take(_WHOLE, text)
    if swapped := _INSTEAD.match(text):
        return Change(named(swapped["gpu"]), "", whole, book(text[swapped.end() :]))
    which, *to = (part.strip() for part in _CHANGED_TO.split(text, maxsplit=1))
    if whole and not to:
        which, to = "", [which]
    return Change(*_which(which), whole, book(to[0]) if to and to[0] else None)


# `GPU0からGPU1に`, `GPU0 말고 GPU1로`: another GPU instead of one.
_OTHER = "|".join(language.instead for language in words.LANGUAGES.values())
_INSTEAD = re.compile(
    rf"(?:\D{{0,12}}?[をの]|from\s+)?(?P<gpu>\S{{0,40}}?gpu\d++)\s*+(?:{_OTHER})\s*+(?=\S{{0,40}}?gpu\d)",
    re.IGNORECASE | re.ASCII,
)
_WHOLE = said(lambda language: language.whole)
_CHANGED_TO = said(lambda language: language.changed_to)


def _which(text: str) -> tuple[tuple[str, ...], str]:
    """By which GPUs, and at which time, one of one's own is meant."""
    wanted, rest = split_gpus(text)
    meant = [word for word in without_manners(rest).strip(MARKS).split() if not FILLERS.fullmatch(word)]
    return wanted.names, " ".join(word.removesuffix("'s") for word in meant)  # `tomorrow's booking`


def alone(command: Command) -> Callable[[str], Command | None]:
    """For what needs no words behind it; manners and the name of a GPU do no harm."""

    def parse(text: str) -> Command | None:
        return None if content(about_any(text)) else command

    return parse


# By itself a host name has a mark in it, and no `gpu`: a GPU may be named first as well.
_NODE = re.compile(
    r"(?:node\s+(?P<said>[\w.-]+)|(?P<name>(?!gpu)[a-z](?=[\w.]*[\d.-])[\w.-]*?))(?=\s|[をは을를은는]|$)",
    re.IGNORECASE | re.ASCII,
)


def about_any(text: str) -> str:
    """What is said beside GPUs, for an answer that shows them all."""
    return _NODE.sub(" ", without_manners(split_gpus(text)[1])).strip(MARKS)


def status(text: str) -> Status | Picture:
    span = span_of(text)
    if span and span not in {Span.DAY, Span.TOMORROW}:
        return Picture(span, text)
    return Status(text if content(about_any(text)) else "")


def who(text: str) -> Who | Status:
    """Of now, whatever stands beside it; of a day, where that is all that is left."""
    asked = " ".join(content(about_any(text)))
    return Status(asked) if when.flaw_in(asked) != when.Kind.NO_RANGE else Who()


def board(text: str) -> Board | None:
    if fold(text) in {"off", "オフ", "끄기"}:
        return Board(off=True)
    return None if content(about_any(text)) else Board()


def audit(text: str) -> Audit | None:
    if fold(text).strip(" .") == "csv":
        return Audit(csv=True)
    return None if content(about_any(text)) else Audit()


_QUIET = {
    fold(word): said
    for language in words.LANGUAGES.values()
    for said, listed in language.quiet.items()
    for word in listed.split(", ")
}


def quiet(text: str) -> Quiet:
    return Quiet(_QUIET.get(fold(text), text))


def extend(text: str) -> Extend:
    wanted, length = split_gpus(text)
    length = re.sub(r"^(?:by|for)\s+|\s+to$", "", trimmed(without_more(length), FILLERS.fullmatch), flags=re.IGNORECASE)
    return Extend(re.sub(r"^to\s+", "until ", length, flags=re.IGNORECASE), wanted.names)


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
_OFF = said(lambda language: language.off)


def _is_off(text: str) -> bool:
    return bool(_OFF.fullmatch(fold(text).strip(" .!。！")))


def wait(text: str) -> Wait:
    if _is_off(text):
        return Wait("", Wanted(), off=True)
    head, purpose = split_purpose(text)
    takes, head = take(_TAKES, head)
    holds_not, head = take(_HOLDS_NOT, head)
    wanted, head = split_gpus(head)
    before, head = _bound(_LATEST, head)
    after, length = _bound(_EARLIEST, head)
    length = re.sub(r"^(?:for|of)\s+", "", without_asking(length), flags=re.IGNORECASE)
    return Wait(without_manners(length).strip(MARKS), wanted, after, before, purpose, takes, not holds_not)


def _bound(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    match = pattern.search(text)
    if match is None:
        return "", text
    bound = next(part for part in match.groups() if part).strip()
    return bound if without_asking(bound) else "", without(text, match)  # `until it is free` bounds nothing


def picture(text: str) -> Picture:
    """Of which day or week, in the words behind the verb; nothing is this week."""
    text = re.sub(r"^(?:for|of)\s+", "", text, flags=re.IGNORECASE).strip(MARKS)
    return Picture(span_of(text) if text else Span.WEEK, text)


def span_of(text: str) -> Span | None:
    return _SPANS.get("".join(fold(text).split()))


def summary(text: str) -> Summary | None:
    span = span_of(text.strip(MARKS)) if content(about_any(text)) else Span.WEEK
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
_PARTICLE = re.compile(r"^[をは을를은는]\s*")  # `GPU3を`
_ADMIN_VERBS = {
    fold(word): verb
    for language in words.LANGUAGES.values()
    for verb, listed in language.admin_verbs.items()
    for word in listed.split(", ")
}


def admin(text: str) -> Admin | None:
    word, _, rest = ascii_width(text).partition(" ")
    verb = _ADMIN_VERBS.get(fold(word))
    if verb is None:
        return None if content(about_any(text)) else Admin()
    if verb == "period":
        return Admin(verb, (), rest.strip())
    names, rest = _node_first(rest) or _named_in(rest)
    return Admin(verb, names, _BARE_HOUR.sub(r"\1 \2:00", _PARTICLE.sub("", rest)))


def _node_first(text: str) -> tuple[tuple[str, ...], str] | None:
    """A whole node, `lab-node-2` or `node hal`, and the text without it."""
    found = _NODE.match(text)
    return ((found["said"] or found["name"],), text[found.end() :].strip()) if found else None


def _named_in(text: str) -> tuple[tuple[str, ...], str]:
    wanted, rest = split_gpus(text)
    return wanted.names, rest
