"""Waiting: what somebody waits for and has meanwhile, what they are offered, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.reader import Reader
from bot.views import booking, carried, kit
from bot.views.kit import Block, Message
from core import facts
from core.facts import Waiting, Wish, WishState
from core.timerange import TimeRange


def asked(waiting: Waiting, reader: Reader) -> Message:
    """The answer to asking: waiting, or booked at once."""
    wish, receipt = waiting.wish, waiting.receipt
    if wish is None:
        assert receipt is not None
        return booking.booked(receipt, reader, booking.Echo())
    line = reader.say("✓ You wait for {what}.", what=what(wish, reader))
    notes = [_place(waiting.ahead, reader), _what_happens(wish, reader)]
    return kit.message(
        reader.sentences(line, _meanwhile(wish, reader), *notes),
        kit.section(f"*{line}*"),
        kit.section(_meanwhile(wish, reader)),
        kit.context(reader.sentences(*notes)),
        kit.actions(buttons(wish, reader)),
    )


def waiting(wishes: Sequence[Wish], reader: Reader) -> Message:
    """All that somebody waits for."""
    if not wishes:
        said = reader.say("You wait for nothing. Write for how long you need a GPU, like `{command} wait 4h`.")
        return kit.message(said)
    said = reader.say_many("You wait for {count} thing.", "You wait for {count} things.", len(wishes))
    spoken = " ".join([said, *(headline(wish, reader) for wish in wishes)])
    return kit.message(spoken, kit.section(f"*{said}*"), *cards(wishes, reader))


def cards(wishes: Sequence[Wish], reader: Reader) -> list[Block]:
    """One section and its buttons for each wish, for a list of one's own."""
    blocks: list[Block] = []
    for wish in wishes:
        row = kit.actions(buttons(wish, reader))
        blocks += [kit.section(headline(wish, reader)), *([row] if row else [])]
    return blocks


def state(wish: Wish, reader: Reader) -> Message:
    """What is true of a wish now."""
    line = headline(wish, reader)
    note = _what_happens(wish, reader) if wish.state is WishState.WAITING else ""
    return kit.message(
        f"{line} {note}".strip(),
        kit.section(line),
        kit.context(note) if note else None,
        kit.actions(buttons(wish, reader)),
    )


def passed(wish: Wish, reader: Reader) -> Message:
    """Who passes learns what they have still."""
    if wish.offer is not None:
        return state(wish, reader)
    line = reader.say("✓ Passed. You wait on for {what}.", what=what(wish, reader))
    meanwhile = _meanwhile(wish, reader)
    return kit.message(
        f"{line} {meanwhile}", kit.section(line), kit.section(meanwhile), kit.actions(buttons(wish, reader))
    )


def withdrawn(wish: Wish, reader: Reader) -> Message:
    if wish.state is not WishState.WITHDRAWN:
        return state(wish, reader)
    line = reader.say("✓ You no longer wait for {what}.", what=what(wish, reader))
    if wish.held is None or wish.held.state is not facts.State.UPCOMING:
        return kit.message(line)
    return booking.state(wish.held, reader, said=reader.say("{line} You keep what you have:", line=line))


def no_length(typed: str, reader: Reader) -> Message:
    return kit.message(
        reader.say(
            "✗ “{text}” is no length of time. Write for how long, like `{command} wait 4h` or"
            " `{command} wait 4h 2 gpus before Friday`.",
            text=kit.escape(kit.clip(typed, 80)),
        )
    )


def what(wish: Wish, reader: Reader) -> str:
    """4 h on GPU0; 4 h on 2 GPUs"""
    length = reader.length(wish.length)
    if wish.gpus:
        return reader.say("{length} on {gpus}", length=length, gpus=booking.names(wish.gpus, reader))
    if wish.model:
        return reader.say_many(
            "{length} on {count} {model}",
            "{length} on {count} × {model}",
            wish.count,
            length=length,
            model=kit.escape(wish.model),
        )
    return reader.say_many("{length} on {count} GPU", "{length} on {count} GPUs", wish.count, length=length)


def headline(wish: Wish, reader: Reader) -> str:
    said = what(wish, reader)
    match wish.state:
        case WishState.WAITING:
            return _waiting(wish, said, reader)
        case WishState.SERVED:
            return reader.say("Came free: {what}", what=said)
        case WishState.WITHDRAWN:
            return reader.say("No longer waiting: {what}", what=said)
        case WishState.LAPSED:
            return reader.say("Did not come free in time: {what}", what=said)


def _waiting(wish: Wish, said: str, reader: Reader) -> str:
    if wish.offer is not None and wish.offered is not None and wish.offer.offered_until is not None:
        return reader.say(
            "Offered to you until {until}: {gpus} · {when}",
            until=reader.clock(wish.offer.offered_until),
            gpus=booking.names([slot.gpu for slot in wish.offer.slots], reader),
            when=reader.when(wish.offered),
        )
    if wish.held is not None:
        return reader.say(
            "Waiting: {what}; until then you have {gpus} · {when}",
            what=said,
            gpus=booking.names(wish.held.gpus, reader),
            when=reader.when(wish.held.range),
        )
    return reader.say(
        "Waiting: {what}, starting by {latest} at the latest", what=said, latest=reader.moment(wish.latest_at)
    )


def buttons(wish: Wish, reader: Reader) -> list[Block]:
    if wish.state is not WishState.WAITING:
        return []
    stop = kit.button(reader.say("Stop waiting"), "stop_waiting", carried.written(w=wish.id))
    if wish.offer is not None:
        return [*booking.offer_buttons(wish.offer.id, reader), stop]
    label = reader.say("Ask me first") if wish.takes else reader.say("Take it for me")
    return [kit.button(label, "let_take", carried.written(w=wish.id, t=int(not wish.takes))), stop]


# --- what the outbox says of it: from the words kept with the notice ---


def offered(data: dict[str, Any], reader: Reader) -> str:
    said = reader.say(
        "*Come free for you*: {gpus} · {when}. It is held for you until {until}.",
        gpus=_named(data),
        when=reader.when(TimeRange.read(data["range"])),
        until=reader.clock(datetime.fromisoformat(data["until"])),
    )
    if data["was"] is None:
        return said
    return f"{said}\n" + reader.say("If you pass, you keep {when}.", when=reader.when(TimeRange.read(data["was"])))


def offered_buttons(offer: facts.Reservation, data: dict[str, Any], reader: Reader) -> list[Block]:
    stop = kit.button(reader.say("Stop waiting"), "stop_waiting", carried.written(w=data["wish"]))
    return [*booking.offer_buttons(offer.id, reader), stop]


def offer_over(data: dict[str, Any], reader: Reader) -> str:
    gpus, when = _named(data), reader.when(TimeRange.read(data["range"]))
    if data["was"] is None:
        return reader.say(
            "You did not answer in time, so {gpus} · {when} is no longer held for you. You wait on.",
            gpus=gpus,
            when=when,
        )
    return reader.say(
        "You did not answer in time, so {gpus} · {when} is no longer held for you. You wait on, and keep {was}.",
        gpus=gpus,
        when=when,
        was=reader.when(TimeRange.read(data["was"])),
    )


def in_vain(wishes: Sequence[Wish], reader: Reader) -> Message:
    lines = [headline(wish, reader) for wish in wishes]
    return kit.message(" ".join(lines), *kit.sections(lines))


def taken(held: facts.Reservation, reader: Reader) -> str:
    return reader.say("✓ Come free, and taken for you: {what}", what=booking.summary(held, reader))


def moved(held: facts.Reservation, data: dict[str, Any], reader: Reader) -> str:
    return reader.say(
        "✓ Moved forward for you: {what}. It was {was}.",
        what=booking.summary(held, reader),
        was=reader.when(TimeRange.read(data["was"])),
    )


def _meanwhile(wish: Wish, reader: Reader) -> str:
    if wish.held is None:
        return reader.say(
            "Nothing fits yet. Should nothing come free by {latest}, you are off the list.",
            latest=reader.moment(wish.latest_at),
        )
    return reader.say(
        "You have {gpus} · {when}; it is moved forward if something earlier comes free.",
        gpus=f"*{booking.names(wish.held.gpus, reader)}*",
        when=reader.when(wish.held.range),
    )


def _place(ahead: int, reader: Reader) -> str:
    if not ahead:
        return reader.say("You are the first who waits.")
    return reader.say_many("{count} person asked before you.", "{count} wishes were there before yours.", ahead)


def _what_happens(wish: Wish, reader: Reader) -> str:
    if wish.takes:
        return reader.say("What comes free is taken for you at once, and I tell you.")
    return reader.say(
        "When something comes free I ask you, and it is held for you for {length}.",
        length=reader.length(wish.offer_lasts),
    )


def _named(data: dict[str, Any]) -> str:
    return kit.escape(", ".join(data["gpus"]))
