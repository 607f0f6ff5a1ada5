"""Sends what the outbox owes: claims a recipient's due notices, posts one message, settles them.

Nothing is posted inside a transaction. Whether a post that failed half-way was taken after all is asked of the
channel's history before it is tried again, so that a reset connection or a crash does not make two of one.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.reader import Reader
from bot.views import notices as view
from core import notices
from core.notices import Batch
from core.work import Database

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)  # longer than one try can take: three calls
EVENT = "gpu_slots_notices"  # names our metadata among other apps'
MAX_BACKOFF = timedelta(minutes=10)
GIVE_UP_AFTER = 50

_PERMANENT = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "invalid_blocks",
        "invalid_blocks_format",
        "is_archived",
        "messages_tab_disabled",
        "missing_scope",
        "msg_too_long",
        "no_permission",
        "no_text",
        "not_in_channel",
        "restricted_action",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)


class Sender:
    """One per process that delivers; several may run at once."""

    def __init__(self, database: Database, client: WebClient, clock: Callable[[], datetime], command: str) -> None:
        self._database = database
        # Slack's client would by itself post again after a reset connection: two messages. The outbox decides.
        self._client = WebClient(token=client.token, base_url=client.base_url, timeout=5, retry_handlers=[])
        self._clock = clock
        self._command = command
        self._direct: dict[str, str] = {}  # whose direct messages are which channel

    def send_due(self) -> int:
        """Deliver everything that is due; the number of messages posted."""
        posted = 0
        while (batch := self._claim()) is not None:
            posted += bool(batch.owed) and self._deliver(batch)
        return posted

    def next_due(self) -> datetime | None:
        with self._database.read(self._clock()) as work:
            return notices.next_due(work)

    def _claim(self) -> Batch | None:
        with self._database.begin(self._clock()) as work:
            return notices.claim(work, LEASE)

    def _deliver(self, batch: Batch) -> bool:
        try:
            channel = self._channel(batch)
            unposted = self._without_posted(batch, channel)
            if unposted.owed:
                self._settle_sent(unposted.ids, self._post(unposted, channel))
        except SlackApiError as error:
            self._refused(batch, error)
        except (SlackClientError, OSError) as error:
            self._put_off(batch, type(error).__name__)
        else:
            return True
        return False

    def _channel(self, batch: Batch) -> str:
        if batch.member is None:
            return batch.organization.channel or ""
        slack_id = batch.member.slack_id
        if slack_id not in self._direct:
            self._direct[slack_id] = self._client.conversations_open(users=slack_id)["channel"]["id"]
        return self._direct[slack_id]

    def _post(self, batch: Batch, channel: str) -> str:
        """The `ts` of the message."""
        now = self._clock()
        if batch.member is None:
            lab = batch.organization
            message = view.to_channel(batch, Reader.of(lab.language, lab.zone, command=self._command), now)
        else:
            holder = batch.member
            reader = Reader.of(holder.language, holder.zone, holder.slack_id, self._command)
            message = view.to_holder(batch, reader, now)
        metadata = {"event_type": EVENT, "event_payload": {"notices": list(batch.ids)}}
        answer = self._client.chat_postMessage(
            channel=channel, metadata=metadata, unfurl_links=False, **message.as_arguments()
        )
        return str(answer["ts"])

    def _without_posted(self, batch: Batch, channel: str) -> Batch:
        """Leave out what an earlier try posted although it seemed to fail, and settle that."""
        again = [owed for owed in batch.owed if owed.attempts > 1]
        if not again:
            return batch
        oldest = min(owed.due_at for owed in again) - timedelta(minutes=1)
        posted = self._posted(channel, oldest, {owed.id for owed in again})
        for notice, ts in posted.items():
            self._settle_sent([notice], ts)
        return replace(batch, owed=tuple(owed for owed in batch.owed if owed.id not in posted))

    def _posted(self, channel: str, oldest: datetime, wanted: set[int]) -> dict[int, str]:
        """Which notices the channel's history shows, with the `ts` of their message."""
        found: dict[int, str] = {}
        pages = self._client.conversations_history(
            channel=channel, oldest=f"{oldest.timestamp():.6f}", include_all_metadata=True, limit=200
        )
        for page in pages:
            for message in page["messages"]:
                metadata: dict[str, Any] = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT:
                    ids = wanted.intersection(metadata["event_payload"].get("notices", []))
                    found |= dict.fromkeys(ids, message["ts"])
        return found

    def _refused(self, batch: Batch, error: SlackApiError) -> None:
        code = str(error.response.get("error") or error.response.status_code)
        if error.response.status_code == 429:
            seconds = float(error.response.headers.get("Retry-After", 30))
            self._put_off(batch, "ratelimited", timedelta(seconds=seconds))
        elif code in _PERMANENT or _tries(batch) >= GIVE_UP_AFTER:
            log.warning("notices %s given up: %s", batch.ids, code)
            self._direct.clear()
            with self._database.begin(self._clock()) as work:
                notices.failed(work, batch.ids, code)
        else:
            self._put_off(batch, code)

    def _put_off(self, batch: Batch, why: str, wait: timedelta | None = None) -> None:
        delay = wait or min(timedelta(seconds=2 ** min(_tries(batch), 10)), MAX_BACKOFF)
        until = self._clock() + delay * random.uniform(1, 1.25)  # noqa: S311 - spreads load, guards nothing
        log.warning("notices %s put off: %s", batch.ids, why)
        with self._database.begin(self._clock()) as work:
            notices.put_off(work, batch.ids, until, why)

    def _settle_sent(self, ids: tuple[int, ...] | list[int], ts: str) -> None:
        with self._database.begin(self._clock()) as work:
            notices.sent(work, ids, ts)


def _tries(batch: Batch) -> int:
    return max(owed.attempts for owed in batch.owed)
