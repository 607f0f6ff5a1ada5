"""What could not be read as one time: why, and what would work, at one tap where there is something to tap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from bot.commands import Book
from bot.reader import Reader
from bot.views import carried, kit
from bot.views.kit import Block, Message
from bot.when import Kind, Unreadable
from core.timerange import TimeRange

#: Buttons for times, beside the one for the form.
_MOST = 4
_LENGTHS = (timedelta(hours=1), timedelta(hours=2), timedelta(hours=4), timedelta(hours=8))


def unread(unreadable: Unreadable, wish: Book, purpose: str, reader: Reader, now: datetime) -> Message:
    asks = bool(unreadable.readings or unreadable.starts) or unreadable.start is not None
    said = ("" if asks else "✗ ") + words(unreadable, wish.when, reader)
    offers = [*_offers(unreadable, wish, purpose, reader, now), kit.open_form_button(reader)]
    return kit.message(said, kit.section(said), kit.actions(offers))


def words(unreadable: Unreadable, text: str, reader: Reader) -> str:
    """Why, in one sentence with what would work; for a form's field as well."""
    quoted = kit.escape(kit.clip(" ".join(text.split()), 100))
    if unreadable.repeats:
        return reader.say("Write the days, the hours and the end of a series: `every weekday 9-12 until Dec 20`.")
    if unreadable.kind == Kind.TOO_VAGUE and unreadable.start is not None:
        start = reader.in_zone(unreadable.start.tzinfo).moment(unreadable.start)
        return reader.say("From {start}, until when? Choose a length, or write `13:00-18:00`.", start=start)
    sentences = {
        Kind.NO_RANGE: reader.say(
            "I found no time in “{text}”. Write one like `13:00-18:00` or `tomorrow 2pm for 3h`.", text=quoted
        ),
        Kind.INVERTED: reader.say(
            "“{text}” ends before it starts, or as it starts. Write the end after the start.", text=quoted
        ),
        Kind.AMBIGUOUS: reader.say("“{text}” can be read in more than one way. Which do you mean?", text=quoted),
        Kind.PAST: reader.say("“{text}” is over already. Write a time that is still to come.", text=quoted),
        Kind.TOO_VAGUE: reader.say(
            "“{text}” is too vague. Write a start and an end or a length: `tomorrow 2pm for 3h`.", text=quoted
        ),
    }
    return sentences[Kind(unreadable.kind)]


def _offers(unreadable: Unreadable, wish: Book, purpose: str, reader: Reader, now: datetime) -> Iterable[Block]:
    for number, (time, zone) in enumerate(_times(unreadable)):
        shown = reader.in_zone(zone) if zone else reader
        if unreadable.start is not None and not unreadable.readings:
            label = reader.say("For {length}", length=reader.length(time.length))
        else:
            label = shown.brief(time, now)
        yield kit.button(
            label,
            f"take:{number}",
            carried.wish(wish.wanted, time, purpose, running=wish.running),
            spoken=reader.say("Book {what}", what=shown.when(time)),
        )


def _times(unreadable: Unreadable) -> list[tuple[TimeRange, tzinfo | None]]:
    """What a tap would book: the readings of an unclear text, or lengths for the starts that have none."""
    if unreadable.readings:
        return [(TimeRange(each.start, each.end), each.start.tzinfo) for each in unreadable.readings[:_MOST]]
    if unreadable.starts:
        lengths = _LENGTHS[: max(_MOST // len(unreadable.starts), 1)]
        pairs = [(start, start + length) for start in unreadable.starts for length in lengths]
        return [(TimeRange(start, end), start.tzinfo) for start, end in pairs[:_MOST]]
    if unreadable.start is not None and unreadable.kind == Kind.TOO_VAGUE:
        return [(TimeRange(unreadable.start, unreadable.start + length), None) for length in _LENGTHS]
    return []
