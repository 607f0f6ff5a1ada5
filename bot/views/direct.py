"""What one person is told, in a direct message: reminders, offers, questions, with the buttons that help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.reader import Reader
from bot.views import booking, busy, hand_over, kit, series, waitlist
from bot.views.kit import Block, Message
from core import facts
from core.facts import Action, State
from core.kinds import Kind
from core.outbox import Batch, Owed
from core.recipients import CHANNEL
from core.timerange import TimeRange


def to_holder(batch: Batch, reader: Reader, now: datetime) -> Message:
    """One message for everything that is due, each with its own buttons."""
    blocks: list[Block] = []
    spoken = []
    for owed in batch.of_reservations:
        said = _said(owed, reader, now)
        row = kit.actions(_buttons(owed, reader))
        blocks += [kit.section(said), *([row] if row else [])]
        spoken.append(said)
    return kit.message("\n".join(spoken), *blocks)


def _said(owed: Owed, reader: Reader, now: datetime) -> str:
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
    if "series" in owed.data:
        return series.overruled(owed.data, reader)
    was = TimeRange.read(owed.data["was"])
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
        return _right_after(after, reader)
    return reader.say(
        "Free until {start}, then {who}.",
        start=reader.moment(after.range.start),
        who=booking.keeper(after, reader),
    )


def _right_after(after: facts.Holding, reader: Reader) -> str:
    if after.maintenance:
        return reader.say("It is out of service right after that, so it cannot be extended. Please finish in time.")
    if after.holder.slack_id == reader.slack_id and after.offered_until is None:
        return reader.say("Your next booking begins right then.")
    return reader.say(
        "{who} is next, right after you, so it cannot be extended. Please finish in time.",
        who=booking.keeper(after, reader),
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
