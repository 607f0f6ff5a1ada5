"""What the outbox says: to the lab's channel in one line each, to a holder with the buttons that help."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.reader import Reader
from bot.views import booking, busy, hand_over, kit, series, waitlist
from bot.views.kit import Block, Message
from core import facts
from core.facts import Action, State
from core.notices import Batch, Kind, Owed
from core.recipients import CHANNEL
from core.timerange import TimeRange

_LATE = timedelta(minutes=2)
_DAY = "{date_short_pretty} {time}"
_TIME = "{time}"


def to_channel(batch: Batch, reader: Reader, now: datetime) -> Message:
    """One message for everything that is due, a line each; an end and the start that follows at once share a line."""
    handed_over = _hand_overs(batch.of_reservations)
    lines, spoken = [], []
    for owed in batch.of_reservations:
        if owed.id in handed_over.values():
            continue
        next_one = next((each for each in batch.of_reservations if each.id == handed_over.get(owed.id)), None)
        lines.append(_line(owed, next_one, reader, now, spoken=False))
        spoken.append(_line(owed, next_one, reader, now, spoken=True))
    manage = kit.button(reader.say("Manage mine"), "show_mine") if len(lines) > 1 else None
    begun = [owed.reservation.id for owed in batch.of_reservations if owed.is_taken_over]
    still_busy = busy.button(begun, reader) if begun else None
    return kit.message("\n".join(spoken), *kit.sections(lines), kit.actions([manage, still_busy]))


def to_holder(batch: Batch, reader: Reader, now: datetime) -> Message:
    """The same for one person: each with its own buttons."""
    blocks: list[Block] = []
    spoken = []
    for owed in batch.of_reservations:
        said = _to_holder(owed, reader, now)
        row = kit.actions(_buttons(owed, reader))
        blocks += [kit.section(said), *([row] if row else [])]
        spoken.append(said)
    return kit.message("\n".join(spoken), *blocks)


def _hand_overs(owed: Iterable[Owed]) -> dict[int, int]:
    """Which end is followed at once by which start on one of its GPUs."""
    listed = list(owed)
    starts = [each for each in listed if each.kind is Kind.START]
    found: dict[int, int] = {}
    for end in (each for each in listed if each.kind is Kind.END):
        for start in starts:
            same_time = start.reservation.range.start == end.reservation.range.end
            same_gpus = set(start.reservation.gpus) == set(end.reservation.gpus)
            if same_time and same_gpus and start.id not in found.values():
                found[end.id] = start.id
                break
    return found


def _line(owed: Owed, next_one: Owed | None, reader: Reader, now: datetime, *, spoken: bool) -> str:
    held = owed.reservation
    if next_one and _stays_as_it_is(held, next_one.reservation):
        return _line(next_one, None, reader, now, spoken=spoken)
    values = {
        "gpus": f"*{booking.names(held.gpus, reader)}*",
        "who": kit.escape(held.holder.name),
        "when": _when(held, reader, spoken=spoken),
        "end": _instant(held.range.end, reader, _end_form(held), spoken=spoken),
        "purpose": kit.quoted(held.purpose),
    }
    return _sentence(owed, next_one, reader, values, spoken=spoken) + lateness(owed.due_at, reader, now, spoken=spoken)


def _stays_as_it_is(held: facts.Reservation, following: facts.Reservation) -> bool:
    """With them, or out of service."""
    same_holder = following.holder.id == held.holder.id
    return held.maintenance is following.maintenance and (held.maintenance or same_holder)


def _sentence(owed: Owed, next_one: Owed | None, reader: Reader, values: dict[str, str], *, spoken: bool) -> str:
    if next_one:
        return _handed_over(owed, next_one, reader, values, spoken=spoken)
    if owed.reservation.maintenance:
        return _maintenance(owed, reader, values)
    if owed.kind is Kind.START:
        who = values["who"] if spoken else kit.mention(owed.reservation.holder)
        return reader.say("▶ {gpus} is yours now, {who}, until {end}{purpose}", **values | {"who": who})
    if owed.kind is Kind.END:
        return _ended(owed, reader, values, spoken=spoken)
    return _news(owed, reader, values)


def _maintenance(owed: Owed, reader: Reader, values: dict[str, str]) -> str:
    match owed.kind:
        case Kind.START:
            return reader.say("⚒ {gpus} is out of service until {end}{purpose}", **values)
        case Kind.END | Kind.FREED:
            return reader.say("{gpus} is back in service", **values)
        case Kind.CANCELLED:
            return reader.say("{gpus} stays in service: {who} called off what was planned for {when}", **values)
        case _:
            return reader.say("⚒ {gpus} will be out of service {when}{purpose}", **values)


def _news(owed: Owed, reader: Reader, values: dict[str, str]) -> str:
    if owed.kind in {Kind.SERIES_BOOKED, Kind.SERIES_CHANGED, Kind.SERIES_CANCELLED}:
        return series.news(owed.kind, owed.data, values["who"], reader)
    match owed.kind:
        case Kind.CHANGED:
            return reader.say("{gpus} · {who}’s booking is now {when}{purpose}", **values)
        case Kind.HANDED_OVER:
            values["giver"] = kit.escape(str(owed.data.get("giver", "")))
            return reader.say("⇄ {gpus} · {giver} has handed it over to {who}: {when}{purpose}", **values)
        case Kind.CANCELLED:
            return reader.say("{gpus} · {who} cancelled {when}; it is free again", **values)
        case Kind.FREED:
            values["gpus"] = _freed(owed, reader)
            return reader.say("{gpus} is free again: {who} gave it back early", **values)
        case _:
            return reader.say("{gpus} booked by {who} · {when}{purpose}", **values)


def _handed_over(owed: Owed, next_one: Owed, reader: Reader, values: dict[str, str], *, spoken: bool) -> str:
    following = next_one.reservation
    values |= {
        "next": kit.escape(following.holder.name) if spoken else kit.mention(following.holder),
        "end": _instant(following.range.end, reader, _end_form(following), spoken=spoken),
        "purpose": kit.quoted(following.purpose),
    }
    if owed.reservation.maintenance:
        return reader.say("▶ {gpus} is back in service and yours now, {next}, until {end}{purpose}", **values)
    if following.maintenance:
        return reader.say("⚒ {gpus}: {who}’s time has ended; it is out of service until {end}{purpose}", **values)
    return reader.say("⇄ {gpus} goes from {who} to {next}, until {end}{purpose}", **values)


def _ended(owed: Owed, reader: Reader, values: dict[str, str], *, spoken: bool) -> str:
    said = reader.say("■ {gpus} is free: {who}’s time has ended", **values)
    if owed.data.get("early"):
        said = reader.say("■ {gpus} is free: {who} has ended early", **values)
    if owed.room.next is None:
        return said
    start = _instant(owed.room.next.range.start, reader, _DAY, spoken=spoken)
    return said + reader.say(" · next {who} at {start}", who=kit.escape(owed.room.next.holder.name), start=start)


def _to_holder(owed: Owed, reader: Reader, now: datetime) -> str:
    if owed.kind in _BETWEEN_PEOPLE:
        return _BETWEEN_PEOPLE[owed.kind](owed, reader)
    held = owed.reservation
    what = booking.summary(held, reader)
    match owed.kind:
        case Kind.BEFORE_START:
            left = reader.length(held.range.start - now)
            return reader.say("Starts in {left}: {what}", left=left, what=what)
        case Kind.UNDELIVERABLE:
            return _undeliverable(owed, reader, what)
        case Kind.OVERRULED:
            return _overruled(owed, reader, what)
        case _:
            left = reader.length(held.range.end - now)
            ends = reader.say("Ends in {left}: {what}", left=left, what=what)
            return f"{ends}\n{_after(owed, reader)}"


_BETWEEN_PEOPLE: dict[Kind, Callable[[Owed, Reader], str]] = {
    Kind.OFFERED: lambda owed, reader: waitlist.offered(owed.data, reader),
    Kind.OFFER_OVER: lambda owed, reader: waitlist.offer_over(owed.data, reader),
    Kind.TAKEN: lambda owed, reader: waitlist.taken(owed.reservation, reader),
    Kind.MOVED: lambda owed, reader: waitlist.moved(owed.reservation, owed.data, reader),
    Kind.ASKED: lambda owed, reader: hand_over.question(owed.data, reader),
    Kind.DECLINED: lambda owed, reader: hand_over.declined(owed.data, reader),
    Kind.LAPSED: lambda owed, reader: hand_over.lapsed(owed.data, reader),
    Kind.GONE: lambda owed, reader: hand_over.gone(owed.data, reader),
    Kind.STILL_BUSY: lambda owed, reader: busy.question(owed.data, reader),
    Kind.STOPPED: lambda owed, reader: busy.stopped(owed.data, reader),
    Kind.BUSY_LONGER: lambda owed, reader: busy.longer(owed.data, reader),
    Kind.HANDED_OVER: lambda owed, reader: hand_over.received(owed.reservation, str(owed.data["giver"]), reader),
}


def _overruled(owed: Owed, reader: Reader, what: str) -> str:
    """What an admin did to it, and why."""
    was = TimeRange(*(datetime.fromisoformat(instant) for instant in owed.data["was"]))
    values = {
        "who": kit.escape(str(owed.data["by"])),
        "why": kit.escape(str(owed.data["why"])),
        "was": reader.when(was),
        "what": what,
    }
    match Action(owed.data["action"]):
        case Action.CANCELLED if owed.reservation.state is State.CANCELLED:
            return reader.say("{who} cancelled your booking: {what}\nWhy: {why}", **values)
        case Action.RELEASED if owed.reservation.state is State.OVER:
            return reader.say("{who} ended your booking: {what}\nWhy: {why}", **values)
        case _:
            return reader.say("{who} changed your booking, which was {was}. Now: {what}\nWhy: {why}", **values)


def _undeliverable(owed: Owed, reader: Reader, what: str) -> str:
    failure = kit.escape(str(owed.data.get("failure", "")))
    if owed.data.get("whom") == CHANNEL:
        return reader.say(
            "I could not tell the lab's channel about {what}. Slack says: `{failure}`."
            " Invite me there with `/invite`, and run `python -m bot check`.",
            what=what,
            failure=failure,
        )
    return reader.say(
        "I could not tell {who} about {what}. Slack says: `{failure}`. Please see that they know.",
        who=kit.escape(owed.reservation.holder.name),
        what=what,
        failure=failure,
    )


def _after(owed: Owed, reader: Reader) -> str:
    after = owed.room.next
    if after is None:
        return reader.say("Nobody is booked after you.")
    if after.range.start == owed.reservation.range.end:
        return reader.say(
            "{who} is next, right after you, so it cannot be extended. Please finish in time.",
            who=booking.keeper(after, reader),
        )
    return reader.say(
        "Free until {start}, then {who}.",
        start=reader.moment(after.range.start),
        who=booking.person(after.holder, reader),
    )


def _buttons(owed: Owed, reader: Reader) -> list[Block]:
    held = owed.reservation
    match owed.kind:
        case Kind.BEFORE_START:
            return [booking.cancel_button(held, reader, reader.say("Release"))]
        case Kind.BEFORE_END | Kind.BEFORE_END_3H | Kind.BEFORE_END_24H:
            return [*booking.extend_buttons(held, reader, owed.room), booking.end_button(held, reader)]
        case Kind.HANDED_OVER | Kind.TAKEN | Kind.MOVED:
            return booking.buttons(held, reader, owed.room)
        case _:
            return _questions(owed, reader)


def _questions(owed: Owed, reader: Reader) -> list[Block]:
    """What can be answered."""
    match owed.kind:
        case Kind.ASKED:
            return hand_over.question_buttons(owed.data, reader)
        case Kind.STILL_BUSY:
            return busy.question_buttons(owed.data, reader)
        case Kind.OFFERED:
            return waitlist.offered_buttons(owed.reservation, owed.data, reader)
        case _:
            return []


def _freed(owed: Owed, reader: Reader) -> str:
    freed = set(owed.data.get("gpus", []))
    gpus = (slot.gpu for slot in owed.reservation.slots if slot.gpu.id in freed)
    return f"*{booking.names(gpus, reader)}*"


def _when(held: facts.Reservation, reader: Reader, *, spoken: bool) -> str:
    if spoken:
        return reader.when(held.range)
    start = _instant(held.range.start, reader, _DAY, spoken=False)
    return f"{start} – {_instant(held.range.end, reader, _end_form(held), spoken=False)}"


def _end_form(held: facts.Reservation) -> str:
    """The clock alone for an end that is near its start; readers' days differ, so this goes by length."""
    return _TIME if held.range.length <= timedelta(hours=12) else _DAY


def _instant(instant: datetime, reader: Reader, form: str, *, spoken: bool) -> str:
    written = f"{reader.moment(instant)} {reader.zone_name(instant)}"
    return written if spoken else kit.token(instant, form, written)


def lateness(due_at: datetime, reader: Reader, now: datetime, *, spoken: bool) -> str:
    """Said behind what comes later than it should."""
    if now - due_at < _LATE:
        return ""
    due = _instant(due_at, reader, _TIME, spoken=spoken)
    return reader.say(" (late: this was due at {due})", due=due)
