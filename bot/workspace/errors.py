"""How this Slack says no."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """A refusal with one of Slack's error codes, and what Slack says beside it."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    @classmethod
    def arguments(cls, *messages: str) -> SlackError:
        """`invalid_arguments`, with the reasons where Slack puts them."""
        return cls("invalid_arguments", response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})
