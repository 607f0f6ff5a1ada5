"""How senders call Slack: with short patience, never twice by itself, and no more once told to stop."""

from __future__ import annotations

import threading
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

TIMEOUT = 3  # seconds for one call; told to stop, a process waits for the one under way


class ToldToStop(Exception):  # noqa: N818 - no malfunction
    """The call was not begun; what it was for is somebody else's to do."""


class Caller(WebClient):
    """Slack's client would by itself post again after a reset connection: two messages. The outbox decides."""

    def __init__(self, like: WebClient) -> None:
        super().__init__(token=like.token, base_url=like.base_url, timeout=TIMEOUT, retry_handlers=[])
        self._stopped = threading.Event()

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let calls under way end, and begin none."""
        self._stopped.set()

    def api_call(self, *arguments: Any, **options: Any) -> SlackResponse:
        """ToldToStop instead of a call that would begin after that."""
        if self.is_stopped:
            raise ToldToStop
        return super().api_call(*arguments, **options)
