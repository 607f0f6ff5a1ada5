"""One reservation: the answer to booking it, how it stands, and the buttons that its holder has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.reader import Reader
from bot.views import carried, kit, nodes
from bot.views.kit import Block, Message
from core import facts
from core.facts import State
from core.inventory import Wanted
from core.timerange import TimeRange

MOST_NODES = 10
_FEW = 3  # GPUs that are named one by one
_STEPS = (
    # up to this length: extensions worth offering
    (timedelta(hours=2), (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))),
    (timedelta(hours=12), (timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))),
    (timedelta(days=2), (timedelta(hours=2), timedelta(hours=6), timedelta(hours=12))),
    (timedelta.max, (timedelta(hours=6), timedelta(days=1), timedelta(days=2))),
)

_SINCE = tuple(timedelta(minutes=minutes) for minutes in (0, 5, 10, 15, 30))
LEAST = timedelta(minutes=5)  # nothing shorter is worth a button


@dataclass(frozen=True)
class Echo:
    """What was understood beyond the plain range, each said only where it holds."""

    rolled: bool = False  # the end was taken to be on the next day
    clipped: bool = False  # it had begun, so it starts now
    assumed_zone: bool = False  # Slack could not tell the person's zone
    skipped: bool = False  # a local hour that does not exist
    doubled: bool = False  # a local hour that happens twice
    rounded: bool = False  # the lab rounds times


def booked(receipt: facts.Receipt, reader: Reader, echo: Echo) -> Message:
    held = receipt.reservation
    line = reader.say("✓ Booked {what}", what=summary(held, reader))
    return kit.message(
        line,
        kit.section(line),
        *(kit.context(note) for note in notes(reader, echo)),
        kit.section(shell(held.gpus)),
        kit.context(_afterwards(receipt, reader)),
        kit.actions(buttons(held, reader, receipt.room)),
    )


def booked_already(receipt: facts.Receipt, reader: Reader) -> Message:
    """The answer to a request that was carried out before: the same again."""
    if receipt.reservation.state is State.CANCELLED:
        return state(receipt.reservation, reader)
    return booked(receipt, reader, Echo())


def fair_use(use: facts.FairUse, reader: Reader) -> str:
    """My GPU time this week beside the lab's, in one line."""
    values = {
        "mine": reader.in_hours(use.mine),
        "share": round(100 * (use.mine / use.all)) if use.all else 0,
        "median": reader.in_hours(use.median),
    }
    if use.limit is not None:
        return reader.say(
            "Your GPU time this week: {mine} of {limit}, {share} % of the lab’s. The median is {median}.",
            limit=reader.in_hours(use.limit),
            **values,
        )
    return reader.say("Your GPU time this week: {mine}, {share} % of the lab’s. The median is {median}.", **values)


def with_fair_use(message: Message, use: facts.FairUse, reader: Reader, length: timedelta | None = None) -> Message:
    """The same message with that line above its buttons, and a hint where a `length` is far beyond what they use."""
    said = fair_use(use, reader)
    if use.usual is not None and length is not None and length > 2 * use.usual:
        said += " " + reader.say(
            "You usually use {usual}; what you give back early, others can have.", usual=reader.length(use.usual)
        )
    line = kit.context(said)
    at = len(message.blocks) - (message.blocks[-1]["type"] == "actions")
    return kit.Message(message.text, (*message.blocks[:at], line, *message.blocks[at:])[: kit.BLOCKS])


def card(
    held: facts.Reservation, reader: Reader, room: facts.Room | None = None, extend_by: timedelta | None = None
) -> list[Block]:
    """One reservation of one's own, in a list; with `extend_by`, that is what it may be extended by."""
    row = kit.actions(buttons(held, reader, room, extend_by))
    return [kit.section(headline(held, reader)), *([row] if row else [])]


def state(held: facts.Reservation, reader: Reader, room: facts.Room | None = None, *, said: str = "") -> Message:
    """What is true of a reservation now, with the buttons that apply."""
    line = headline(held, reader)
    return kit.message(
        f"{said} {line}".strip(),
        kit.section(said) if said else None,
        kit.section(line),
        kit.actions(buttons(held, reader, room)),
    )


def headline(held: facts.Reservation, reader: Reader) -> str:
    what = summary(held, reader)
    match held.state:
        case State.RUNNING:
            return reader.say("Running: {what}", what=what)
        case State.UPCOMING:
            return reader.say("Booked: {what}", what=what)
        case State.CANCELLED:
            return reader.say("Cancelled: {what}", what=what)
        case State.OVER:
            return reader.say("Over: {what}", what=what)
        case State.OFFERED:
            return reader.say("Offered to you: {what}", what=what)


def summary(held: facts.Reservation, reader: Reader) -> str:
    """GPU0 (RTX 5090) on lab-node-1 · Thu 3 Dec, 13:00–18:00 JST · 5 h · "thesis runs" """
    return reader.say(
        "{gpus} · {when} · {length}{purpose}",
        gpus=gpus(held.gpus, reader),
        when=reader.when(held.range),
        length=reader.length(held.range.length),
        purpose=kit.quoted(held.purpose),
    )


def gpus(held: Iterable[facts.Gpu], reader: Reader) -> str:
    """*GPU0* (RTX 5090) on lab-node-1; those of one node and model together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for gpu in held:
        groups.setdefault((gpu.node, gpu.model), []).append(gpu.label)
    return reader.listed(
        [
            reader.say(
                "*{names}* ({model}) on {node}",
                names=kit.escape(reader.listed(names)),
                model=kit.escape(model),
                node=kit.escape(node),
            )
            for (node, model), names in groups.items()
        ]
    )


def names(held: Iterable[facts.Gpu], reader: Reader) -> str:
    """GPU0, GPU1"""
    return kit.escape(reader.listed([gpu.name for gpu in held]))


def shell(held: Iterable[facts.Gpu]) -> str:
    """What to paste to work on exactly these GPUs, node by node."""
    by_node: dict[str, list[str]] = {}
    for gpu in held:
        digits = re.search(r"\d+$", gpu.label)
        by_node.setdefault(gpu.node, []).append(digits[0] if digits else gpu.label)
    commands = [
        f"ssh {node}\nexport CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES={','.join(numbers)}"
        for node, numbers in list(by_node.items())[:MOST_NODES]
    ]
    return f"```{kit.escape(chr(10).join(commands))}```"


def notes(reader: Reader, echo: Echo) -> list[str]:
    """What was understood, where it might surprise."""
    found = []
    if echo.clipped:
        found.append(reader.say("That time had begun already, so it starts now."))
    if echo.rolled:
        found.append(reader.say("The end was before the start, so I took it to be on the next day."))
    if echo.rounded:
        found.append(reader.say("The lab rounds times, so it became this one."))
    if echo.skipped:
        found.append(reader.say("The clocks go forward in between: that hour does not exist, so I moved on by it."))
    if echo.doubled:
        found.append(reader.say("The clocks go back in between: that hour comes twice, and I took the first."))
    if echo.assumed_zone:
        found.append(
            reader.say(
                "Slack did not tell me your time zone, so I took the lab's. Write one to be sure: `13:00-15:00 UTC`."
            )
        )
    return found


def buttons(
    held: facts.Reservation, reader: Reader, room: facts.Room | None = None, extend_by: timedelta | None = None
) -> list[Block]:
    """What its holder can do with it now."""
    value = carried.reservation(held)
    if held.state is State.OFFERED:
        return offer_buttons(held.id, reader)
    change = kit.button(reader.say("Change"), "change", value, spoken=reader.say("Change this booking"))
    by_that = step_buttons(held, [extend_by], reader) if extend_by else []
    if held.state is State.UPCOMING:
        return [*by_that, change, cancel_button(held, reader)]
    if held.state is State.RUNNING:
        return [*(by_that or extend_buttons(held, reader, room)), change, end_button(held, reader)]
    return []


def offer_buttons(offer_id: int, reader: Reader) -> list[Block]:
    """For what is held for them until they say whether they take it."""
    value = carried.written(id=offer_id)
    return [
        kit.button(reader.say("Take it"), "take_offer", value, style="primary"),
        kit.button(reader.say("Pass"), "pass_offer", value, spoken=reader.say("Pass it on to the next")),
    ]


def extend_buttons(held: facts.Reservation, reader: Reader, room: facts.Room | None) -> list[Block]:
    """Extensions that suit its length and fit before the next booking, the rest of the room when none does.

    Without `room`, nothing is known of who comes next, and nothing is offered.
    """
    if room is None:
        return []
    fitting = [step for step in steps(held) if step <= room.most]
    if not fitting and room.most >= LEAST:
        fitting = [room.most]
    return step_buttons(held, fitting, reader)


def steps(held: facts.Reservation) -> tuple[timedelta, ...]:
    return next(steps for limit, steps in _STEPS if held.range.length <= limit)


def step_buttons(held: facts.Reservation, steps: Sequence[timedelta], reader: Reader) -> list[Block]:
    return [
        extend_button(held, number, step, reader.say("+{length}", length=reader.in_whole_days(step)), reader)
        for number, step in enumerate(steps)
    ]


def extend_button(
    held: facts.Reservation, number: int, by: timedelta, label: str, reader: Reader, *, is_first: bool = False
) -> Block:
    return kit.button(
        label,
        f"extend:{number}",
        carried.reservation(held, by=by.total_seconds()),
        style="primary" if is_first else None,
        spoken=reader.say("Extend by {length}", length=reader.length(by)),
    )


def end_button(held: facts.Reservation, reader: Reader) -> Block:
    return kit.button(
        reader.say("End now"),
        "end",
        carried.reservation(held),
        style="danger",
        confirm=kit.confirm(
            reader.say("End it now?"),
            reader.say("{gpus} will be free for others at once.", gpus=reader.listed([gpu.name for gpu in held.gpus])),
            reader.say("End now"),
            reader.say("Keep it"),
        ),
    )


def cancel_button(held: facts.Reservation, reader: Reader, label: str | None = None) -> Block:
    return kit.button(
        label or reader.say("Cancel"),
        "cancel",
        carried.reservation(held),
        style="danger",
        spoken=reader.say("Cancel this booking"),
    )


def ended(receipt: facts.Receipt, reader: Reader) -> Message:
    held = receipt.reservation
    what = names(receipt.freed or held.gpus, reader)
    if held.state is State.CANCELLED:
        return kit.message(reader.say("✓ Cancelled: {what}", what=summary(held, reader)))
    if held.state is not State.OVER:
        said = reader.say("✓ Released {gpus}. You keep {rest}.", gpus=what, rest=names(held.gpus, reader))
        return state(held, reader, receipt.room, said=said)
    return kit.message(
        reader.say(
            "✓ Ended {gpus} · you used {length}. Thank you for giving it back.",
            gpus=what,
            length=_used(receipt, reader),
        )
    )


def changed(receipt: facts.Receipt, reader: Reader, echo: Echo) -> Message:
    held = receipt.reservation
    line = reader.say("✓ Changed: {what}", what=summary(held, reader))
    return kit.message(
        line,
        kit.section(line),
        *(kit.context(note) for note in notes(reader, echo)),
        kit.context(_afterwards(receipt, reader)),
        kit.actions(buttons(held, reader, receipt.room)),
    )


def extended(receipt: facts.Receipt, reader: Reader) -> Message:
    held = receipt.reservation
    line = reader.say("✓ Extended to {end}: {what}", end=reader.clock(held.range.end), what=summary(held, reader))
    return kit.message(
        line,
        kit.section(line),
        kit.context(_afterwards(receipt, reader)),
        kit.actions(buttons(held, reader, receipt.room)),
    )


def since_when(wanted: Wanted, wish: TimeRange, purpose: str, reader: Reader) -> Message:
    """It runs already, and when it began was not said; `wish` begins now."""
    said = reader.say("Since when has it been running? Choose, or write it: `since 13:00 until 18:00`.")
    buttons = []
    for number, back in enumerate(_SINCE):
        time = TimeRange(wish.start - back, wish.end)
        label = reader.say("{length} ago", length=reader.length(back)) if back else reader.say("Just now")
        value = carried.wish(wanted, time, purpose, running=bool(back))
        buttons.append(kit.button(label, f"take:{number}", value))
    return kit.message(said, kit.section(said), kit.actions(buttons))


def free(
    wish: TimeRange, gpus: Sequence[facts.Gpu], in_all: int, wanted: Wanted, reader: Reader, *, purpose: str = ""
) -> Message:
    """The answer to "is it free then?" when it is: everything that is free, not booked, but one tap away."""
    offer = kit.button(reader.say("Book it"), "take:0", carried.wish(wanted, wish, purpose), style="primary")
    when = reader.when(wish)
    if len(gpus) <= _FEW:
        line = reader.say("Free: {gpus} · {when}", gpus=names(gpus, reader), when=when)
        return kit.message(line, kit.section(line), kit.actions([offer]))
    line = reader.say("Free: {free} of {count} GPUs · {when}", free=len(gpus), count=in_all, when=when)
    asked = wanted.names or wanted.count > 1
    one = kit.button(
        reader.say("Book 1"),
        "take:0",
        carried.wish(wanted, wish, purpose),
        style="primary",
        spoken=reader.say("Book one"),
    )
    more = kit.open_form_button(reader, label=reader.say("Book 2+"), count=2, start=wish.start)
    return kit.message(
        line,
        kit.section(f"*{line}*"),
        *kit.sections(nodes.free(gpus, reader)),
        kit.actions([offer] if asked else [one, more]),
    )


def keeper(held: facts.Holding, reader: Reader) -> str:
    """Who holds it, or is offered it; nobody does while it is out of service."""
    if held.maintenance:
        return reader.say("out of service")
    return nodes.offered(held, person(held.holder, reader), reader)


def keeper_name(held: facts.Holding, reader: Reader) -> str:
    """The same by name, where nobody is to be woken; not escaped."""
    if held.maintenance:
        return reader.say("out of service")
    return nodes.offered(held, held.holder.name, reader)


def person(member: facts.Member, reader: Reader) -> str:
    return reader.say("you") if member.slack_id == reader.slack_id else kit.mention(member)


def _afterwards(receipt: facts.Receipt, reader: Reader) -> str:
    after = receipt.room.next
    if after is None:
        return reader.say("Nobody is booked after you.")
    return reader.say(
        "After you on {gpu}: {who}, {when}.",
        gpu=kit.escape(after.gpu.name),
        who=keeper(after, reader),
        when=reader.when(after.range),
    )


def _used(receipt: facts.Receipt, reader: Reader) -> str:
    return reader.length(receipt.reservation.range.length)
