"""Block Kit's rules, as Slack enforces them: what may stand where, and how long it may be."""

from __future__ import annotations

import copy
import secrets
from typing import Any

Json = dict[str, Any]


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy with the ids that Slack makes up where the app gave none."""
    copied = copy.deepcopy(blocks)
    for block in copied:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
        for element in [block.get("accessory"), block.get("element"), *block.get("elements", [])]:
            if isinstance(element, dict) and is_interactive(element):
                element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return copied


def is_interactive(element: Json) -> bool:
    """Whether people can operate this element."""
    return element.get("type") not in {"image", "mrkdwn", "plain_text"} and not str(
        element.get("type", "")
    ).startswith("rich_text")


def check_message(blocks: list[Json]) -> None:
    """Refuse blocks that a message cannot have."""


def check_view(view: Json, kind: str) -> None:
    """Refuse a view that Slack would refuse."""
