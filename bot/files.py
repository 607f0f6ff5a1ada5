"""Uploads as Slack wants them: ask for a place, send, complete; and shown in blocks once Slack has looked at them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

T = TypeVar("T")

# Slack looks at an upload only after it was completed; until then it refuses blocks that show it. About a second.
WAITS = (0.3, 0.5, 0.8, 1.3, 2.1)  # seconds


def upload(client: WebClient, data: bytes, name: str, alt: str) -> str:
    """The new file's id. It belongs to the bot alone, until a message shows it.

    Raises SlackClientError when Slack refuses, URLError when the place that it names is not to be reached.
    """
    return str(client.files_upload_v2(content=data, filename=name, title=name, alt_txt=alt)["file"]["id"])


def send(client: WebClient, text: str, name: str, channel: str) -> None:
    """A text file, as a message of its own."""
    client.files_upload_v2(content=text, filename=name, title=name, channel=channel)


def until_ready(post: Callable[[], T]) -> T:
    """Post blocks that show a fresh upload: tried again while Slack has not looked at it yet."""
    for wait in WAITS:
        try:
            return post()
        except SlackApiError as error:
            if not is_not_ready(error):
                raise
        time.sleep(wait)
    return post()


def is_not_ready(error: SlackApiError) -> bool:
    """Whether Slack refuses blocks because of a file that it does not know yet, rather than for good."""
    said = error.response.get("errors") or error.response.get("response_metadata", {}).get("messages") or []
    return error.response.get("error") == "invalid_blocks" and any("invalid slack file" in each for each in said)
