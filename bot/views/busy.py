"""A GPU that is still busy when somebody's time has begun: the question to the last holder, and their answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.reader import Reader
from bot.views import carried, kit
from bot.views.kit import Block, Message
from core import facts
from core.facts import BusyAnswer


def button(reservation_ids: Sequence[int], reader: Reader) -> Block:
    """For whoever of these holders finds theirs busy."""
    return kit.button(reader.say("GPU still busy"), "still_busy", carried.written(ids=list(reservation_ids)))


def called(calls: Sequence[facts.BusyCall], reader: Reader) -> Message:
    """To who holds it now."""
    lines = [_called(call, reader) for call in calls]
    return kit.message("\n".join(lines), kit.section("\n".join(lines)))


def _called(call: facts.BusyCall, reader: Reader) -> str:
    who, gpus = kit.escape(call.asked.name), kit.escape(reader.listed([gpu.name for gpu in call.gpus]))
    if call.again:
        return reader.say("{who} has just been asked about {gpus}. I tell you what they say.", who=who, gpus=gpus)
    return reader.say("✓ Asked {who}, who had {gpus} before you. I tell you what they say.", who=who, gpus=gpus)


def answered(call: facts.BusyCall, reader: Reader) -> Message:
    """To the last holder, who has answered."""
    who = kit.escape(call.caller.name)
    if call.answer is BusyAnswer.STOPPED:
        return kit.message(reader.say("✓ Thank you. I tell {who} that it is free.", who=who))
    said = reader.say("✓ I tell {who} that you need 15 more minutes.", who=who)
    stopped = _answer(call.id, BusyAnswer.STOPPED, reader.say("Stopped"))
    return kit.message(said, kit.section(said), kit.actions([stopped]))


# --- what the outbox says of it: from the words kept with the notice ---


def question(data: dict[str, Any], reader: Reader) -> str:
    return reader.say(
        "{who} has {gpus} now, and finds it still busy. Is it your work?",
        who=kit.escape(data["caller"]),
        gpus=_gpus(data, reader),
    )


def question_buttons(data: dict[str, Any], reader: Reader) -> list[Block]:
    return [
        _answer(data["call"], BusyAnswer.STOPPED, reader.say("Stopped"), style="primary"),
        _answer(data["call"], BusyAnswer.LONGER, reader.say("15 more minutes")),
    ]


def stopped(data: dict[str, Any], reader: Reader) -> str:
    who, gpus = kit.escape(data["asked"]), _gpus(data, reader)
    return reader.say("{who} has stopped what was running on {gpus}: it is all yours.", who=who, gpus=gpus)


def longer(data: dict[str, Any], reader: Reader) -> str:
    who, gpus = kit.escape(data["asked"]), _gpus(data, reader)
    return reader.say("{who} needs {gpus} for 15 more minutes, and asks you for patience.", who=who, gpus=gpus)


def _answer(call_id: int, answer: BusyAnswer, label: str, *, style: str | None = None) -> Block:
    return kit.button(label, f"busy:{answer.value}", carried.written(c=call_id), style=style)


def _gpus(data: dict[str, Any], reader: Reader) -> str:
    return f"*{kit.escape(reader.listed(list(data['gpus'])))}*"
