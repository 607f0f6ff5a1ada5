"""Files that the app uploads: asked for, sent, completed, and some time later ready to be shown in blocks."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, Any

from bot.workspace.errors import SlackError
from bot.workspace.state import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.workspace.state import State

Json = dict[str, Any]

_IMAGES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif"}


class Files:
    """The workspace's files. Slack looks at them only after the app was told that all is well; so does this."""

    def __init__(self, state: State) -> None:
        self._state = state

    def ask(self, name: str, length: int, alt: str) -> File:
        """A place to send a file of that many bytes to."""
        file = File(self._state.new_id("F"), name, length, alt, token=secrets.token_urlsafe(12))
        self._state.files[file.id] = file
        return file

    def take(self, token: str, data: bytes) -> bool:
        """Whether what was sent there is the file that was asked for."""
        file = next((file for file in self._state.files.values() if file.token == token), None)
        if file is None or file.completed_at is not None or len(data) != file.length:
            return False
        file.data = data
        return True

    def complete(self, file_id: str, title: str) -> File:
        """The app says that it is there."""
        file = self.find(file_id)
        if file.data is None:
            raise SlackError("file_not_found")
        file.title = title or file.name
        file.completed_at = time.monotonic()
        file.kind = next((kind for start, kind in _IMAGES.items() if file.data.startswith(start)), "")
        return file

    def find(self, file_id: str) -> File:
        """A file that was asked for."""
        if file_id not in self._state.files:
            raise SlackError("file_not_found")
        return self._state.files[file_id]

    def check(self, blocks: list[Json], at: str = "/blocks") -> None:
        """Refuse blocks that show a file which is not there, is no image, or was not looked at yet."""
        problems = [
            f"[ERROR] invalid slack file [json-pointer:{pointer}/slack_file]"
            for pointer, shown in _shown(blocks, at)
            if not self._is_ready_image(shown)
        ]
        if problems:
            raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": problems})

    def _is_ready_image(self, shown: Json) -> bool:
        named = shown.get("id") or "".join(re.findall(r"/files(?:-pri)?/(F[A-Z0-9]+)", shown.get("url", "")))
        file = self._state.files.get(named)
        if file is None or file.completed_at is None:
            return False
        return bool(file.kind) and time.monotonic() - file.completed_at >= self._state.file_seconds


def _shown(blocks: list[Json], at: str) -> Iterator[tuple[str, Json]]:
    for number, block in enumerate(blocks):
        kept = block.get("elements")
        parts = [("", block), ("/accessory", block.get("accessory"))]
        parts += [(f"/elements/{place}", part) for place, part in enumerate(kept if isinstance(kept, list) else [])]
        for where, part in parts:
            if isinstance(part, dict) and part.get("type") == "image" and "slack_file" in part:
                yield f"{at}/{number}{where}", part["slack_file"]
