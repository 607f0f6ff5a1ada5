"""Block Kit's rules, as Slack enforces them: what may stand where, and how long it may be."""

from __future__ import annotations

import copy
import secrets
from typing import Any

from bot.workspace.errors import SlackError
from bot.workspace.schema import (
    Check,
    Report,
    anything,
    boolean,
    by_type,
    integer,
    items,
    matching,
    one_of,
    shape,
    string,
)

Json = dict[str, Any]

MOST_IN_MESSAGE = 50
MOST_IN_VIEW = 100

# ── text ────────────────────────────────────────────────────────────────────


def plain(most: int) -> Check:
    """A plain_text object."""
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": boolean})})


def rich(most: int) -> Check:
    """A text object of either kind."""
    mrkdwn = shape({"text": string(most)}, {"verbatim": boolean})
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": boolean}), "mrkdwn": mrkdwn})


CONFIRM = shape(
    {"title": plain(100), "text": rich(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)

# ── elements ────────────────────────────────────────────────────────────────

ID = string(255)
URL = string(3000)
PLACEHOLDER = plain(150)
DAY = matching(r"\d{4}-\d{2}-\d{2}", "a date as YYYY-MM-DD")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")
OPERABLE: dict[str, Check] = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": boolean}

OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
RICH_OPTION = shape({"text": rich(75), "value": string(150)}, {"description": rich(75)})
MENU_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
OPTIONS = items(OPTION, 100)
GROUPS = items(shape({"label": plain(75), "options": OPTIONS}), 100)


def _options_somewhere(element: Json, at: str, report: Report) -> None:
    """Options or groups of them, not both; and a choice must start with one of them."""
    if ("options" in element) == ("option_groups" in element):
        report.add("exactly one of options and option_groups is required", at)
    _starts_within(element, at, report)


def _starts_within(element: Json, at: str, report: Report) -> None:
    groups = [group for group in element.get("option_groups", []) if isinstance(group, dict)]
    known = [
        *element.get("options", []),
        *(option for group in groups for option in group.get("options", [])),
    ]
    chosen = [element[name] for name in ("initial_option",) if name in element]
    for option in chosen + list(element.get("initial_options", [])):
        if option not in known:
            report.add("initial option must match one of the options", at)


def _select(**more: Check) -> Check:
    choices = {"options": OPTIONS, "option_groups": GROUPS, "placeholder": PLACEHOLDER}
    return shape({}, OPERABLE | choices | more, also=_options_somewhere)


def _picker(**more: Check) -> Check:
    return shape({}, OPERABLE | {"placeholder": PLACEHOLDER} | more)


def _typed(**more: Check) -> Check:
    trigger = items(one_of("on_enter_pressed", "on_character_entered"), 2)
    common: dict[str, Check] = {
        "action_id": ID,
        "placeholder": PLACEHOLDER,
        "focus_on_load": boolean,
        "dispatch_action_config": shape({}, {"trigger_actions_on": trigger}),
    }
    return shape({}, common | more)


BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": ID,
        "value": string(2000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
SELECTS: dict[str, Check] = {
    "static_select": _select(initial_option=anything),
    "multi_static_select": _select(initial_options=items(anything, 100), max_selected_items=integer(1, 100)),
    "users_select": _picker(initial_user=string(50)),
    "channels_select": _picker(initial_channel=string(50), response_url_enabled=boolean),
    "conversations_select": _picker(
        initial_conversation=string(50),
        default_to_current_conversation=boolean,
        response_url_enabled=boolean,
        filter=anything,
    ),
}
PICKERS: dict[str, Check] = {
    "datepicker": _picker(initial_date=DAY),
    "timepicker": _picker(initial_time=TIME, timezone=string(100)),
    "datetimepicker": shape({}, OPERABLE | {"initial_date_time": integer(10**9, 10**10 - 1)}),
    "checkboxes": shape(
        {"options": items(RICH_OPTION, 10)},
        OPERABLE | {"initial_options": items(anything, 10)},
        also=_starts_within,
    ),
    "radio_buttons": shape(
        {"options": items(RICH_OPTION, 10)}, OPERABLE | {"initial_option": anything}, also=_starts_within
    ),
}
TYPED: dict[str, Check] = {
    "plain_text_input": _typed(
        initial_value=string(3000, 0),
        multiline=boolean,
        min_length=integer(0, 3000),
        max_length=integer(1, 3000),
    ),
    "number_input": _typed(
        is_decimal_allowed=boolean, initial_value=string(100), min_value=string(100), max_value=string(100)
    ),
    "email_text_input": _typed(initial_value=string(3000)),
    "url_text_input": _typed(initial_value=string(3000)),
}
MENU = shape({"options": items(MENU_OPTION, 5)}, {"action_id": ID, "confirm": CONFIRM})


def _one_name(file: Json, at: str, report: Report) -> None:
    if ("id" in file) == ("url" in file):
        report.add("exactly one of id and url is required", at)


def _one_source(image: Json, at: str, report: Report) -> None:
    if ("image_url" in image) == ("slack_file" in image):
        report.add("exactly one of image_url and slack_file is required", at)


SLACK_FILE = shape({}, {"id": matching(r"F[A-Z0-9]{8,}", "a file's id"), "url": URL}, also=_one_name)
PICTURE = shape({"alt_text": string(2000)}, {"image_url": URL, "slack_file": SLACK_FILE}, also=_one_source)

PRESSABLE: dict[str, Check] = {"button": BUTTON, "overflow": MENU}

# ── blocks ──────────────────────────────────────────────────────────────────


def _block(required: dict[str, Check], optional: dict[str, Check] | None = None, also: Check | None = None) -> Check:
    return shape(required, {"block_id": ID} | (optional or {}), also)


def _says_something(block: Json, at: str, report: Report) -> None:
    if "text" not in block and "fields" not in block:
        report.add("missing required field: text", at)


def _unique_actions(block: Json, at: str, report: Report) -> None:
    seen: set[str] = set()
    elements = block.get("elements")
    for element in elements if isinstance(elements, list) else []:
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if action_id in seen:
            report.add(f"`action_id` {action_id} already exists for this block", f"{at}/elements")
        if action_id:
            seen.add(action_id)


BLOCKS: dict[str, Check] = {
    "section": _block(
        {},
        {
            "text": rich(3000),
            "fields": items(rich(2000), 10),
            "accessory": by_type({"image": PICTURE} | PRESSABLE | SELECTS | PICKERS),
            "expand": boolean,
        },
        also=_says_something,
    ),
    "header": _block({"text": plain(150)}),
    "divider": _block({}),
    "context": _block(
        {
            "elements": items(
                by_type(
                    {"image": PICTURE, "mrkdwn": shape({"text": string(3000)}, {"verbatim": boolean})}
                    | {"plain_text": shape({"text": string(3000)}, {"emoji": boolean})}
                ),
                10,
            )
        }
    ),
    "actions": _block({"elements": items(by_type(PRESSABLE | SELECTS | PICKERS), 25)}, also=_unique_actions),
    "image": _block(
        {"alt_text": string(2000)},
        {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        also=_one_source,
    ),
    "input": _block(
        {"label": plain(2000), "element": by_type(TYPED | SELECTS | PICKERS)},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _block({"elements": items(anything, 1000)}),
}
VIEW_COMMON: dict[str, Check] = {
    "blocks": items(by_type(BLOCKS), MOST_IN_VIEW, 0),
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
MODAL = shape(
    {"title": plain(24), "blocks": VIEW_COMMON["blocks"]},
    VIEW_COMMON
    | {
        "close": plain(24),
        "submit": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
HOME = shape({"blocks": VIEW_COMMON["blocks"]}, VIEW_COMMON)
MESSAGE_BLOCKS = items(by_type(BLOCKS), MOST_IN_MESSAGE, 0)


def check_message(blocks: Any) -> None:
    """Refuse blocks that a message cannot have (`invalid_blocks`)."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    report = Report()
    MESSAGE_BLOCKS(blocks, "/blocks", report)
    _unique_blocks(blocks, "/blocks", report)
    if report.messages:
        messages = report.messages
        raise SlackError("invalid_blocks", errors=messages, response_metadata={"messages": messages})


def check_view(view: Json, kind: str) -> None:
    """Refuse a view that cannot be a modal, or cannot be a Home tab (`invalid_arguments`)."""
    report = Report()
    if view.get("type") != kind:
        report.add(f"value must be one of: {kind}", "/view/type")
    else:
        (MODAL if kind == "modal" else HOME)(view, "/view", report)
        blocks = view.get("blocks") if isinstance(view.get("blocks"), list) else []
        _unique_blocks(blocks or [], "/view/blocks", report)
        asks = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks or [])
        if kind == "modal" and asks and not view.get("submit"):
            report.add("missing required field: submit", "/view")
    if report.messages:
        raise SlackError("invalid_arguments", response_metadata={"messages": report.messages})


def _unique_blocks(blocks: list[Any], at: str, report: Report) -> None:
    seen: set[str] = set()
    focused = 0
    for number, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        if block.get("block_id") in seen:
            report.add(f"block_id `{block['block_id']}` already exists", f"{at}/{number}/block_id")
        if block.get("block_id"):
            seen.add(block["block_id"])
        focused += sum(bool(element.get("focus_on_load")) for element in elements_of(block))
    if focused > 1:
        report.add("only one element may have focus_on_load", at)


# ── ids ─────────────────────────────────────────────────────────────────────


def elements_of(block: Json) -> list[Json]:
    """The elements of a block, wherever it keeps them."""
    kept = block.get("elements")
    found = [block.get("accessory"), block.get("element"), *(kept if isinstance(kept, list) else [])]
    return [element for element in found if isinstance(element, dict)]


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy with the ids that Slack makes up where the app gave none."""
    copied = copy.deepcopy(blocks)
    operable = PRESSABLE | SELECTS | PICKERS | TYPED
    for block in copied:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)[:5]
        for element in elements_of(block):
            if element["type"] in operable:
                element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return copied
