"""Somebody fills the form: opened by command or button, for a new reservation or to change one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from bot import commands, errors, when
from bot.desk import Desk, Visit
from bot.listeners import book, home, series
from bot.reader import Reader
from bot.views import booking as booking_view
from bot.views import carried, kit, unread
from bot.views import form as view
from bot.views.booking import Echo
from bot.views.form import Filled, Origin
from core import booking, facts, inventory, limits, reservations, summary
from core.errors import (
    NoGpus,
    NoneWanted,
    NoOccurrence,
    PurposeTooLong,
    Refusal,
    TooManyGpus,
    TooManyOccurrences,
    UnclearGpu,
    UnknownGpu,
)
from core.facts import Hours, Repeats
from core.inventory import Wanted
from core.timerange import TimeRange

FIELD = {
    UnknownGpu: "gpus",
    UnclearGpu: "gpus",
    NoGpus: "gpus",
    NoneWanted: "gpus",
    TooManyGpus: "gpus",
    PurposeTooLong: "purpose",
    TooManyOccurrences: "until",
    NoOccurrence: "until",
}


class _Incomplete(Exception):  # noqa: N818 - an answer to the person, no malfunction
    """Neither a text nor a start with a length."""


class _NoEnd(Exception):  # noqa: N818 - the same
    """A series that nobody has said the end of."""


def register(app: App, _desk: Desk) -> None:
    @app.action(re.compile(r"open_form(:\d+)?"))
    def pressed(visit: Visit, action: dict[str, Any]) -> None:
        asked = carried.read(action.get("value") or "{}")
        start = datetime.fromtimestamp(float(asked["s"]), UTC) if "s" in asked else None
        open_new(visit, Wanted(names=tuple(asked.get("g", ())), count=int(asked.get("n", 1))), start)

    @app.global_shortcut("book_gpu")
    def anywhere(visit: Visit) -> None:
        _open_by_shortcut(visit, "")

    @app.message_shortcut("book_for_message")
    def at_message(visit: Visit, shortcut: dict[str, Any]) -> None:
        _open_by_shortcut(visit, _link(visit, shortcut))

    @app.action("change")
    def change_pressed(visit: Visit, action: dict[str, Any]) -> None:
        pressed = carried.read(action["value"])
        open_change(visit, int(pressed["id"]), int(pressed["v"]))

    @app.view(view.CALLBACK)
    def sent(visit: Visit, ack: Ack, view: dict[str, Any]) -> None:
        _submit(visit, ack, view)


def open_new(visit: Visit, wanted: Wanted, start: datetime | None = None, purpose: str = "") -> None:
    """Open a form, filled in as far as was said; where Slack gives no way to (a direct message), offer the button."""
    if visit.trigger_id is None:
        visit.offer_form(visit.reader.say("Write when, like `tomorrow 2pm for 3h`, or fill in the form:"))
        return
    _open_filled(visit, Origin(visit.response_url, wanted), start=start, purpose=purpose)


def _open_by_shortcut(visit: Visit, purpose: str) -> None:
    """From anywhere in Slack: at a message it is answered beside that, else in direct messages."""
    _open_filled(visit, Origin(visit.response_url, is_directly=not visit.response_url), purpose=purpose)


def _link(visit: Visit, shortcut: dict[str, Any]) -> str:
    """To the message; none where we may not see it."""
    try:
        answer = visit.desk.client.chat_getPermalink(
            channel=shortcut["channel"]["id"], message_ts=shortcut["message_ts"]
        )
    except SlackApiError:
        return ""
    return str(answer["permalink"])


def _open_filled(visit: Visit, origin: Origin, *, start: datetime | None = None, purpose: str = "") -> None:
    visit.hurried = True
    with visit.read() as work:
        gpus = inventory.gpus(work, visit.organization_id)
        use = summary.fair_use(work, visit.organization_id, visit.member.id)
        usual = limits.of(work, visit.organization_id, visit.member.id).usual
    if not gpus:
        raise NoGpus(None, gpus)
    visit.open_form(
        view.form(gpus, visit.reader, visit.now, origin, start=start, length=usual, use=use, purpose=purpose)
    )


def open_change(visit: Visit, reservation_id: int, version: int) -> None:
    """Open the form for one that is booked."""
    visit.hurried = True
    with visit.read() as work:
        gpus = inventory.gpus(work, visit.organization_id)
        held = reservations.changeable(work, visit.actor, reservation_id, version)
    origin = Origin(visit.response_url, reservation_id=held.id, version=held.version, start=held.range.start)
    visit.open_form(view.form(gpus, visit.reader, visit.now, origin, change=held))


def _submit(visit: Visit, ack: Ack, sent: dict[str, Any]) -> None:
    """Acknowledge with the outcome: mistakes at their field with everything kept, or closed and answered beside it."""
    filled, origin = _begun(view.filled(sent["state"]["values"])), Origin.unpacked(sent.get("private_metadata", ""))
    reader, written = visit.reader, "when" if filled.when else "start"
    try:
        message = _series(visit, filled, origin) or _once(visit, filled, origin)
    except _NoEnd:
        ack(response_action="errors", errors={"until" if filled.recurrence else "when": _no_end(filled, reader)})
    except _Incomplete:
        ack(response_action="errors", errors={"when": reader.say("Write when, or pick a start and a length.")})
    except when.Unreadable as unreadable:
        ack(response_action="errors", errors={"when": kit.plain(unread.words(unreadable, filled.when, reader))})
    except Refusal as refusal:
        field = FIELD.get(type(refusal), written)
        ack(response_action="errors", errors={field: errors.in_form(refusal, reader)})
    else:
        ack()
        if origin.reservation_id is None:
            message = book.with_fair_use(visit, message)
        _answer(visit, origin, message)


def _once(visit: Visit, filled: Filled, origin: Origin) -> kit.Message:
    time, echo, reader, rest = _time(visit, filled, origin)
    receipt = _carry_out(visit, filled, origin, time, filled.purpose or rest)
    return _outcome(receipt, reader, echo, origin)


def _series(visit: Visit, filled: Filled, origin: Origin) -> kit.Message | None:
    """Booked as a series, where one is chosen or written; what of it is taken is answered outside the form."""
    if origin.reservation_id is not None:
        return None
    read = _read_series(visit, filled)
    if read is not None:
        if read.last is None:
            raise _NoEnd
        repeats, rest = series.repeats_of(read), commands.purpose_in(read.rest)
    elif filled.recurrence:
        repeats, rest = _chosen_series(visit, filled, origin)
    else:
        return None
    return series.book(visit, _wanted(filled, origin), repeats, filled.purpose or rest)


def _read_series(visit: Visit, filled: Filled) -> when.Series | None:
    try:
        when.read(filled.when or "now for 1h", visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable as unreadable:
        if unreadable.repeats:
            return when.read_series(filled.when, visit.now, visit.member.zone, visit.member.language)
    return None


def _chosen_series(visit: Visit, filled: Filled, origin: Origin) -> tuple[Repeats, str]:
    """The time of the first occurrence, repeated as chosen, on the clocks of the zone it was said in."""
    time, _echo, reader, rest = _time(visit, filled, origin)
    if filled.until is None:
        raise _NoEnd
    start, end = reader.local(time.start), reader.local(time.end)
    recurrence = view.recurrence_of(filled.recurrence, start.date())
    days = (end.date() - start.date()).days
    hours = Hours(start.time(), end.time(), days, reader.zone)
    return Repeats(recurrence, start.date(), filled.until, hours), rest


def _no_end(filled: Filled, reader: Reader) -> str:
    if filled.recurrence:
        return reader.say("Pick the last day of the series.")
    return reader.say("Write until when, like `every weekday 9-12 until Dec 20`.")


def _begun(filled: Filled) -> Filled:
    """`since 13:00 until 18:00` says what the box says."""
    running, time = commands.split_running(filled.when)
    return replace(filled, when=time, running=running or filled.running)


def _time(visit: Visit, filled: Filled, origin: Origin) -> tuple[TimeRange, Echo, Reader, str]:
    """What was meant: the text where there is one, else start and length. Questions are wishes here."""
    if filled.when:
        reading = when.read(filled.when, visit.now, visit.member.zone, visit.member.language)
        reader = visit.reader.in_zone(reading.start.tzinfo)
        return (
            TimeRange(reading.start, reading.end),
            book.echo_of(visit, reading),
            reader,
            commands.purpose_in(reading.rest),
        )
    if filled.start is None or filled.length is None:
        raise _Incomplete
    start = origin.exactly(filled.start)
    return TimeRange(start, start + filled.length), Echo(), visit.reader, ""


def _wanted(filled: Filled, origin: Origin) -> Wanted:
    return Wanted(names=filled.gpus) if filled.gpus else origin.wanted


def _carry_out(visit: Visit, filled: Filled, origin: Origin, time: TimeRange, purpose: str) -> facts.Receipt:
    wanted = _wanted(filled, origin)
    with visit.begin() as work:
        if origin.reservation_id is None:
            return booking.reserve(
                work, visit.actor, wanted, time, purpose=purpose, running=filled.running, request_key=visit.key
            )
        return booking.change(
            work,
            visit.actor,
            origin.reservation_id,
            version=origin.version,
            wanted=wanted,
            wish=time,
            purpose=purpose,
            request_key=visit.key,
        )


def _outcome(receipt: facts.Receipt, reader: Reader, echo: Echo, origin: Origin) -> kit.Message:
    if origin.reservation_id is not None:
        return booking_view.changed(receipt, reader, replace(echo, clipped=receipt.clipped, rounded=receipt.rounded))
    return book.answer_to(receipt, reader, echo)


def _answer(visit: Visit, origin: Origin, message: kit.Message) -> None:
    """Where the form was opened, for that person's eyes: beside their command or message, directly, or on Home."""
    if origin.response_url:
        visit.answer_at(origin.response_url, message)
    elif origin.is_directly:
        visit.answer_directly(message)
    else:
        home.publish(visit, answer=message)
