"""A series: how often it comes, the answer to booking or changing it, what of it is taken, its one card, its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.reader import Reader
from bot.views import booking, carried, kit, refusals
from bot.views.kit import Block, Message
from core import facts, occurrences
from core.facts import Hours, Recurrence, Repeats
from core.inventory import Wanted
from core.kinds import Kind
from core.timerange import TimeRange
from core.waiting import MOST_WISHES

MOST_LINES = 20
_WEEKDAYS = (0, 1, 2, 3, 4)
_WEEKS_OFFERED = (2, 4, 8)

Why = Sequence[tuple[facts.Skipped, str]]
"""Occurrences that cannot be had, each with the reason in words."""


@dataclass(frozen=True)
class Changes:
    """What all that remain of a series are to become; None stays as it is."""

    series_id: int
    hours: Hours | None = None
    wanted: Wanted | None = None
    purpose: str | None = None
    weekdays: tuple[int, ...] | None = None

    def packed(self) -> str:
        """For a button."""
        return carried.written(
            id=self.series_id,
            **(carried.hours_of(self.hours) if self.hours else {}),
            **(carried.wanted_of(self.wanted) if self.wanted else {}),
            **({"p": self.purpose} if self.purpose is not None else {}),
            **({"w": list(self.weekdays)} if self.weekdays is not None else {}),
        )

    @classmethod
    def unpacked(cls, value: str) -> Changes:
        pressed = carried.read(value)
        return cls(
            int(pressed["id"]),
            carried.hours_in(pressed) if "h" in pressed else None,
            carried.wanted_in(pressed) if "g" in pressed or "n" in pressed else None,
            str(pressed["p"]) if "p" in pressed else None,
            tuple(pressed["w"]) if "w" in pressed else None,
        )


def how_often(recurrence: Recurrence, reader: Reader) -> str:
    """every weekday; every 2 weeks on Mon, Thu"""
    if recurrence.unit == "day":
        apart = recurrence.interval
        return reader.say("every {count} days", count=apart) if apart > 1 else reader.say("every day")
    if recurrence.weekdays == _WEEKDAYS and recurrence.interval == 1:
        return reader.say("every weekday")
    days = reader.listed([reader.weekday(day) for day in recurrence.weekdays])
    if recurrence.interval == 1:
        return reader.say("every week on {days}", days=days)
    return reader.say("every {count} weeks on {days}", count=recurrence.interval, days=days)


def booked(receipt: facts.SeriesReceipt, skipped: Why, reader: Reader) -> Message:
    count = len(receipt.occurrences)
    what = _what(receipt.series.recurrence, receipt.occurrences, reader)
    line = reader.say_many("✓ Booked {count} time: {what}", "✓ Booked {count} times: {what}", count, what=what)
    return kit.message(
        line,
        kit.section(line),
        kit.section(reader.say("Left out:")) if skipped else None,
        *kit.sections(_lines(skipped, reader)),
        kit.section(booking.shell(receipt.occurrences[0].gpus)),
        kit.actions([_cancel_all(receipt.series, reader)]),
        *_waiting(skipped, receipt.occurrences[0].purpose, reader),
    )


def some_taken(free: int, skipped: Why, value: str, purpose: str, reader: Reader) -> Message:
    """Not booked, because not all of it can be had; what can is one tap away."""
    line = reader.say_many(
        "✗ Not booked: {count} of {all} times cannot be had.",
        "✗ Not booked: {count} of {all} times cannot be had.",
        len(skipped),
        all=len(skipped) + free,
    )
    return _offering(line, free, skipped, value, purpose, reader)


def free(count: int, skipped: Why, value: str, purpose: str, reader: Reader) -> Message:
    """The answer to a question."""
    line = reader.say("Free: {count} of {all} times.", count=count, all=len(skipped) + count)
    return _offering(line, count, skipped, value, purpose, reader)


def _offering(line: str, free: int, skipped: Why, value: str, purpose: str, reader: Reader) -> Message:
    label = reader.say_many("Book the free one", "Book the {count} free ones", free)
    offer = kit.button(label, "series:0", value, style="primary") if free else None
    return kit.message(
        line,
        kit.section(f"*{line}*"),
        *kit.sections(_lines(skipped, reader)),
        kit.actions([offer]),
        *_waiting(skipped, purpose, reader),
    )


def _waiting(skipped: Why, purpose: str, reader: Reader) -> list[Block]:
    """Or what cannot be had may come free: as many of them as one person may wait for."""
    meant = [each.waits for each, _ in skipped if each.waits is not None][:MOST_WISHES]
    if not meant:
        return []
    row = [
        refusals.wait_button(
            each,
            purpose,
            reader,
            number,
            label=reader.say("Wait for {day}", day=reader.day(each.range.start)),
            spoken=reader.say("Wait for {when}", when=reader.when(each.range)),
            stays=True,
        )
        for number, each in enumerate(meant)
    ]
    found = kit.actions(row)
    return [kit.context(reader.say("What cannot be had now may come free:")), *([found] if found else [])]


def until_when(repeats: Repeats, wanted: Wanted, purpose: str, reader: Reader) -> Message:
    """No end was said; `repeats.last` is of no meaning here."""
    often = how_often(repeats.recurrence, reader)
    said = reader.say("{often}, and until when? Choose, or write it: `until Dec 20`, `for 3 weeks`.", often=often)
    buttons = []
    for number, weeks in enumerate(_WEEKS_OFFERED):
        last = repeats.first + timedelta(weeks=weeks, days=-1)
        value = carried.series(wanted, repeats, purpose, last=last)
        label = reader.say_many("For {count} week", "For {count} weeks", weeks)
        buttons.append(kit.button(label, f"series:{number}", value))
    return kit.message(said, kit.section(said), kit.actions(buttons))


def which(meant: Sequence[Repeats], wanted: Wanted, purpose: str, reader: Reader) -> Message:
    """It can be read in several ways; the buttons say the hours."""
    said = reader.say("That can be read in more than one way. Which do you mean?")
    buttons = []
    for number, each in enumerate(meant[: refusals.MOST_OFFERS]):
        label = f"{each.hours.start:%H:%M}–{each.hours.end:%H:%M}"
        buttons.append(kit.button(label, f"series:{number}", carried.series(wanted, each, purpose)))
    return kit.message(said, kit.section(said), kit.actions(buttons))


def changed(receipt: facts.SeriesReceipt, skipped: Why, reader: Reader) -> Message:
    if not receipt.occurrences:
        return nothing_remains(reader)
    count = len(receipt.occurrences)
    what = _what(receipt.series.recurrence, receipt.occurrences, reader)
    line = reader.say_many("✓ Changed {count} time: {what}", "✓ Changed {count} times: {what}", count, what=what)
    gone = len(receipt.dropped)
    dropped = (
        reader.say_many("{count} on another day is cancelled.", "{count} on other days are cancelled.", gone)
        if gone
        else ""
    )
    return kit.message(
        line,
        kit.section(line),
        kit.context(dropped) if dropped else None,
        kit.section(reader.say("Left as they were:")) if skipped else None,
        *kit.sections(_lines(skipped, reader)),
        kit.actions([dates_button(receipt.series, reader), change_button(receipt.series, reader)]),
        *_waiting(skipped, receipt.occurrences[0].purpose, reader),
    )


def some_unchanged(free: int, skipped: Why, changes: Changes, reader: Reader) -> Message:
    """Not changed, because not all of it can be had so; what can is one tap away."""
    line = reader.say_many(
        "✗ Not changed: {count} of {all} times cannot be had so.",
        "✗ Not changed: {count} of {all} times cannot be had so.",
        len(skipped),
        all=len(skipped) + free,
    )
    label = reader.say_many("Change the other one", "Change the {count} others", free)
    offer = kit.button(label, "change_others", changes.packed(), style="primary") if free else None
    return kit.message(
        line,
        kit.section(f"*{line}*"),
        *kit.sections(_lines(skipped, reader)),
        kit.actions([offer]),
        *_waiting(skipped, changes.purpose or "", reader),
    )


def stays(reader: Reader) -> Message:
    """What of a series cannot be changed."""
    said = reader.say(
        "Every how many weeks it comes, and its end, stay as they are. Cancel all that remain, and book a new series."
    )
    return kit.message(f"✗ {said}")


def nothing_remains(reader: Reader) -> Message:
    return kit.message(reader.say("Nothing of that series remains."))


def none(reader: Reader) -> Message:
    """There is no series to change."""
    said = reader.say("You have no series. `{command} change` alone changes one booking.")
    return kit.message(said)


def which_series(series: Sequence[facts.Series], reader: Reader) -> Message:
    said = reader.say("Which series? You have {count}.", count=len(series))
    return kit.message(said, kit.section(f"*{said}*"), *(block for each in series for block in card(each, reader)))


def dates(series: facts.Series, reader: Reader) -> Message:
    """Every time that remains, to pick one from."""
    said = reader.say("Which time of this series: {often}?", often=how_often(series.recurrence, reader))
    options = [
        {
            "text": kit.plain_text(reader.span(held.range), kit.OPTION),
            "value": carried.reservation(held),
        }
        for held in series.remaining[: kit.OPTIONS]
    ]
    select = {
        "type": "static_select",
        "action_id": "series_date",
        "placeholder": kit.plain_text(reader.say("Pick a time"), 150),
        "options": options,
    }
    return kit.message(said, kit.section(said), kit.actions([select] if options else []))


def dates_button(series: facts.Series, reader: Reader) -> Block:
    return kit.button(
        reader.say("Another time…"),
        "series_dates",
        carried.written(id=series.id),
        spoken=reader.say("Pick any time of this series"),
    )


def change_button(series: facts.Series, reader: Reader) -> Block:
    return kit.button(
        reader.say("Change all…"),
        "change_series",
        carried.written(id=series.id),
        spoken=reader.say("Change all that remain of this series"),
    )


def cancelled(receipt: facts.SeriesReceipt, reader: Reader) -> Message:
    if not receipt.occurrences:
        return nothing_remains(reader)
    what = _what(receipt.series.recurrence, receipt.occurrences, reader)
    count = len(receipt.occurrences)
    return kit.message(
        reader.say_many("✓ Cancelled {count} time: {what}", "✓ Cancelled {count} times: {what}", count, what=what)
    )


def card(series: facts.Series, reader: Reader) -> list[Block]:
    """One card for all of it, with its next occurrence."""
    following, last = series.remaining[0], series.remaining[-1]
    line = reader.say(
        "{often}, {count} times until {last}. Next: {what}",
        often=how_often(series.recurrence, reader),
        count=len(series.remaining),
        last=reader.day(last.range.start),
        what=booking.summary(following, reader),
    )
    change = kit.button(
        reader.say("Change next"), "change", carried.reservation(following), spoken=reader.say("Change this booking")
    )
    next_only = booking.cancel_button(following, reader, reader.say("Cancel next"))
    others = [dates_button(series, reader), change_button(series, reader)]
    row = kit.actions([change, next_only, *others, _cancel_all(series, reader)])
    return [kit.section(line), *([row] if row else [])]


def news(kind: Kind, data: dict[str, Any], who: str, reader: Reader) -> str:
    """To the channel, in one line for all of it; `who` holds it."""
    values = {
        "gpus": f"*{kit.escape(reader.listed(list(data['gpus'])))}*",
        "who": who,
        "often": how_often(occurrences.read(data["rule"]), reader),
        "first": _first(data, reader),
        "last": reader.day(datetime.fromisoformat(data["last"])),
        "count": data["count"],
    }
    if "by" in data:
        return _overruled_news(kind, {**values, "by": kit.escape(str(data["by"]))}, reader)
    if kind is Kind.SERIES_CANCELLED:
        return reader.say("{gpus} · {who} cancelled {count} times, {first} to {last}; they are free again", **values)
    if kind is Kind.SERIES_CHANGED:
        return reader.say("{gpus} · {who} changed {count} times: {often}, {first} to {last}", **values)
    return reader.say("{gpus} booked by {who} {count} times: {often}, {first} to {last}", **values)


def _first(data: dict[str, Any], reader: Reader) -> str:
    """Thu 3 Dec, 09:00–12:00 CET: its day, and the hours of them all, of which little may be left on that day."""
    first = TimeRange.read(data["first"])
    hours = TimeRange.read(data["hours"]) if "hours" in data else first
    if hours.length >= timedelta(days=1):
        return reader.when(first)
    clocks = f"{reader.clocks(hours)} {reader.zone_name(first.start)}"
    return reader.say("{day}, {hours}", day=reader.day(first.start), hours=clocks)


def _overruled_news(kind: Kind, values: dict[str, Any], reader: Reader) -> str:
    """An admin did it; it need not be free for it."""
    if kind is Kind.SERIES_CANCELLED:
        return reader.say("{gpus} · {by} cancelled {count} of {who}’s series: {first} to {last}", **values)
    return reader.say("{gpus} · {by} changed {count} of {who}’s series: {often}, {first} to {last}", **values)


def overruled(data: dict[str, Any], reader: Reader) -> str:
    """To the holder: what an admin did to all that remained, and why."""
    told = data["series"]
    values = {
        "who": kit.escape(str(data["by"])),
        "why": kit.escape(str(data["why"])),
        "gpus": f"*{kit.escape(reader.listed(list(told['gpus'])))}*",
        "first": _first(told, reader),
        "last": reader.day(datetime.fromisoformat(told["last"])),
    }
    if data["action"] == facts.Action.CANCELLED:
        return reader.say_many(
            "{who} cancelled {count} time of your series: {gpus}, {first}\nWhy: {why}",
            "{who} cancelled {count} times of your series: {gpus}, {first} to {last}\nWhy: {why}",
            told["count"],
            **values,
        )
    return reader.say_many(
        "{who} changed {count} time of your series. Now: {gpus}, {first}\nWhy: {why}",
        "{who} changed {count} times of your series. Now: {gpus}, {first} to {last}\nWhy: {why}",
        told["count"],
        **values,
    )


def _what(recurrence: Recurrence, held: Sequence[facts.Reservation], reader: Reader) -> str:
    first, last = held[0], held[-1]
    gpus = dict.fromkeys(gpu for each in held for gpu in each.gpus)
    return reader.say(
        "{gpus} · {often}, {hours} {zone} · {first} – {last}{purpose}",
        gpus=booking.gpus(gpus, reader),
        often=how_often(recurrence, reader),
        hours=reader.clocks(last.range) if last.range.length < timedelta(days=1) else reader.hours(last.range),
        zone=reader.zone_name(last.range.start),
        first=reader.day(first.range.start),
        last=reader.day(last.range.start),
        purpose=kit.quoted(first.purpose),
    )


def _lines(skipped: Why, reader: Reader) -> list[str]:
    lines = [
        reader.say("• {when}: {why}", when=reader.when(each.range), why=kit.escape(why))
        for each, why in skipped[:MOST_LINES]
    ]
    more = len(skipped) - MOST_LINES
    return [*lines, reader.say("… and {count} more.", count=more)] if more > 0 else lines


def _cancel_all(series: facts.Series, reader: Reader) -> Block:
    return kit.button(
        reader.say("Cancel all that remain"),
        "cancel_series",
        carried.written(id=series.id),
        style="danger",
        confirm=kit.confirm(
            reader.say("Cancel all that remain?"),
            reader.say("Every time of this series that has not begun will be free for others."),
            reader.say("Cancel all"),
            reader.say("Keep them"),
        ),
    )
