"""What is in the way of a booking, and what would work instead, one tap away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.commands import Wait, parse
from bot.reader import Reader
from bot.views import booking, carried, kit, rule
from bot.views.kit import Block, Message
from core import errors, facts
from core.facts import Alternative
from core.timerange import TimeRange

MOST_OFFERS = 5
MOST_CLASHES = 20
_MOST_GPUS = 8  # that are told of where any would have done
_LONGEST_TYPED = 150  # letters of a command that somebody would copy from a form
_LONG_TIME = 20  # letters of a time beside which no GPU's name fits into a button


def taken(refusal: errors.GpuTaken, reader: Reader, *, purpose: str = "", asked: bool = False) -> Message:
    """Everybody in the way, what is free inside the wish, and what would pass at one tap; `asked` and not ordered."""
    when = reader.when(refusal.wish)
    line = reader.say("Taken: {when}.", when=when) if asked else reader.say("✗ Not booked: {when} is taken.", when=when)
    offers = refusal.alternatives[:MOST_OFFERS]
    return kit.message(
        f"{line} {_in_the_way(refusal, reader)}",
        kit.section(f"*{line}*"),
        *kit.sections(
            _clashes_by_gpu(refusal.clashes, reader) if _is_wide(refusal) else clash_lines(refusal.clashes, reader)
        ),
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
        carried.wish(meant.wanted, meant.range, purpose, stays=stays),
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
        time = carried.time_of(wish) if wish else {}
        value = carried.written(id=first.reservation_id, g=[each.gpu.id for each in held], p=purpose, **time)
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


def against_rule(refusal: errors.AgainstRule, reader: Reader, *, purpose: str = "") -> Message:
    """The rule in the way, and what would pass at one tap."""
    line = "✗ " + kit.escape(rule.broken(refusal, reader))
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
    elif refusal.next.range.start - refusal.reservation.range.end < booking.LEAST:
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
    message = booking.state(held, reader, said="✗ " + kit.escape(why))
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
    who = booking.keeper_name(following, reader)
    return reader.say("Not extended: {who} has {gpu} from {start}.", who=who, **values)


def _before_ones_own(refusal: errors.NoRoom, mine: facts.Reservation, line: str, reader: Reader) -> Message:
    """Both together can last as long: the time between them, and more at the end of the next."""
    held, most, by = refusal.reservation, refusal.most, refusal.beyond
    hints, buttons = [], []
    if most >= booking.LEAST:
        hints.append(reader.say("{length} would close the gap between the two.", length=reader.length(most)))
        close = reader.say("Take {length}", length=reader.length(most))
        buttons.append(booking.extend_button(held, 0, most, close, reader, is_first=True))
    if by >= booking.LEAST:
        hints.append(reader.say("To hold it until {end}, extend the next one.", end=reader.moment(mine.range.end + by)))
        label = reader.say("Next one +{length}", length=reader.length(by))
        buttons.append(booking.extend_button(mine, 1, by, label, reader))
    if not hints:
        hints.append(reader.say("You hold it until {end} already.", end=reader.moment(mine.range.end)))
    hint = reader.sentences(*hints)
    return kit.message(f"{line} {hint}", kit.section(line), kit.section(hint), kit.actions(buttons))


def _what_fits(held: facts.Reservation, most: timedelta, reader: Reader) -> list[Block]:
    """All that fits, at one tap; and the steps below it."""
    if most < booking.LEAST:
        return []
    everything = reader.say("Take {length}", length=reader.length(most))
    smaller = [step for step in booking.steps(held) if step < most]
    return [
        booking.extend_button(held, len(smaller), most, everything, reader, is_first=True),
        *booking.step_buttons(held, smaller, reader),
    ]


def clash_lines(clashes: Sequence[facts.Holding], reader: Reader) -> list[str]:
    return _cut([_clash_line(clash, reader) for clash in clashes], MOST_CLASHES, reader)


def _clash_line(clash: facts.Holding, reader: Reader) -> str:
    return reader.say(
        "• *{gpu}* · {who} · {when}{purpose}",
        gpu=kit.escape(clash.gpu.name),
        who=booking.keeper(clash, reader),
        when=reader.when(clash.range),
        purpose=kit.quoted(clash.purpose),
    )


def _is_wide(refusal: errors.GpuTaken) -> bool:
    """Of a wish for any GPU, nobody reads everybody who is in the way on each."""
    return refusal.count is not None and len(refusal.clashes) > _MOST_GPUS


def _clashes_by_gpu(clashes: Sequence[facts.Holding], reader: Reader) -> list[str]:
    """Of each GPU whoever is first in the way, and how many come behind."""
    lines = []
    for clash in first_on_each(clashes):
        behind = sum(each.gpu == clash.gpu for each in clashes) - 1
        line = _clash_line(clash, reader)
        lines.append(reader.say("{line}, and {count} more", line=line, count=behind) if behind else line)
    return _cut(lines, _MOST_GPUS, reader)


def first_on_each(clashes: Sequence[facts.Holding]) -> list[facts.Holding]:
    """Whoever is first in the way on each GPU."""
    return list({clash.gpu: clash for clash in reversed(clashes)}.values())[::-1]


def _cut(lines: list[str], most: int, reader: Reader) -> list[str]:
    more = len(lines) - most
    return [*lines[:most], reader.say("… and {count} more.", count=more)] if more > 0 else lines


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
        carried.wish(carried.by_number(offer.gpus), offer.range, purpose),
        style="primary" if number == 0 else None,
        spoken=reader.say("Book {what}", what=offer_label(offer, wish, reader)),
    )


def _in_the_way(refusal: errors.GpuTaken, reader: Reader) -> str:
    """For the notification: names, no mentions."""
    names = ((kit.escape(booking.keeper_name(clash, reader)), clash.range) for clash in refusal.clashes[:5])
    who = reader.listed([f"{name} ({reader.when(time)})" for name, time in names])
    return reader.say("In the way: {who}.", who=who)


def _free(refusal: errors.GpuTaken, reader: Reader) -> str:
    return reader.say("Free in between: {parts}.", parts=reader.listed([reader.hours(part) for part in refusal.free]))
