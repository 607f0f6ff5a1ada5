"""Somebody changes one of theirs, or all that remain of a series: typed, or in the form of a series."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot import commands, errors, when
from bot.commands import Book, Change
from bot.desk import Desk, Visit
from bot.listeners import form, home, keep, show
from bot.listeners.series import in_words
from bot.reader import Reader
from bot.views import booking as booking_view
from bot.views import carried, kit, refusals, unread
from bot.views import form as form_view
from bot.views import series as view
from bot.views.booking import Echo
from bot.views.form import SeriesShown
from bot.views.series import Changes
from core import booking, facts, inventory, reservations, series
from core.errors import NoOccurrence, Refusal, SomeTaken, TooManyOccurrences
from core.facts import Hours
from core.inventory import Wanted
from core.timerange import TimeRange

Pressed = dict[str, Any]
_FIELD = {NoOccurrence: "weekdays", TooManyOccurrences: "weekdays"}


def register(app: App, _desk: Desk) -> None:
    @app.action("series_dates")
    def dates_pressed(visit: Visit, action: Pressed) -> None:
        with visit.read() as work:
            found = series.remaining(work, visit.actor, int(carried.read(action["value"])["id"]))
        visit.answer(view.dates(found, visit.reader) if found.remaining else view.nothing_remains(visit.reader))

    @app.action("series_date")
    def date_chosen(visit: Visit, action: Pressed) -> None:
        chosen = carried.read(action["selected_option"]["value"])
        with visit.read() as work:
            held = reservations.changeable(work, visit.actor, int(chosen["id"]), int(chosen["v"]))
        visit.answer(booking_view.state(held, visit.reader))

    @app.action("change_series")
    def change_pressed(visit: Visit, action: Pressed) -> None:
        _open(visit, int(carried.read(action["value"])["id"]))

    @app.action("change_others")
    def others_pressed(visit: Visit, action: Pressed) -> None:
        visit.answer(_change_all(visit, Changes.unpacked(action["value"]), skip=True))

    @app.view(form_view.SERIES)
    def sent(visit: Visit, ack: Ack, view: Pressed) -> None:
        _submit(visit, ack, view)


def typed(visit: Visit, wish: Change) -> None:
    if wish.whole:
        _typed_for_all(visit, wish)
    else:
        _typed_for_one(visit, wish)


# --- one ---


def _typed_for_one(visit: Visit, wish: Change) -> None:
    if keep.answered(visit):
        return
    held = keep.meant(visit, wish.names, when=wish.when, running_first=False)
    if held is None:
        return
    if wish.to is None:
        _open_one(visit, held)
        return
    try:
        reading = _reading(visit, wish.to.when, held) if wish.to.when else None
    except when.Unreadable as unreadable:
        visit.answer(kit.message("✗ " + unread.words(unreadable, wish.to.when, visit.reader)))
        return
    time = TimeRange(reading.start, reading.end) if reading else held.range
    visit.answer(_change_one(visit, held, time, wish.to, reading))


def _open_one(visit: Visit, held: facts.Reservation) -> None:
    if visit.trigger_id is None:  # Slack lets a message open no form
        visit.answer(booking_view.state(held, visit.reader))
    else:
        form.open_change(visit, held.id, held.version)


def _reading(visit: Visit, text: str, held: facts.Reservation) -> when.Reading:
    """Hours alone are meant on the day that it starts on."""
    day = visit.reader.local(held.range.start).date()
    try:
        return when.read(f"{day.isoformat()} {text}", visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable:
        return when.read(text, visit.now, visit.member.zone, visit.member.language)


def _change_one(
    visit: Visit, held: facts.Reservation, time: TimeRange, to: Book, reading: when.Reading | None
) -> kit.Message:
    reader = visit.reader.in_zone(reading.start.tzinfo if reading else None)
    purpose = to.purpose or (commands.purpose_in(reading.rest) if reading else "") or held.purpose
    try:
        with visit.begin() as work:
            receipt = booking.change(
                work,
                visit.actor,
                held.id,
                version=None,
                wanted=_wanted(to) or Wanted.of(held.gpus),
                wish=time,
                purpose=purpose,
                request_key=visit.key,
            )
    except Refusal as refusal:
        return refusals.not_changed(held, refusal, errors.words(refusal, reader), reader)
    return booking_view.changed(receipt, reader, Echo(clipped=receipt.clipped, rounded=receipt.rounded))


def _wanted(to: Book) -> Wanted | None:
    """Which GPUs were said; None: none."""
    return None if to.wanted == Wanted() else to.wanted


# --- all of a series ---


def _typed_for_all(visit: Visit, wish: Change) -> None:
    with visit.read() as work:
        held = [each for each, _ in show.held_by(work, visit)]
        found = [each for each in series.held_by(work, visit.organization_id, held) if each.remaining]
    if not found:
        visit.answer(view.none(visit.reader))
    elif len(found) > 1:
        visit.answer(view.which_series(found, visit.reader))
    elif wish.to is None:
        _open_all(visit, found[0])
    else:
        _typed_to(visit, found[0], wish.to)


def _open_all(visit: Visit, found: facts.Series) -> None:
    if visit.trigger_id is None:
        visit.answer(view.which_series([found], visit.reader))
    else:
        _open(visit, found.id)


def _typed_to(visit: Visit, found: facts.Series, to: Book) -> None:
    reading = None
    days = _days_in(visit, to.when) if to.when else None
    if days is not None:
        _to_days(visit, found, to, *days)
        return
    try:
        if to.when:  # whatever day, as hours alone may be over for today
            reading = when.read(f"tomorrow {to.when}", visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable as unreadable:
        visit.answer(kit.message("✗ " + unread.words(unreadable, to.when, visit.reader)))
        return
    purpose = to.purpose or (commands.purpose_in(reading.rest) if reading else "")
    hours = _hours(reading) if reading else None
    visit.answer(_change_all(visit, Changes(found.id, hours, _wanted(to), purpose or None)))


def _days_in(visit: Visit, text: str) -> tuple[when.Series, bool] | None:
    """The weekdays that are said, and whether hours are said with them; None: none are."""
    for hours in ("", " 9-10"):
        for said in (text, f"every {text}"):
            try:
                read = when.read_series(f"{said}{hours}", visit.now, visit.member.zone, visit.member.language)
            except when.Unreadable:
                continue
            if said == text or read.unit == "week":  # `2 hours later` names no days, whatever is put before it
                return read, not hours
    return None


def _to_days(visit: Visit, found: facts.Series, to: Book, read: when.Series, has_hours: bool) -> None:
    if read.last is not None or read.interval not in {1, found.recurrence.interval}:
        visit.answer(view.stays(visit.reader))
        return
    hours = Hours(read.start, read.end, read.end_days, read.tz) if has_hours else None
    weekdays = read.weekdays or tuple(range(7))
    purpose = to.purpose or commands.purpose_in(read.rest)
    visit.answer(_change_all(visit, Changes(found.id, hours, _wanted(to), purpose or None, weekdays)))


def _hours(reading: when.Reading) -> Hours:
    days = (reading.end.date() - reading.start.date()).days
    assert reading.start.tzinfo is not None
    return Hours(reading.start.time(), reading.end.time(), days, reading.start.tzinfo)


def _change_all(visit: Visit, changes: Changes, *, skip: bool = False) -> kit.Message:
    reader = visit.reader.in_zone(changes.hours.zone if changes.hours else None)
    try:
        with visit.begin() as work:
            receipt = series.change(
                work,
                visit.actor,
                changes.series_id,
                hours=changes.hours,
                weekdays=changes.weekdays,
                wanted=changes.wanted,
                purpose=changes.purpose,
                skip=skip,
                request_key=visit.key,
            )
    except SomeTaken as refusal:
        return view.some_unchanged(len(refusal.free), in_words(refusal.refused, reader), changes, reader)
    return view.changed(receipt, in_words(receipt.skipped, reader), reader)


def _open(visit: Visit, series_id: int) -> None:
    visit.hurried = True
    with visit.read() as work:
        gpus = inventory.gpus(work, visit.organization_id)
        found = series.remaining(work, visit.actor, series_id)
    if not found.remaining:
        visit.answer(view.nothing_remains(visit.reader))
    else:
        visit.open_form(form_view.series_form(gpus, found, visit.reader, visit.response_url))


def _submit(visit: Visit, ack: Ack, sent: dict[str, Any]) -> None:
    """Mistakes at their field; what of it cannot be had is answered outside the form, with the rest at a tap."""
    shown = SeriesShown.unpacked(sent.get("private_metadata", ""))
    changes = _changes(shown, form_view.filled(sent["state"]["values"]), visit.reader)
    try:
        message = _change_all(visit, changes)
    except Refusal as refusal:
        field = _FIELD.get(type(refusal)) or form.FIELD.get(type(refusal), "from")
        ack(response_action="errors", errors={field: kit.plain(errors.words(refusal, visit.reader))})
        return
    ack()
    if shown.response_url:
        visit.answer_at(shown.response_url, message)
    else:
        home.publish(visit, answer=message)


def _changes(shown: SeriesShown, filled: form_view.Filled, reader: Reader) -> Changes:
    """What differs from what was shown."""
    hours = wanted = purpose = None
    if filled.clocks and filled.clocks != shown.clocks:
        start, end = filled.clocks
        days = shown.days if shown.days > 1 else int(end <= start)
        hours = Hours(start, end, days, reader.zone)
    if set(filled.gpus) != set(shown.gpus):
        wanted = Wanted(names=filled.gpus) if filled.gpus else shown.wanted
    if filled.purpose != shown.purpose:
        purpose = filled.purpose
    weekdays = filled.weekdays if set(filled.weekdays) != set(shown.weekdays) else None
    return Changes(shown.series_id, hours, wanted, purpose, weekdays)
