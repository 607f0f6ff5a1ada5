"""A clock that can be moved forward, in this process and in others that share its file."""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OFFSET = struct.Struct("d")  # seconds ahead of the machine's own clock


class MovableClock:
    """Epoch seconds, as a workspace's clock is asked for them. Whoever opens the same file moves with it."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_OFFSET.pack(0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _OFFSET.size)

    def __call__(self) -> float:
        return time.time() + self.ahead

    @property
    def ahead(self) -> float:
        """Seconds by which it is ahead of the machine's own clock."""
        return float(_OFFSET.unpack(self._shared[:])[0])

    def forward(self, seconds: float) -> None:
        """Let so much time have passed."""
        if seconds < 0:
            raise ValueError("time goes forward")
        self._shared[:] = _OFFSET.pack(self.ahead + seconds)

    def now(self) -> datetime:
        """The same as an aware datetime, which is how the bot asks for it."""
        return datetime.fromtimestamp(self(), UTC)
