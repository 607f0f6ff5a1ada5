"""GPUs out of service: which, until when, and what that would lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from bot.reader import Reader
from bot.views import booking, carried, kit
from bot.views.admin import form
from bot.views.admin.form import Origin
from bot.views.kit import Block, Message
from bot.views.unread import words
from bot.when import Kind, Unreadable
from core import facts, policy
from core.facts import Displaced
from core.timerange import TimeRange

DOWN = "admin_down"


def modal(nodes: Sequence[facts.Node], gpus: Sequence[facts.Gpu], reader: Reader, origin: Origin) -> Block:
    """Which go out of service, whole nodes or GPUs, until when, and why."""
    offered = {reader.say("Whole nodes"): [kit.option(each.hostname, f"node:{each.id}") for each in nodes]}
    for node, several in groupby(gpus, key=lambda gpu: gpu.node):
        offered[node] = [kit.option(kit.of_gpu(each, each.model), f"gpu:{each.id}") for each in several]
    made = form.modal(
        DOWN,
        reader.say("Out of service"),
        reader,
        origin,
        kit.field("gpus", reader.say("GPUs"), {"type": "multi_static_select", **kit.options(offered)}),
        kit.field(
            "when",
            reader.say("When"),
            form.text("", 300),
            optional=True,
            hint=reader.say("Like “until tomorrow 10:00”, or “Fri 18:00 to Mon 9:00”."),
        ),
        form.ticked("for_good", reader.say("Or for good"), reader.say("Retire it"), False),
        kit.field(
            "why", reader.say("Why"), form.text("", policy.PURPOSE), hint=reader.say("Everybody concerned reads it.")
        ),
    )
    return {**made, "submit": kit.plain_text(reader.say("Look first"), 24)}


def rehearsed(found: facts.Maintenance, what: Mapping[str, Any], time: TimeRange | None, reader: Reader) -> Message:
    """What it would lead to, and the button that does it. `what` is what the button carries."""
    names = kit.escape(", ".join(what["g"]))
    if time is None:
        title = reader.say("{gpus} would be retired.", gpus=names)
    else:
        title = reader.say("{gpus} would be out of service {when}.", gpus=names, when=reader.when(time))
    lines = [_displaced(each, reader) for each in found.displaced]
    nobody = reader.say("Nobody has booked it then.")
    label = reader.say("Retire it") if time is None else reader.say("Take it out of service")
    value = carried.written(**what, m=found.mark)
    return kit.message(
        f"{title} {nobody if not lines else ''}".strip(),
        kit.section(f"*{title}*"),
        kit.section(reader.say("Whom this concerns, and what becomes of it:")) if lines else kit.section(nobody),
        *kit.sections(lines),
        kit.context(reader.say("Each of them is told, with the reason: {why}", why=kit.escape(what["p"])))
        if lines
        else None,
        kit.actions([kit.button(label, "admin:take_down", value, style="danger")]),
    )


def taken_down(found: facts.Maintenance, reader: Reader) -> Message:
    held = found.reservation
    if held is None:
        line = reader.say("✓ Retired.")
    else:
        line = reader.say("✓ Out of service: {what}", what=booking.summary(held, reader))
    told = reader.say_many("{count} booking was seen to.", "{count} bookings were seen to.", len(found.displaced))
    return kit.message(
        line,
        kit.section(line),
        kit.context(told) if found.displaced else None,
        kit.actions(booking.buttons(held, reader)) if held else None,
    )


def unclear(reader: Reader) -> Message:
    return kit.message(
        reader.say("Write which GPU, for how long and why: `{command} admin down GPU0 until tomorrow 10:00 fan noise`.")
    )


def unread(unreadable: Unreadable, text: str, reader: Reader) -> Message:
    """Some time is said, and it is not clear which."""
    if unreadable.kind in {Kind.TOO_VAGUE, Kind.AMBIGUOUS}:
        return kit.message(
            "✗ "
            + reader.say(
                "From when until when is not clear."
                " Write it like `{command} admin down GPU0 tomorrow 13:00-18:00 fan noise`."
            )
        )
    return kit.message("✗ " + words(unreadable, text, reader))


def unclear_retirement(reader: Reader) -> Message:
    return kit.message(reader.say("Write which GPU and why: `{command} admin retire GPU0 sold`."))


def _displaced(each: Displaced, reader: Reader) -> str:
    values = {
        "who": kit.escape(each.before.holder.name),
        "was": f"{booking.names(each.before.gpus, reader)} {reader.when(each.before.range)}",
        "now": f"{booking.names(each.after.gpus, reader)} {reader.when(each.after.range)}",
    }
    match each.kind:
        case Displaced.Kind.MOVED if (models := _models(each.after)) != _models(each.before):
            values |= {"instead": ", ".join(models), "usual": ", ".join(_models(each.before))}
            return reader.say("• {who}: {was} moves to {now}, another model: {instead} instead of {usual}", **values)
        case Displaced.Kind.MOVED:
            return reader.say("• {who}: {was} moves to {now}", **values)
        case Displaced.Kind.SHORTENED:
            return reader.say("• {who}: {was} ends earlier: {now}", **values)
        case _:
            return reader.say("• {who}: {was} is given back, since nothing else is free", **values)


def _models(held: facts.Reservation) -> list[str]:
    return sorted({kit.escape(gpu.model) for gpu in held.gpus})
