"""Days on which Slack is not well: rate limits, errors, resets and silence, on demand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.workspace.state import Clock


@dataclass
class Fault:
    """What goes wrong with the next calls of one method."""

    method: str
    status: int = 200
    retry_after: int | None = None
    error: str | None = None
    reset: bool = False  # the call takes effect, then the connection breaks before the answer
    hang: float | None = None  # seconds of silence; nothing takes effect, unless the connection breaks after them
    times: int = 1


@dataclass
class Faults:
    """The faults still to come, and the rate limit that can be switched on."""

    clock: Clock
    rate_limited: bool = False
    edit_window: float | None = None  # seconds for which messages may be edited, as admins can set; None: always
    _planned: list[Fault] = field(default_factory=list)
    _posts: dict[str, float] = field(default_factory=lambda: defaultdict(lambda: float("-inf")))

    def plan(self, fault: Fault) -> None:
        """Let the method fail as described, starting with its next call."""
        self._planned.append(fault)

    def clear(self) -> None:
        """Slack is well again."""
        self._planned.clear()

    def take(self, method: str) -> Fault | None:
        """The fault for this call, if one is due."""
        for fault in self._planned:
            if fault.method in {method, "*"}:
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return fault
        return None

    def too_late(self, ts: str) -> bool:
        """Whether a message of that timestamp may be edited no longer."""
        return self.edit_window is not None and self.clock() - float(ts) > self.edit_window

    def too_soon(self, channel_id: str) -> bool:
        """Whether this post comes within a second of the last one in its channel."""
        now = self.clock()
        if self.rate_limited and now - self._posts[channel_id] < 1:
            return True
        self._posts[channel_id] = now
        return False
