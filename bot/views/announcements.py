"""What the lab's channel is told of bookings, in one line each."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.reader import Reader
from bot.views import booking, busy, kit, nodes, series
from bot.views.kit import Message
from core import facts
from core.facts import Action, State
from core.kinds import Kind
from core.outbox import Batch, Owed
from core.timerange import TimeRange


@dataclass(frozen=True)
class _Line:
    """What one line tells: a notice of these GPUs; of a start, whose end left it some, and what else that left free."""

    owed: Owed
    gpus: tuple[facts.Gpu, ...]
    givers: tuple[Owed, ...] = ()
    freed: tuple[facts.Gpu, ...] = ()


Values = dict[str, Any]  # what sentences are filled in with; `count`, of how many GPUs
_LATE = timedelta(minutes=2)
_DAY = "{date_short_pretty} {time}"
_TIME = "{time}"
_MANY = 4  # GPUs, beyond which they are told by their nodes
_NAMES = 400  # characters


def to_channel(batch: Batch, reader: Reader, now: datetime) -> Message:
    """One message for everything that is due, a line each; an end and the start that follows at once share a line."""
    told = _lines(batch.lines)
    lines = [_line(each, reader, now, spoken=False) for each in told]
    spoken = [_line(each, reader, now, spoken=True) for each in told]
    manage = kit.button(reader.say("Manage mine"), "show_mine") if len(lines) > 1 else None
    begun = [owed.reservation.id for owed in batch.lines if owed.is_taken_over]
    still_busy = busy.button(begun, reader) if begun else None
    return kit.message("\n".join(spoken), *kit.sections(lines), kit.actions([manage, still_busy]))


def _lines(owed: Sequence[Owed]) -> list[_Line]:
    """One for each notice; an end has none where all its GPUs go on to somebody else at once, who is told of that."""
    ends = [each for each in owed if each.kind is Kind.END]
    starts = [each for each in owed if each.kind is Kind.START]
    lines = []
    for each in owed:
        if each.kind is Kind.START:
            givers = [end for end in ends if _is_handed_over(end, each)]
            last_of = [end for end in givers if [start for start in starts if _is_handed_over(end, start)][-1] is each]
            freed = tuple(gpu for end in last_of for gpu in _left_over(end, starts))
            lines.append(_Line(each, each.reservation.gpus, tuple(givers), freed))
        elif each.kind is not Kind.END:
            lines.append(_Line(each, each.reservation.gpus))
        elif (rest := _left_over(each, starts)) and not any(_is_handed_over(each, start) for start in starts):
            lines.append(_Line(each, rest))
    return lines


def _is_handed_over(end: Owed, start: Owed) -> bool:
    """Whether others go on at once on GPUs that it ends on, or these go out of service, or come back."""
    before, after = end.reservation, start.reservation
    same_holder = before.holder.id == after.holder.id
    stays = before.maintenance is after.maintenance and (before.maintenance or same_holder)
    return _follows(start, end) and not stays


def _follows(start: Owed, end: Owed) -> bool:
    same_time = start.reservation.range.start == end.reservation.range.end
    return same_time and bool(set(start.reservation.gpus) & set(end.reservation.gpus))


def _left_over(end: Owed, starts: Iterable[Owed]) -> tuple[facts.Gpu, ...]:
    """Its GPUs that nobody holds at once, itself or another."""
    gone = {gpu for start in starts if _follows(start, end) for gpu in start.reservation.gpus}
    return tuple(gpu for gpu in end.reservation.gpus if gpu not in gone)


def _line(line: _Line, reader: Reader, now: datetime, *, spoken: bool) -> str:
    owed, held = line.owed, line.owed.reservation
    values: Values = {
        "gpus": _bold(line.gpus, reader),
        "count": len(line.gpus),
        "who": kit.escape(held.holder.name),
        "when": _when(held.range, reader, spoken=spoken),
        "end": _instant(held.range.end, reader, _end_form(held.range), spoken=spoken),
        "purpose": kit.quoted(held.purpose),
    }
    told_at = owed.told_at or now
    return _sentence(line, reader, values, spoken=spoken) + lateness(owed.due_at, reader, told_at, spoken=spoken)


def _sentence(line: _Line, reader: Reader, values: Values, *, spoken: bool) -> str:
    owed = line.owed
    if owed.kind is Kind.DETAILS:
        return _details(owed, reader, values, spoken=spoken)
    if line.givers:
        who = values["who"] if spoken else kit.mention(owed.reservation.holder)
        return _taken_over(line, reader, {**values, "next": who})
    if owed.reservation.maintenance:
        return _maintenance(owed, reader, values)
    if owed.kind is Kind.START:
        who = values["who"] if spoken else kit.mention(owed.reservation.holder)
        return reader.say_many(
            "▶ {gpus} is yours now, {who}, until {end}{purpose}",
            "▶ {gpus} are yours now, {who}, until {end}{purpose}",
            **{**values, "who": who},
        )
    if owed.kind is Kind.END:
        return _ended(owed, reader, values, spoken=spoken)
    return _news(owed, reader, values)


def _taken_over(line: _Line, reader: Reader, values: Values) -> str:
    """A start that follows at once on other people's ends, or on maintenance; who has it next is `next`."""
    givers = [end.reservation for end in line.givers if not end.reservation.maintenance]
    values = {**values, "who": kit.escape(reader.listed(list(dict.fromkeys(each.holder.name for each in givers))))}
    if not givers:
        said = reader.say_many(
            "▶ {gpus} is back in service and yours now, {next}, until {end}{purpose}",
            "▶ {gpus} are back in service and yours now, {next}, until {end}{purpose}",
            **values,
        )
    elif line.owed.reservation.maintenance:
        said = reader.say_many(
            "⚒ {gpus}: {who}’s time has ended; it is out of service until {end}{purpose}",
            "⚒ {gpus}: {who}’s time has ended; they are out of service until {end}{purpose}",
            **values,
        )
    else:
        said = _gone_over(line, {gpu for each in givers for gpu in each.gpus}, reader, values)
    if not line.freed:
        return said
    freed = _bold(line.freed, reader)
    return said + reader.say_many(" · {gpus} is free", " · {gpus} are free", len(line.freed), gpus=freed)


def _gone_over(line: _Line, given: Container[facts.Gpu], reader: Reader, values: Values) -> str:
    more = [gpu for gpu in line.gpus if gpu not in given]
    gone = [gpu for gpu in line.gpus if gpu in given]
    values = {**values, "gpus": _bold(gone, reader), "count": len(gone), "more": _bold(more, reader)}
    if more:
        return reader.say_many(
            "⇄ {gpus} goes from {who} to {next}, with {more} as well, until {end}{purpose}",
            "⇄ {gpus} go from {who} to {next}, with {more} as well, until {end}{purpose}",
            **values,
        )
    return reader.say_many(
        "⇄ {gpus} goes from {who} to {next}, until {end}{purpose}",
        "⇄ {gpus} go from {who} to {next}, until {end}{purpose}",
        **values,
    )


def _maintenance(owed: Owed, reader: Reader, values: Values) -> str:
    match owed.kind:
        case Kind.START:
            return reader.say_many(
                "⚒ {gpus} is out of service until {end}{purpose}",
                "⚒ {gpus} are out of service until {end}{purpose}",
                **values,
            )
        case Kind.END | Kind.FREED:
            return reader.say_many("{gpus} is back in service", "{gpus} are back in service", **values)
        case Kind.CANCELLED:
            return reader.say_many(
                "{gpus} stays in service: {who} called off what was planned for {when}",
                "{gpus} stay in service: {who} called off what was planned for {when}",
                **values,
            )
        case _:
            return reader.say("⚒ {gpus} will be out of service {when}{purpose}", **values)


def _news(owed: Owed, reader: Reader, values: Values) -> str:
    if owed.kind in {Kind.SERIES_BOOKED, Kind.SERIES_CHANGED, Kind.SERIES_CANCELLED}:
        return series.news(owed.kind, owed.data, str(values["who"]), reader)
    match owed.kind:
        case Kind.CHANGED:
            return reader.say("{gpus} · {who}’s booking is now {when}{purpose}", **values)
        case Kind.HANDED_OVER:
            values["giver"] = kit.escape(str(owed.data.get("giver", "")))
            return reader.say_many(
                "⇄ {gpus} · {giver} has handed it over to {who}: {when}{purpose}",
                "⇄ {gpus} · {giver} has handed them over to {who}: {when}{purpose}",
                **values,
            )
        case Kind.CANCELLED:
            return _cancelled(owed, reader, values)
        case Kind.FREED:
            return _given_back(owed, reader, {**values, **_freed(owed, reader)})
        case _:
            return reader.say("{gpus} booked by {who} · {when}{purpose}", **values)


def _cancelled(owed: Owed, reader: Reader, values: Values) -> str:
    if _is_overruled(owed):
        return reader.say("{gpus} · {who}’s booking {when} was cancelled", **values)
    return reader.say_many(
        "{gpus} · {who} cancelled {when}; it is free again",
        "{gpus} · {who} cancelled {when}; they are free again",
        **values,
    )


def _given_back(owed: Owed, reader: Reader, values: Values) -> str:
    if _is_overruled(owed):
        return reader.say("{gpus} · taken back from {who} early", **values)
    return reader.say_many(
        "{gpus} is free again: {who} gave it back early", "{gpus} are free again: {who} gave them back early", **values
    )


def _is_overruled(owed: Owed) -> bool:
    """Whether it was an admin who did it; who, and why, is said where details are. It need not be free for it."""
    return bool(owed.data.get("overruled"))


def _details(owed: Owed, reader: Reader, values: Values, *, spoken: bool) -> str:
    """Who changed somebody else's booking, and why."""
    before = TimeRange.read(owed.data["was"])
    values = {
        **values,
        "by": kit.escape(str(owed.data["by"])),
        "why": kit.escape(str(owed.data["why"])),
        "had": f"*{kit.escape(reader.listed(list(owed.data['gpus'])))}*",
        "was": _when(before, reader, spoken=spoken),
    }
    match Action(owed.data["action"]):
        case Action.CANCELLED if owed.reservation.state is State.CANCELLED:
            return reader.say("{by} cancelled {who}’s booking: {had}, {was}\nWhy: {why}", **values)
        case Action.RELEASED if owed.reservation.state is State.OVER:
            return reader.say("{by} ended {who}’s booking: {had}, {was}\nWhy: {why}", **values)
        case _:
            return reader.say(
                "{by} changed {who}’s booking, which was {had}, {was}. It is now {gpus}, {when}\nWhy: {why}", **values
            )


def _ended(owed: Owed, reader: Reader, values: Values, *, spoken: bool) -> str:
    said = reader.say_many(
        "■ {gpus} is free: {who}’s time has ended", "■ {gpus} are free: {who}’s time has ended", **values
    )
    if owed.data.get("early") and _is_overruled(owed):
        said = reader.say("■ {gpus} · {who}’s time was ended early", **values)
    elif owed.data.get("early"):
        said = reader.say_many(
            "■ {gpus} is free: {who} has ended early", "■ {gpus} are free: {who} has ended early", **values
        )
    return said + _next(owed.room.next, reader, spoken=spoken) if owed.room.next else said


def _next(held: facts.Holding, reader: Reader, *, spoken: bool) -> str:
    """What comes after an end."""
    who, start = kit.escape(held.holder.name), _instant(held.range.start, reader, _DAY, spoken=spoken)
    if held.maintenance:
        return reader.say(" · out of service from {start}", start=start)
    if held.offered_until:
        until = _instant(held.offered_until, reader, _TIME, spoken=spoken)
        return reader.say(" · offered to {who} until {until}", who=who, until=until)
    return reader.say(" · next {who}, {start}", who=who, start=start)


def _freed(owed: Owed, reader: Reader) -> Values:
    numbers = set(owed.data.get("gpus", []))
    freed = [slot.gpu for slot in owed.reservation.slots if slot.gpu.id in numbers]
    return {"gpus": _bold(freed, reader), "count": len(freed)}


def _bold(gpus: Iterable[facts.Gpu], reader: Reader) -> str:
    """GPU0, GPU1; many of them by their nodes: lab-node-1 0–7, lab-node-2 0–3."""
    listed = list(gpus)
    if len(listed) <= _MANY:
        return f"*{booking.names(listed, reader)}*"
    by_node: dict[str, list[facts.Gpu]] = {}
    for gpu in listed:
        by_node.setdefault(gpu.node, []).append(gpu)
    found = [f"{kit.escape(node)} {nodes.numbers(several, reader)}" for node, several in by_node.items()]
    return f"*{kit.clip_marked(reader.listed(found), _NAMES)}*"


def _when(time: TimeRange, reader: Reader, *, spoken: bool) -> str:
    if spoken:
        return reader.when(time)
    start = _instant(time.start, reader, _DAY, spoken=False)
    return f"{start} – {_instant(time.end, reader, _end_form(time), spoken=False)}"


def _end_form(time: TimeRange) -> str:
    """The clock alone for an end that is near its start; readers' days differ, so this goes by length."""
    return _TIME if time.length <= timedelta(hours=12) else _DAY


def _instant(instant: datetime, reader: Reader, form: str, *, spoken: bool) -> str:
    written = f"{reader.moment(instant)} {reader.zone_name(instant)}"
    return written if spoken else kit.token(instant, form, written)


def lateness(due_at: datetime, reader: Reader, now: datetime, *, spoken: bool) -> str:
    """Said behind what comes later than it should."""
    if now - due_at < _LATE:
        return ""
    due = _instant(due_at, reader, _TIME, spoken=spoken)
    return reader.say(" (late: this was due at {due})", due=due)
