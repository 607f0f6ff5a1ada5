"""One reservation: the answer to booking it, its card with buttons, and the refusals around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.commands import Wait, parse
from bot.reader import Reader
from bot.views import kit, nodes
from bot.views.kit import Block, Message
from core import errors, facts
from core.facts import Alternative, State
from core.inventory import Wanted
from core.timerange import TimeRange

MOST_OFFERS = 5
MOST_CLASHES = 20
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
_LONG_TIME = 20  # letters of a time beside which no GPU's name fits into a button
_LONGEST_TYPED = 150  # letters of a command that somebody would copy from a form
_LEAST = timedelta(minutes=5)  # nothing shorter is worth a button


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
    value = kit.reservation_value(held)
    if held.state is State.OFFERED:
        return offer_buttons(held.id, reader)
    change = kit.button(reader.say("Change"), "change", value, spoken=reader.say("Change this booking"))
    by_that = _step_buttons(held, [extend_by], reader) if extend_by else []
    if held.state is State.UPCOMING:
        return [*by_that, change, cancel_button(held, reader)]
    if held.state is State.RUNNING:
        return [*(by_that or extend_buttons(held, reader, room)), change, end_button(held, reader)]
    return []


def offer_buttons(offer_id: int, reader: Reader) -> list[Block]:
    """For what is held for them until they say whether they take it."""
    value = kit.as_value(id=offer_id)
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
    fitting = [step for step in _steps(held) if step <= room.most]
    if not fitting and room.most >= _LEAST:
        fitting = [room.most]
    return _step_buttons(held, fitting, reader)


def _steps(held: facts.Reservation) -> tuple[timedelta, ...]:
    return next(steps for limit, steps in _STEPS if held.range.length <= limit)


def _step_buttons(held: facts.Reservation, steps: Sequence[timedelta], reader: Reader) -> list[Block]:
    return [
        _extend_button(held, number, step, reader.say("+{length}", length=reader.in_whole_days(step)), reader)
        for number, step in enumerate(steps)
    ]


def _extend_button(
    held: facts.Reservation, number: int, by: timedelta, label: str, reader: Reader, *, style: str | None = None
) -> Block:
    return kit.button(
        label,
        f"extend:{number}",
        kit.reservation_value(held, by=by.total_seconds()),
        style=style,
        spoken=reader.say("Extend by {length}", length=reader.length(by)),
    )


def end_button(held: facts.Reservation, reader: Reader) -> Block:
    return kit.button(
        reader.say("End now"),
        "end",
        kit.reservation_value(held),
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
        kit.reservation_value(held),
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


def taken(refusal: errors.GpuTaken, reader: Reader, *, purpose: str = "", asked: bool = False) -> Message:
    """Everybody in the way, what is free inside the wish, and what would pass at one tap; `asked` and not ordered."""
    when = reader.when(refusal.wish)
    line = reader.say("Taken: {when}.", when=when) if asked else reader.say("✗ Not booked: {when} is taken.", when=when)
    offers = refusal.alternatives[:MOST_OFFERS]
    return kit.message(
        f"{line} {_in_the_way(refusal, reader)}",
        kit.section(f"*{line}*"),
        *kit.sections(clash_lines(refusal.clashes, reader)),
        kit.context(_free(refusal, reader)) if refusal.free else None,
        kit.section(reader.say("What would work:") if offers else nothing_free(reader)),
        kit.actions(
            [
                *(_offer_button(offer, number, refusal.wish, reader, purpose) for number, offer in enumerate(offers)),
                _wait_for_it(refusal, reader, purpose),
            ]
        ),
        *(_asking(refusal, reader, purpose) if refusal.moving is None else ()),
    )


def _wait_for_it(refusal: errors.GpuTaken, reader: Reader, purpose: str) -> Block | None:
    """Or it may come free."""
    if refusal.moving is not None or refusal.wanted is None:
        return None
    return wait_button(facts.ToWaitFor(refusal.wanted, refusal.wish), purpose, reader)


def wait_button(
    meant: facts.ToWaitFor,
    purpose: str,
    reader: Reader,
    number: int = 0,
    *,
    label: str | None = None,
    spoken: str | None = None,
    stays: bool = False,
) -> Block:
    """`number` tells several in one row apart; `stays` says that what else is offered beside it goes on standing."""
    return kit.button(
        label or reader.say("Wait for it"),
        f"wait:{number}",
        kit.wish_value(meant.wanted, meant.range, purpose, stays=stays),
        spoken=spoken or reader.say("Wait until it comes free"),
    )


def _asking(refusal: errors.GpuTaken, reader: Reader, purpose: str) -> list[Block]:
    """Or the holders may give it."""
    row = kit.actions(
        ask_buttons(refusal.clashes, refusal.wish, reader, purpose, shortest=refusal.shortest, count=refusal.count)
    )
    return [kit.context(reader.say("Or ask who holds it:")), row] if row else []


def ask_buttons(
    clashes: Iterable[facts.Holding],
    wish: TimeRange | None,
    reader: Reader,
    purpose: str,
    *,
    shortest: timedelta,
    count: int | None = None,
) -> list[Block]:
    """One for each reservation of somebody else in the way: what of it is asked for is on its GPUs, or `count` of them.

    Without a wish, all of it is.
    """
    by_reservation: dict[int, list[facts.Holding]] = {}
    for clash in clashes:
        is_others = clash.holder.slack_id != reader.slack_id and clash.can_be_asked_for
        if is_others and _is_worth_asking(clash, wish, shortest):
            by_reservation.setdefault(clash.reservation_id, []).append(clash)
    asked = [held[:count] for held in list(by_reservation.values())[:MOST_OFFERS]]
    names = [held[0].holder.name for held in asked]
    buttons = []
    for number, held in enumerate(asked):
        who, first = held[0].holder.name, held[0]
        what = f"{first.gpu.name} {reader.hours(first.range)}"
        is_only = names.count(who) == 1
        label = _ask_whom(who, reader) if is_only else _ask_for(first, reader)
        value = kit.as_value(
            id=first.reservation_id, g=[each.gpu.id for each in held], p=purpose, **(kit.epoch(wish) if wish else {})
        )
        spoken = reader.say("Ask {who} for {what}", who=who, what=what)
        buttons.append(kit.button(label, f"ask:{number}", value, spoken=spoken))
    return buttons


def _is_worth_asking(clash: facts.Holding, wish: TimeRange | None, shortest: timedelta) -> bool:
    """A part too short to be booked could not be handed over."""
    part = clash.range.clip(wish) if wish else clash.range
    return part is not None and part.length >= shortest


def _ask_whom(who: str, reader: Reader) -> str:
    return kit.label(lambda name: reader.say("Ask {who}", who=name), who, kit.head)


def _ask_for(held: facts.Holding, reader: Reader) -> str:
    start = reader.clock(held.range.start)
    return kit.label(lambda gpu: reader.say("Ask for {what}", what=f"{gpu} {start}"), held.gpu.name, kit.tail)


def against_rule(refusal: errors.AgainstRule, rule: str, reader: Reader, *, purpose: str = "") -> Message:
    """The rule in the way, in words already, and what would pass at one tap."""
    line = "✗ " + kit.escape(rule)
    waits = _wait_for_leave(refusal.waits, reader, purpose)
    if refusal.extending is not None:
        held, room = refusal.extending
        fits = _what_fits(held, room.most, reader)
        hint = kit.section(reader.say("What still fits:")) if fits else None
        return kit.message(line, kit.section(line), hint, kit.actions([*fits, *waits]))
    offers = refusal.alternatives[:MOST_OFFERS]
    return kit.message(
        line,
        kit.section(line),
        kit.section(reader.say("What would work:")) if offers else None,
        kit.actions(
            [
                *(_offer_button(offer, number, refusal.wish, reader, purpose) for number, offer in enumerate(offers)),
                *waits,
            ]
        ),
    )


def cannot_grow(refusal: errors.AgainstRule) -> bool:
    """Whether it refuses an extension that nothing is left of."""
    return refusal.extending is not None and refusal.extending[1].most < _LEAST


def _wait_for_leave(meant: facts.ToWaitFor | None, reader: Reader, purpose: str) -> list[Block]:
    """Or the limits may let it one day."""
    if meant is None:
        return []
    spoken = reader.say("Wait until the limits let you")
    return [wait_button(meant, purpose, reader, label=reader.say("Wait until I may"), spoken=spoken)]


def nothing_free(reader: Reader) -> str:
    return reader.say("Nothing of that length is free in the weeks ahead. Try a shorter time, or fewer GPUs.")


def no_room(refusal: errors.NoRoom, reader: Reader) -> Message:
    line = "✗ " + kit.escape(not_extended(refusal, reader))
    fits = _what_fits(refusal.reservation, refusal.most, reader)
    if refusal.mine is not None:
        return _before_ones_own(refusal, refusal.mine, line, reader)
    if fits:
        hint = reader.say("{length} would fit:", length=reader.length(refusal.most))
    elif refusal.next.range.start - refusal.reservation.range.end < _LEAST:
        hint = reader.say("Yours ends right before it, so there is no room.")
    else:
        hint = reader.say("The lab’s limits leave no time before it.")
    return kit.message(
        f"{line} {hint}",
        kit.section(line),
        kit.section(hint),
        kit.actions(fits),
        *_waiting(refusal.waits, refusal.reservation.purpose, reader),
    )


def not_changed(held: facts.Reservation, refusal: errors.Refusal, why: str, reader: Reader) -> Message:
    """It stays as it is, for a reason that is in words already; what others have of the time may come free."""
    message = state(held, reader, said="✗ " + kit.escape(why))
    waits = refusal.waits if isinstance(refusal, errors.GpuTaken) else ()
    return kit.Message(message.text, (*message.blocks, *_waiting(waits, held.purpose, reader)))


def typed_wait(meant: facts.ToWaitFor, reader: Reader) -> str:
    """wait 1h30m on GPU0 after 2026-12-03 15:00: what the button does, as it is typed; empty where it cannot be."""
    wanted, start = meant.wanted, reader.local(meant.range.start)
    hours, minutes = divmod(int(meant.range.length.total_seconds()) // 60, 60)
    words = ["wait", f"{f'{hours}h' if hours else ''}{f'{minutes}m' if minutes or not hours else ''}"]
    if wanted.names:
        words.append(f"on {','.join(gpu.name for gpu in meant.gpus)}")
    elif wanted.model:
        words.append(f"{wanted.count}x {wanted.model}" if wanted.count > 1 else f"any {wanted.model}")
    elif wanted.count > 1:
        words.append(f"{wanted.count} gpus")
    if wanted.spread and not wanted.names:
        words.append("any nodes")
    words.append(f"after {start:%Y-%m-%d %H:%M}")
    typed = " ".join(words)
    read = parse(typed)  # a model may be called `A100 80GB`
    is_read_so = bool(wanted.names) or (isinstance(read, Wait) and read.wanted == wanted)
    return typed if is_read_so and len(typed) <= _LONGEST_TYPED else ""


def _waiting(waits: Sequence[facts.ToWaitFor], purpose: str, reader: Reader) -> list[Block]:
    """Or what does not fit may come free: on the same GPUs, or on any as good."""
    if not waits:
        return []
    rest = waits[0].range
    said = reader.say(
        "Or wait for {length} from {start} on:", length=reader.length(rest.length), start=reader.moment(rest.start)
    )
    row = []
    for number, meant in enumerate(waits):
        label, spoken = _waited_for(meant, reader)
        row.append(wait_button(meant, purpose, reader, number, label=label, spoken=spoken))
    return [kit.context(said), *([found] if (found := kit.actions(row)) else [])]


def _waited_for(meant: facts.ToWaitFor, reader: Reader) -> tuple[str, str]:
    """Wait for GPU0; Wait for any RTX 5090: on a button, and as it is spoken."""
    model = meant.wanted.model
    if model is not None:
        label = kit.label(lambda name: reader.say("Wait for any {model}", model=name), model, kit.head)
        return label, reader.say("Wait for any {model}", model=model)
    named = reader.listed([gpu.name for gpu in meant.gpus])
    label = kit.label(lambda names: reader.say("Wait for {gpus}", gpus=names), named, kit.tail)
    return label, reader.say("Wait for {gpus}", gpus=named)


def not_extended(refusal: errors.NoRoom, reader: Reader) -> str:
    """What an extension runs into; not escaped."""
    following = refusal.next
    values = {"gpu": following.gpu.name, "start": reader.moment(following.range.start)}
    if following.maintenance:
        return reader.say("Not extended: {gpu} is out of service from {start}.", **values)
    if refusal.mine is not None:
        return reader.say("Not extended: you have {gpu} from {start} yourself.", **values)
    return reader.say("Not extended: {who} has {gpu} from {start}.", who=keeper_name(following, reader), **values)


def _before_ones_own(refusal: errors.NoRoom, mine: facts.Reservation, line: str, reader: Reader) -> Message:
    """Both together can last as long: the time between them, and more at the end of the next."""
    held, most, by = refusal.reservation, refusal.most, refusal.beyond
    hints, buttons = [], []
    if most >= _LEAST:
        hints.append(reader.say("{length} would close the gap between the two.", length=reader.length(most)))
        close = reader.say("Take {length}", length=reader.length(most))
        buttons.append(_extend_button(held, 0, most, close, reader, style="primary"))
    if by >= _LEAST:
        hints.append(reader.say("To hold it until {end}, extend the next one.", end=reader.moment(mine.range.end + by)))
        label = reader.say("Next one +{length}", length=reader.length(by))
        buttons.append(_extend_button(mine, 1, by, label, reader))
    if not hints:
        hints.append(reader.say("You hold it until {end} already.", end=reader.moment(mine.range.end)))
    hint = " ".join(hints)
    return kit.message(f"{line} {hint}", kit.section(line), kit.section(hint), kit.actions(buttons))


def _what_fits(held: facts.Reservation, most: timedelta, reader: Reader) -> list[Block]:
    """All that fits, at one tap; and the steps below it."""
    if most < _LEAST:
        return []
    everything = reader.say("Take {length}", length=reader.length(most))
    smaller = [step for step in _steps(held) if step < most]
    return [
        _extend_button(held, len(smaller), most, everything, reader, style="primary"),
        *_step_buttons(held, smaller, reader),
    ]


def since_when(wanted: Wanted, wish: TimeRange, purpose: str, reader: Reader) -> Message:
    """It runs already, and when it began was not said; `wish` begins now."""
    said = reader.say("Since when has it been running? Choose, or write it: `since 13:00 until 18:00`.")
    buttons = []
    for number, back in enumerate(_SINCE):
        time = TimeRange(wish.start - back, wish.end)
        label = reader.say("{length} ago", length=reader.length(back)) if back else reader.say("Just now")
        value = kit.wish_value(wanted, time, purpose, running=bool(back))
        buttons.append(kit.button(label, f"take:{number}", value))
    return kit.message(said, kit.section(said), kit.actions(buttons))


def free(
    wish: TimeRange, gpus: Sequence[facts.Gpu], in_all: int, wanted: Wanted, reader: Reader, *, purpose: str = ""
) -> Message:
    """The answer to "is it free then?" when it is: everything that is free, not booked, but one tap away."""
    offer = kit.button(reader.say("Book it"), "take:0", kit.wish_value(wanted, wish, purpose), style="primary")
    when = reader.when(wish)
    if len(gpus) <= _FEW:
        line = reader.say("Free: {gpus} · {when}", gpus=names(gpus, reader), when=when)
        return kit.message(line, kit.section(line), kit.actions([offer]))
    line = reader.say("Free: {free} of {count} GPUs · {when}", free=len(gpus), count=in_all, when=when)
    asked = wanted.names or wanted.count > 1
    one = kit.button(
        reader.say("Book 1"),
        "take:0",
        kit.wish_value(wanted, wish, purpose),
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


def keeper_name(held: facts.Holding, reader: Reader) -> str:
    """The same by name, where nobody is to be woken; not escaped."""
    if held.maintenance:
        return reader.say("out of service")
    return nodes.offered(held, held.holder.name, reader)


def clash_lines(clashes: Sequence[facts.Holding], reader: Reader) -> list[str]:
    lines = [
        reader.say(
            "• *{gpu}* · {who} · {when}{purpose}",
            gpu=kit.escape(clash.gpu.name),
            who=keeper(clash, reader),
            when=reader.when(clash.range),
            purpose=kit.quoted(clash.purpose),
        )
        for clash in clashes[:MOST_CLASHES]
    ]
    more = len(clashes) - MOST_CLASHES
    return [*lines, reader.say("… and {count} more.", count=more)] if more > 0 else lines


def keeper(held: facts.Holding, reader: Reader) -> str:
    """Who holds it, or is offered it; nobody does while it is out of service."""
    if held.maintenance:
        return reader.say("out of service")
    return nodes.offered(held, person(held.holder, reader), reader)


def person(member: facts.Member, reader: Reader) -> str:
    return reader.say("you") if member.slack_id == reader.slack_id else kit.mention(member)


def offer_label(offer: Alternative, wish: TimeRange, reader: Reader) -> str:
    """GPU0 20:00–01:00, or with its day where that is another one; many GPUs are counted."""
    when = reader.brief(offer.range, wish.start)
    if len(offer.gpus) > 2:
        return reader.say_many("{count} GPU {when}", "{count} GPUs {when}", len(offer.gpus), when=when)
    return f"{reader.listed([gpu.name for gpu in offer.gpus])} {when}"


def _short_label(offer: Alternative, wish: TimeRange, reader: Reader) -> str:
    """The same for a button: two GPUs that have no room are counted, and where the end has none, the start is said."""
    whole = offer_label(offer, wish, reader)
    if kit.width(whole) <= kit.LABEL_WITH_TIME:
        return whole
    when = reader.brief(offer.range, wish.start)
    if kit.width(when) > _LONG_TIME:
        when = reader.say("from {time}", time=reader.start(offer.range.start, wish.start))
    if len(offer.gpus) > 1:
        return reader.say_many("{count} GPU {when}", "{count} GPUs {when}", len(offer.gpus), when=when)
    return kit.label(lambda gpu: f"{gpu} {when}", offer.gpus[0].name, kit.tail)


def _offer_button(offer: Alternative, number: int, wish: TimeRange, reader: Reader, purpose: str) -> Block:
    return kit.button(
        _short_label(offer, wish, reader),
        f"take:{number}",
        kit.wish_value(kit.by_id(offer.gpus), offer.range, purpose),
        style="primary" if number == 0 else None,
        spoken=reader.say("Book {what}", what=offer_label(offer, wish, reader)),
    )


def _in_the_way(refusal: errors.GpuTaken, reader: Reader) -> str:
    """For the notification: names, no mentions."""
    who = [f"{kit.escape(keeper_name(clash, reader))} ({reader.when(clash.range)})" for clash in refusal.clashes[:5]]
    return reader.say("In the way: {who}.", who=reader.listed(who))


def _free(refusal: errors.GpuTaken, reader: Reader) -> str:
    return reader.say("Free in between: {parts}.", parts=reader.listed([reader.hours(part) for part in refusal.free]))


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
