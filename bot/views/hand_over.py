"""What somebody asks a holder for: the question, the answers, and what each of them is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.reader import Reader
from bot.views import booking, carried, kit, refusals
from bot.views.kit import Block, Message
from core import errors, facts
from core.facts import HandOverState
from core.timerange import TimeRange


def asked(request: facts.HandOver, reader: Reader) -> Message:
    """To who asked."""
    what, until = _what(request, reader), reader.moment(request.expires_at)
    who = kit.escape(request.holder.name)
    if request.again:
        line = reader.say("You have asked {who} for that already: {what}.", who=who, what=what)
    else:
        line = reader.say("✓ Asked {who} for {what}.", who=who, what=what)
    hint = reader.say("I tell you what they say. Without an answer by {until}, nothing changes.", until=until)
    if request.again:
        hint += " " + reader.say("To ask for another part, withdraw this first.")
    withdraw = kit.button(reader.say("Withdraw"), "withdraw", carried.written(h=request.id))
    return kit.message(f"{line} {hint}", kit.section(line), kit.context(hint), kit.actions([withdraw]))


def withdrawn(request: facts.HandOver, reader: Reader) -> Message:
    """To who asked and wants it no longer; what was decided before is said."""
    who, what = kit.escape(request.holder.name), _what(request, reader)
    match request.state:
        case HandOverState.DONE if request.taken is not None:
            return kit.message(received(request.taken, request.holder.name, reader))
        case HandOverState.DECLINED:
            return kit.message(_declined(who, what, reader))
        case HandOverState.LAPSED:
            return kit.message(_lapsed(who, what, reader))
        case HandOverState.GONE:
            return kit.message(_gone(who, what, reader))
        case _:
            return kit.message(reader.say("✓ Withdrawn: {who} is not asked for {what} any more.", who=who, what=what))


def whom(
    held: Sequence[facts.Holding], wish: TimeRange | None, reader: Reader, purpose: str, shortest: timedelta
) -> Message:
    """Several hold it; the buttons say whom to ask, but for a part that is shorter than who asks may hold."""
    said = reader.say("Whom do you want to ask?")
    return kit.message(
        said,
        kit.section(f"*{said}*"),
        *kit.sections(refusals.clash_lines(held, reader)),
        kit.actions(refusals.ask_buttons(held, wish, reader, purpose, shortest=shortest)),
    )


def nobody(reader: Reader) -> Message:
    said = reader.say("Nobody else holds that then, so there is nobody to ask. Book it:")
    return kit.message(said, kit.section(said), kit.actions([kit.open_form_button(reader)]))


def not_theirs_to_give(there: Sequence[facts.Holding], meant: facts.ToWaitFor, purpose: str, reader: Reader) -> Message:
    """On offer to somebody, or out of service: nobody has it to give, and one can wait for it."""
    said = reader.say("Nobody has that to give yet, so there is nobody to ask. Wait for it:")
    return kit.message(
        " ".join([said, *(_why_not(each, reader) for each in there[: refusals.MOST_CLASHES])]),
        kit.section(f"*{said}*"),
        *kit.sections([_why_not(each, reader) for each in there[: refusals.MOST_CLASHES]]),
        kit.actions([refusals.wait_button(meant, purpose, reader)]),
    )


def _why_not(held: facts.Holding, reader: Reader) -> str:
    gpu = kit.escape(held.gpu.name)
    if held.offered_until is None:
        return reader.say("• {gpu} is out of service until {end}.", gpu=gpu, end=reader.moment(held.range.end))
    return reader.say(
        "• {gpu} is on offer to {who} until {time}; if they take it, they have it until {end}.",
        gpu=gpu,
        who=kit.escape(held.holder.name),
        time=reader.clock(held.offered_until),
        end=reader.moment(held.range.end),
    )


def given(request: facts.HandOver, reader: Reader) -> Message:
    """To the holder, who has said yes."""
    assert request.taken is not None
    who = kit.escape(request.asker.name)
    line = reader.say("✓ Handed over to {who}: {what}", who=who, what=_summary(request.taken, reader))
    cards = [block for held in request.kept for block in booking.card(held, reader)]
    keeps = kit.section(reader.say("You keep:")) if cards else None
    return kit.message(line, kit.section(line), keeps, *cards)


def kept(request: facts.HandOver, reader: Reader) -> Message:
    """To the holder, who has said no."""
    return kit.message(reader.say("✓ You keep it. I tell {who}.", who=kit.escape(request.asker.name)))


def answered(refusal: errors.AlreadyAnswered, reader: Reader) -> str:
    """Why a press comes too late."""
    request = refusal.hand_over
    match request.state:
        case HandOverState.LAPSED:
            until = reader.moment(request.expires_at)
            return reader.say("That could be answered until {until}. Nothing was changed.", until=until)
        case HandOverState.DONE:
            return reader.say("You have handed that over already.")
        case HandOverState.WITHDRAWN:
            return reader.say("{who} has withdrawn that: you keep it.", who=kit.escape(request.asker.name))
        case _:
            return reader.say(
                "You have said no to that already. {who} can ask again.", who=kit.escape(request.asker.name)
            )


# --- what the outbox says of it: from the words kept with the notice ---


def question(data: dict[str, Any], reader: Reader) -> str:
    until = datetime.fromisoformat(data["until"])
    said = reader.say(
        "{who} asks you for {what}{purpose}. Do you hand it over?",
        who=kit.escape(data["asker"]),
        what=_told(data, reader),
        purpose=kit.quoted(data["purpose"]),
    )
    rest = reader.say("You keep the rest. Without an answer by {until}, nothing changes.", until=reader.moment(until))
    return f"{said}\n{rest}"


def question_buttons(data: dict[str, Any], reader: Reader) -> list[Block]:
    value = carried.written(h=data["hand_over"])
    return [
        kit.button(reader.say("Yes, hand it over"), "hand_over", value, style="primary"),
        kit.button(reader.say("No, I need it"), "keep", value),
    ]


def declined(data: dict[str, Any], reader: Reader) -> str:
    return _declined(kit.escape(data["holder"]), _told(data, reader), reader)


def lapsed(data: dict[str, Any], reader: Reader) -> str:
    return _lapsed(kit.escape(data["holder"]), _told(data, reader), reader)


def gone(data: dict[str, Any], reader: Reader) -> str:
    return _gone(kit.escape(data["holder"]), _told(data, reader), reader)


def received(held: facts.Reservation, giver: str, reader: Reader) -> str:
    who = kit.escape(giver)
    return reader.say("✓ {who} has handed it over to you: {what}", who=who, what=booking.summary(held, reader))


def _declined(who: str, what: str, reader: Reader) -> str:
    return reader.say("{who} needs {what} and keeps it.", who=who, what=what)


def _lapsed(who: str, what: str, reader: Reader) -> str:
    return reader.say("{who} has not answered, so {what} stays theirs.", who=who, what=what)


def _gone(who: str, what: str, reader: Reader) -> str:
    return reader.say(
        "What you asked {who} for is no longer to be had from that booking, which has changed: {what}.",
        who=who,
        what=what,
    )


def _what(request: facts.HandOver, reader: Reader) -> str:
    return _named([gpu.name for gpu in request.gpus], request.range, reader)


def _told(data: dict[str, Any], reader: Reader) -> str:
    time = TimeRange.read(data["range"])
    return _named(data["gpus"], time, reader)


def _named(gpus: Sequence[str], time: TimeRange, reader: Reader) -> str:
    return reader.say(
        "*{gpus}* · {when} · {length}",
        gpus=kit.escape(reader.listed(list(gpus))),
        when=reader.when(time),
        length=reader.length(time.length),
    )


def _summary(held: facts.Reservation, reader: Reader) -> str:
    return _named([gpu.name for gpu in held.gpus], held.range, reader)
