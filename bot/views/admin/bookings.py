"""Everybody's bookings, and what an admin changes of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reader import Reader
from bot.views import booking, carried, kit
from bot.views.admin import form
from bot.views.admin.form import Origin
from bot.views.kit import Block, Message
from core import facts

OVERRULE = "admin_overrule"
_SHOWN = 15
_LEFT_SHOWN = 10


def everybodys(held: Sequence[facts.Reservation], reader: Reader) -> Message:
    """Everybody's that run or are to come."""
    if not held:
        return kit.message(reader.say("Nobody holds anything, now or later."))
    said = reader.say_many("{count} booking runs or is to come.", "{count} bookings run or are to come.", len(held))
    blocks = [block for each in held[:_SHOWN] for block in _card(each, reader)]
    more = len(held) - _SHOWN
    rest = kit.context(reader.say("… and {count} more.", count=more)) if more > 0 else None
    return kit.message(said, kit.section(f"*{said}*"), *blocks, rest)


def left_behind(held: Sequence[facts.Reservation], reader: Reader) -> list[Block]:
    if not held:
        return []
    said = reader.say("These are held by people whose accounts are deactivated:")
    shown = [block for each in held[:_LEFT_SHOWN] for block in _card(each, reader, _give_back(each, reader))]
    more = len(held) - _LEFT_SHOWN
    rest = [kit.context(reader.say("… and {count} more.", count=more))] if more > 0 else []
    return [kit.section(f"*{said}*"), *shown, *rest]


def given_back(held: facts.Reservation, reader: Reader) -> str:
    return reader.say(
        "✓ Given back: {who}, {what}", who=kit.escape(held.holder.name), what=booking.headline(held, reader)
    )


def _give_back(held: facts.Reservation, reader: Reader) -> Block:
    return kit.button(reader.say("Give it back"), "admin:give_back", carried.reservation(held), style="danger")


def _card(held: facts.Reservation, reader: Reader, *buttons: Block) -> list[Block]:
    line = f"{kit.escape(held.holder.name)} · {booking.headline(held, reader)}"
    change = kit.button(reader.say("Change or cancel…"), "admin:overrule", carried.reservation(held))
    return [kit.section(line), kit.actions([*buttons, change]) or kit.divider()]


def modal(held: facts.Reservation, series: facts.Series | None, reader: Reader, origin: Origin) -> Block:
    """Where it is one of a `series`, the same can be done to all that remain of it."""
    hint = reader.say("A new time, like “today 13:00-15:00”. Empty: as it is.")
    give_back = reader.say("End it now") if held.state is facts.State.RUNNING else reader.say("Cancel it")
    return form.modal(
        OVERRULE,
        reader.say("Change for somebody"),
        reader,
        origin,
        kit.section(f"{kit.escape(held.holder.name)} · {booking.headline(held, reader)}"),
        kit.field("when", reader.say("When"), form.text("", 300), optional=True, hint=hint),
        kit.field(
            "gpus",
            reader.say("GPUs"),
            form.text("", 300),
            optional=True,
            hint=reader.say("Like GPU1. Empty: as they are."),
        ),
        form.ticked("drop", reader.say("Or give it back"), give_back, False),
        *([_whole(series, reader)] if series is not None and len(series.remaining) > 1 else []),
        kit.field("why", reader.say("Why"), form.text("", 500), hint=reader.say("The holder reads it.")),
    )


def _whole(series: facts.Series, reader: Reader) -> Block:
    what = reader.say_many("Do so to the one that remains", "Do so to all {count} that remain", len(series.remaining))
    return form.ticked("whole", reader.say("It is one of a series"), what, False)
