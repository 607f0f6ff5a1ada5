"""What people put into controls: initial values, what Slack reports, what its own client refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.workspace.words import controls, initial_options

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]
Filled = dict[tuple[str, str], Any]

_TYPED = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
_ONE_OPTION = {"static_select", "radio_buttons"}
_MANY_OPTIONS = {"multi_static_select", "checkboxes"}
# type → (the field Slack reports, the field it starts with)
_VALUES = {
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
}


def options_of(element: Json) -> list[Json]:
    """All options of a choosing control, groups flattened."""
    groups = element.get("option_groups", [])
    return list(element.get("options", [])) + [option for group in groups for option in group["options"]]


def option_with(element: Json, value: str) -> Json | None:
    """The option that carries this value."""
    return next((option for option in options_of(element) if option["value"] == value), None)


def initial(element: Json) -> Any:
    """What the control holds before anybody touched it: text, an option's value, a list of them, …"""
    kind = element["type"]
    if kind in _TYPED:
        return element.get("initial_value")
    if kind in _ONE_OPTION:
        return next((option["value"] for option in initial_options(element)), None)
    if kind in _MANY_OPTIONS:
        return [option["value"] for option in initial_options(element)]
    return element.get(_VALUES[kind][1]) if kind in _VALUES else None


def has_state(element: Json) -> bool:
    """Buttons and overflow menus hold nothing."""
    return element["type"] in _TYPED | _ONE_OPTION | _MANY_OPTIONS or element["type"] in _VALUES


def current(block: Json, element: Json, filled: Filled) -> Any:
    """What the control holds now."""
    return filled.get((block["block_id"], element["action_id"]), initial(element))


def element_state(element: Json, raw: Any) -> Json:
    """What Slack reports for this control holding that value."""
    kind = element["type"]
    if kind in _TYPED:
        return {"type": kind, "value": raw or None}
    if kind in _ONE_OPTION or kind == "overflow":
        return {"type": kind, "selected_option": option_with(element, raw) if raw else None}
    if kind in _MANY_OPTIONS:
        chosen = [option for option in options_of(element) if option["value"] in (raw or [])]
        return {"type": kind, "selected_options": chosen}
    field = _VALUES[kind][0]
    return {"type": kind, field: int(raw) if kind == "datetimepicker" and raw else raw or None}


def values(blocks: Iterable[Json], filled: Filled) -> dict[str, dict[str, Json]]:
    """`state.values`: block id → action id → what is in it."""
    found: dict[str, dict[str, Json]] = {}
    for block, element in controls(blocks):
        if has_state(element):
            state = element_state(element, current(block, element, filled))
            found.setdefault(block["block_id"], {})[element["action_id"]] = state
    return found


def keep(blocks: Iterable[Json], filled: Filled) -> Filled:
    """What survives when a view is updated: whatever still has its block id and action id."""
    alive = {(block["block_id"], element["action_id"]) for block, element in controls(blocks)}
    return {key: value for key, value in filled.items() if key in alive}


def problems(blocks: Iterable[Json], filled: Filled) -> dict[str, str]:
    """What Slack's own client refuses before it asks the app: block id → sentence."""
    found: dict[str, str] = {}
    for block, element in controls(blocks):
        if block["type"] == "input" and (problem := _problem(block, element, current(block, element, filled))):
            found[block["block_id"]] = problem
    return found


def _problem(block: Json, element: Json, raw: Any) -> str | None:
    if raw in (None, "", []):
        return None if block.get("optional") else "Please complete this required field."
    if element["type"] not in _TYPED:
        return None
    if element["type"] == "number_input":
        return _number_problem(element, raw)
    if len(raw) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    most = element.get("max_length", 3000)
    return f"Please enter at most {most} characters." if len(raw) > most else None


def _number_problem(element: Json, raw: str) -> str | None:
    if not re.fullmatch(r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+", raw, re.ASCII):
        return "Please enter a valid number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(raw) < float(least):
        return f"Please enter a number no less than {least}."
    return f"Please enter a number no greater than {most}." if most is not None and float(raw) > float(most) else None
