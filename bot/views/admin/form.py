"""What every form of an admin is made of: its fields, what it does not show, and what was filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.reader import Reader
from bot.views import kit
from bot.views.kit import Block


@dataclass(frozen=True)
class Origin:
    """What a form does not show: where it was opened, and what it is about."""

    response_url: str = ""
    subject_id: int = 0
    version: int = 0
    gpu: int = 0  # the same as subject_id where that is a GPU, 0 for a new one

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> Origin:
        return cls(**json.loads(text))


def modal(callback: str, title: str, reader: Reader, origin: Origin, *blocks: Block) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": origin.packed(),
        "title": kit.plain_text(title, 24),
        "submit": kit.plain_text(reader.say("Save"), 24),
        "close": kit.plain_text(reader.say("Close"), 24),
        "blocks": list(blocks),
    }


def text(value: str, most: int) -> Block:
    made: Block = {"type": "plain_text_input", "max_length": most}
    return {**made, "initial_value": kit.clip(value, most)} if value else made


def whole_number(value: int | None) -> Block:
    made: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}
    return made if value is None else {**made, "initial_value": str(value)}


def minutes(block: str, label: str, minutes: int | None, reader: Reader) -> Block:
    element: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "1440"}
    if minutes is not None:
        element["initial_value"] = str(minutes)
    return kit.field(block, label, element, optional=True, hint=reader.say("Minutes. Empty: no reminder then."))


def ticked(block: str, label: str, what: str, is_ticked: bool) -> Block:
    options = [kit.option(what, "yes")]
    element: Block = {"type": "checkboxes", "options": options}
    if is_ticked:
        element["initial_options"] = options
    return kit.field(block, label, element, optional=True)


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, by field: text, the chosen value, or whether it was ticked."""
    return {block: _read(next(iter(inputs.values()))) for block, inputs in values.items()}


def _read(sent: Mapping[str, Any]) -> Any:
    match sent["type"]:
        case "checkboxes":
            return bool(sent.get("selected_options"))
        case "multi_static_select":
            return [option["value"] for option in sent.get("selected_options") or []]
        case "static_select":
            return (sent.get("selected_option") or {}).get("value")
        case "channels_select":
            return sent.get("selected_channel")
        case "timepicker":
            return sent.get("selected_time")
        case _:
            return (sent.get("value") or "").strip()
