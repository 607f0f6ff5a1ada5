"""Somebody keeps theirs for longer, gives it back, or drops it: typed, or by a button."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from slack_bolt import App

from bot import when as times
from bot.commands import Cancel, End, Extend
from bot.desk import Desk, Visit
from bot.listeners import show
from bot.reader import Reader
from bot.views import booking as view
from bot.views import carried, kit
from bot.views import mine as mine_view
from bot.views.mine import Mine
from core import availability, booking, facts, inventory, requests, series
from core.facts import State
from core.timerange import TimeRange

Pressed = dict[str, Any]


def register(app: App, _desk: Desk) -> None:
    @app.action(re.compile(r"extend:\d+"))
    def extend_pressed(visit: Visit, action: Pressed) -> None:
        held, version, pressed = _pressed(action)
        _extend(visit, held, version, timedelta(seconds=float(pressed["by"])))

    @app.action("end")
    def end_pressed(visit: Visit, action: Pressed) -> None:
        held, version, _ = _pressed(action)
        _end(visit, held, version)

    @app.action("cancel")
    def cancel_pressed(visit: Visit, action: Pressed) -> None:
        held, version, _ = _pressed(action)
        _cancel(visit, held, version)


def extend_typed(visit: Visit, wish: Extend) -> None:
    if answered(visit):
        return
    length = _length(visit, wish.length)
    held = meant(visit, wish.names, running_first=True, extend_by=length)
    if held is None:
        return
    by = length or _until(visit, wish.length, held)
    if by is None or by <= timedelta(0):
        _ask_how_long(visit, held, wish.length, is_held_already=by is not None)
    else:
        _extend(visit, held.id, None, by)


def _until(visit: Visit, text: str, held: facts.Reservation) -> timedelta | None:
    """How much longer `until 18:00` is, seen from now, or from the start of what is still to come.

    Not above zero where it is held until then already; None where no such time can be read.
    """
    try:
        reading = times.read(text, max(visit.now, held.range.start), visit.member.zone, visit.member.language)
    except times.Unreadable:
        return None
    return None if reading.start_given else reading.end - held.range.end


def _length(visit: Visit, text: str) -> timedelta | None:
    try:
        return times.read_length(text, visit.reader.language)
    except times.Unreadable:
        return None


def end_typed(visit: Visit, wish: End) -> None:
    held = None if answered(visit) else meant(visit, wish.names, running_first=True)
    if held is not None:
        _end(visit, held.id, None, wish.names)


def cancel_typed(visit: Visit, wish: Cancel) -> None:
    held = None if answered(visit) else meant(visit, wish.names, when=wish.when, running_first=False)
    if held is not None:
        _cancel(visit, held.id, None, wish.names)


def answered(visit: Visit) -> bool:
    """The same command, delivered again: what it meant then may be over by now, so it is answered by what it did."""
    with visit.read() as work:
        done = requests.done(work, visit.actor, visit.key)
    if done is not None:
        visit.answer(view.state(done.reservation, visit.reader, done.room))
    return done is not None


def _extend(visit: Visit, reservation_id: int, version: int | None, by: timedelta) -> None:
    with visit.begin() as work:
        receipt = booking.extend(work, visit.actor, reservation_id, version=version, by=by, request_key=visit.key)
    visit.answer(view.extended(receipt, visit.reader))


def _end(visit: Visit, reservation_id: int, version: int | None, names: tuple[str, ...] = ()) -> None:
    with visit.begin() as work:
        receipt = booking.release(
            work, visit.actor, reservation_id, version=version, names=names, request_key=visit.key
        )
    visit.answer(view.ended(receipt, visit.reader))


def _cancel(visit: Visit, reservation_id: int, version: int | None, names: tuple[str, ...] = ()) -> None:
    with visit.begin() as work:
        receipt = booking.cancel(work, visit.actor, reservation_id, version=version, names=names, request_key=visit.key)
    visit.answer(view.ended(receipt, visit.reader))


def _pressed(action: Pressed) -> tuple[int, int, dict[str, Any]]:
    pressed = carried.read(action["value"])
    return int(pressed["id"]), int(pressed["v"]), pressed


def meant(
    visit: Visit,
    names: tuple[str, ...],
    *,
    running_first: bool,
    when: str = "",
    extend_by: timedelta | None = None,
) -> facts.Reservation | None:
    """The one reservation that a typed command means; asks which, and gives None, when that is not clear.

    `when` is the day or the time of it, as it was written. `extend_by` is what the buttons of that question offer,
    where it was said.
    """
    with visit.read() as work:
        held = show.held_by(work, visit)
        repeated = series.held_by(work, visit.organization_id, (each for each, _ in held))
    time = _time_in(visit, when) if when else None
    names = names if time or not when else (*names, *when.split())
    fitting = [(each, room) for each, room in held if _is_meant(each, names, time)]
    preferred = _of_state(fitting, State.RUNNING if running_first else State.UPCOMING) or fitting
    if len(preferred) == 1:
        return preferred[0][0]
    if preferred and running_first and extend_by is None and not _of_state(preferred, State.RUNNING):
        visit.answer(mine_view.none_running(preferred, visit.reader, repeated))
    elif preferred:
        visit.answer(mine_view.which(preferred, visit.reader, repeated, extend_by))
    else:
        visit.answer(_none_meant(visit, held, names, time, repeated))
    return None


def _time_in(visit: Visit, text: str) -> TimeRange | None:
    """The day, or the time of a day, that is written; None where none is."""
    try:
        reading = times.read(text, visit.now, visit.member.zone, visit.member.language)
    except times.Unreadable as unreadable:
        if unreadable.start is not None:
            return TimeRange(unreadable.start, unreadable.start + timedelta(minutes=1))
        return show.all_day(visit, unreadable.day) if unreadable.day else None
    return TimeRange(reading.start, reading.end)


def _is_meant(held: facts.Reservation, names: tuple[str, ...], time: TimeRange | None) -> bool:
    return (not names or _holds(held, names)) and (time is None or held.range.overlaps(time))


def _none_meant(
    visit: Visit, held: Mine, names: tuple[str, ...], time: TimeRange | None, repeated: Sequence[facts.Series]
) -> kit.Message:
    reader = visit.reader
    if not held:
        return mine_view.nothing(reader)
    if time is not None:
        said = reader.say("You have no such booking {when}.", when=reader.when(time))
    else:
        said = reader.say("You do not hold {gpus}.", gpus=kit.escape(", ".join(names)))
    return mine_view.listed(said, held, reader, repeated)


def _of_state(held: Mine, state: State) -> Mine:
    return [(each, room) for each, room in held if each.state is state]


def _holds(held: facts.Reservation, names: tuple[str, ...]) -> bool:
    wanted = {inventory.folded(name) for name in names}
    return all(any(name in inventory.names(gpu) for gpu in held.gpus) for name in wanted)


def _ask_how_long(visit: Visit, held: facts.Reservation, typed: str, *, is_held_already: bool = False) -> None:
    """No length, none that can be read, or a time until which it is held already: those that fit are offered."""
    with visit.read() as work:
        room = availability.room(work, visit.organization_id, held)
    has_buttons = held.state is State.RUNNING and bool(view.extend_buttons(held, visit.reader, room))
    said = _how_long(visit.reader, "" if is_held_already else typed, has_buttons=has_buttons)
    if is_held_already:
        already = visit.reader.say("You hold it until {end} already.", end=visit.reader.moment(held.range.end))
        said = visit.reader.sentences(already, said)
    visit.answer(view.state(held, visit.reader, room, said=said))


def _how_long(reader: Reader, typed: str, *, has_buttons: bool) -> str:
    text = kit.escape(kit.clip(typed, 80))
    if typed and has_buttons:
        return reader.say("“{text}” is no length of time. Write one like `2h`, or choose:", text=text)
    if typed:
        return reader.say("“{text}” is no length of time. Write one like `{command} extend 2h`.", text=text)
    if has_buttons:
        return reader.say("For how much longer?")
    return reader.say("For how much longer? Write it, like `{command} extend 2h`.")
