"""Sends what the outbox owes: claims a recipient's due notices, posts one message, settles them.

Nothing is posted inside a transaction. Whether a post that failed half-way was taken after all is asked of the
channel's history before it is tried again, so that a reset connection or a crash does not make two of one.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.errors import SlackApiError, SlackClientError

from bot import files, people
from bot.caller import Caller, ToldToStop
from bot.desk import Desk
from bot.reader import Reader
from bot.views import announcements, direct, picture, schedule
from bot.views import period as period_view
from bot.views import summary as summary_view
from bot.views import waitlist as waitlist_view
from bot.views import welcome as welcome_view
from bot.views.kit import Message
from core import backlog, facts, outbox, rules, summary, waiting
from core.kinds import Kind
from core.outbox import Batch, OwedByLab
from core.posts import Post

log = logging.getLogger(__name__)

AT_ONCE = 4  # messages under way: Slack takes a while for each, and not many hundred a minute in all
LEASE = timedelta(seconds=20)  # longer than one try can take: five calls
EVENT = "gpu_slots_notices"  # names our metadata among other apps'
MIN_BACKOFF, MAX_BACKOFF = timedelta(seconds=2), timedelta(minutes=10)
GIVE_UP_AFTER = 20  # tries, over about two hours

_OF_PERIODS = frozenset({Kind.PERIOD_ADDED, Kind.PERIOD_BEGINS, Kind.PERIOD_REMOVED})
_PERMANENT = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_in_channel",
        "restricted_action",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)

# Slack takes nothing from us at all, until somebody renews the token: no message is to blame, and no admin can be told.
_LOCKED_OUT = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "org_login_required", "token_expired", "token_revoked"}
)

# What cannot be rewritten any more is told anew.
_LOST = frozenset(
    {
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "is_archived",
        "is_inactive",
        "message_not_found",
        "not_in_channel",
    }
)
_UNSPEAKABLE = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text"})


def _metadata(ids: Iterable[int]) -> dict[str, Any]:
    return {"event_type": EVENT, "event_payload": {"notices": sorted(ids)}}


class Sender:
    """One per process that delivers; several may run at once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._database, self._clock = desk.database, desk.clock
        self._client = Caller(desk.client)
        self._direct: dict[str, str] = {}  # whose direct messages are which channel
        self._clock_was_set_back = threading.Event()
        self._locked_out_at: datetime | None = None  # since when Slack has taken nothing

    def stop(self) -> None:
        """Finish what is being sent, and begin nothing more."""
        self._client.stop()

    def clock_was_set_back(self) -> None:
        """The next round goes by the clock as it is now; any thread may call this."""
        self._clock_was_set_back.set()

    def send_due(self) -> int:
        """Deliver everything that is due, to several recipients at once; the number of messages posted."""
        if self._clock_was_set_back.is_set():
            self._follow_clock()
        posted, under_way = 0, dict[Future[bool], int]()  # and to which recipient
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sender") as hands:
            while (batch := self._claim()) is not None or under_way:
                if batch is not None and batch.owed:
                    # Where the clock was set forward, a claim lapses under our hands: what came of it is seen after it.
                    wait([each for each, recipient in under_way.items() if recipient == batch.recipient_id])
                    under_way[hands.submit(self._deliver, batch)] = batch.recipient_id
                if batch is None or len(under_way) == AT_ONCE:
                    done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    posted += sum(each.result() for each in done)
                    under_way = {each: recipient for each, recipient in under_way.items() if each not in done}
        return posted

    def prepare(self, latest: datetime) -> None:
        """Ask Slack before a post what would have to be asked with it: of those to whom something falls due until then.

        What does not succeed is asked again with the post.
        """
        now = self._clock()
        with self._database.read(now) as work:
            soon = backlog.awaiting(work, self._desk.organization.id, latest)
        for member in soon:
            if member.slack_id in self._direct and people.is_fresh(member, now):
                continue
            if self._client.is_stopped:
                return
            try:
                people.refresh(self._desk, member, now)
                self._direct_messages_of(member.slack_id)
            except (SlackClientError, OSError, ToldToStop) as error:
                log.info("not prepared to write: %s", type(error).__name__)
                return

    def next_due(self) -> datetime | None:
        with self._database.read(self._clock()) as work:
            return backlog.next_due(work, self._desk.organization.id)

    def _follow_clock(self) -> None:
        self._clock_was_set_back.clear()  # first: that it is set back once more meanwhile is for the next round
        try:
            with self._database.begin(self._clock()) as work:
                outbox.follow_clock(work, self._desk.organization.id, LEASE)
        except BaseException:
            self._clock_was_set_back.set()
            raise

    def _claim(self) -> Batch | None:
        if self._client.is_stopped:
            return None
        with self._database.begin(self._clock()) as work:
            return outbox.claim(work, self._desk.organization.id, LEASE)

    def _deliver(self, batch: Batch) -> bool:
        """Whether it was posted. What goes wrong with one recipient is put off, and holds up nobody else."""
        try:
            channel = self._channel(batch)
            unposted = self._without_posted(batch, channel)
            return self._rewrite(unposted) or self._tell(unposted, channel)
        except ToldToStop:
            self._put_off(batch, "told to stop", timedelta(0))
        except SlackApiError as error:
            return self._refused(batch, error)
        except Exception as error:
            log.exception("notices %s: %s", batch.ids, type(error).__name__)
            self._put_off_or_give_up(batch, type(error).__name__)
        return False

    def _rewrite(self, batch: Batch) -> bool:
        """Whether the message that told of it before tells it now. Done twice, it says the same."""
        post = batch.post
        if post is None or post.in_thread or not batch.owed:
            return False
        lab, first = batch.organization, batch.owed[0]
        if first.kind in _OF_PERIODS:
            message = self._of_period(first, lab)
        else:
            message = announcements.to_channel(batch, self._reader(lab.language, lab.zone), self._clock())
        metadata = _metadata({*batch.ids, *(line.id for line in batch.rewritten)})
        try:
            self._client.chat_update(
                channel=post.channel, ts=post.slack_ts, metadata=metadata, **message.as_arguments()
            )
        except SlackApiError as error:
            if error.response.get("error") not in _LOST:
                raise
            log.info("a message cannot be rewritten: %s", error.response.get("error"))
            return False
        self._settle_sent(batch, batch.ids, post.slack_ts)
        return True

    def _tell(self, batch: Batch, channel: str) -> bool:
        """In a message of its own, or in the thread of one. What was to rewrite one, and could not, if it is news."""
        told = batch if batch.post is None or batch.post.in_thread else batch.anew()
        quiet = set(batch.ids) - set(told.ids)
        if quiet:
            with self._database.begin(self._clock()) as work:
                outbox.unneeded(work, batch, quiet)
        if not told.owed:
            return not quiet
        self._settle_sent(told, told.ids, self._post(told, channel))
        return True

    def _channel(self, batch: Batch) -> str:
        if batch.member is None:
            return batch.channel or ""
        return self._direct_messages_of(batch.member.slack_id)

    def _direct_messages_of(self, slack_id: str) -> str:
        if slack_id not in self._direct:
            self._direct[slack_id] = self._client.conversations_open(users=slack_id)["channel"]["id"]
        return self._direct[slack_id]

    def _post(self, batch: Batch, channel: str) -> str:
        """The `ts` of the message."""
        now, lab, holder = self._clock(), batch.organization, batch.member
        first = batch.owed[0]
        if first.kind is Kind.SUMMARY:
            return self._post_summary(batch, channel)
        if first.kind in _OF_PERIODS:
            message = self._of_period(first, lab)
        elif first.kind is Kind.HELLO:
            reader = self._reader(lab.language, lab.zone)
            message = welcome_view.to_channel(reader, is_labs=channel == lab.channel)
        elif holder is None:
            message = announcements.to_channel(batch, self._reader(lab.language, lab.zone), now)
        elif first.kind is Kind.IN_VAIN:
            with self._database.read(now) as work:
                wishes = waiting.given_up(work, first)
            message = waitlist_view.in_vain(wishes, self._reader(holder.language, holder.zone, holder.slack_id))
        elif not batch.of_reservations:
            reader = self._reader(holder.language, holder.zone, holder.slack_id)
            message = summary_view.undeliverable(str(first.data.get("failure", "")), reader)
        else:
            holder = people.refresh(self._desk, holder, now)  # who travels reads local times
            message = direct.to_holder(batch, self._reader(holder.language, holder.zone, holder.slack_id), now)
        return self._say(message, batch, channel)

    def _of_period(self, owed: OwedByLab, lab: facts.Organization) -> Message:
        reader = self._reader(lab.language, lab.zone)
        if owed.kind is Kind.PERIOD_BEGINS:
            with self._database.read(self._clock()) as work:
                return period_view.begins(rules.beginning(work, lab.id, owed), reader)
        period, said = rules.told(owed)
        if owed.kind is Kind.PERIOD_ADDED:
            return period_view.added(period, said, reader)
        return period_view.removed(period, reader)

    def _post_summary(self, batch: Batch, channel: str) -> str:
        """With the week's picture in it; without, where Slack does not take that."""
        (owed,), lab, now = batch.owed, batch.organization, self._clock()
        reader = self._reader(lab.language, lab.zone)
        window = summary.week_told(owed.due_at, ZoneInfo(lab.zone))
        with self._database.read(now) as work:
            told = summary.look(work, lab.id, window, ZoneInfo(lab.zone))
        alone = summary_view.posted(told, None, owed.due_at, reader, now)
        try:
            png = picture.draw(told.schedule, reader, now)
            words = schedule.describe(told.schedule, reader, schedule.ALT)
            file_id = files.upload(self._client, png, "week.png", words)
            shown = summary_view.posted(told, file_id, owed.due_at, reader, now)
        except (SlackClientError, OSError) as error:
            log.warning("the summary goes without its picture: %s", type(error).__name__)
            return self._say(alone, batch, channel)
        try:
            return files.until_ready(lambda: self._say(shown, batch, channel))
        except SlackApiError as error:
            if not files.is_not_ready(error):
                raise
            return self._say(alone, batch, channel)

    def _say(self, message: Message, batch: Batch, channel: str) -> str:
        answer = self._client.chat_postMessage(
            channel=batch.post.channel if batch.post else channel,
            thread_ts=batch.post.slack_ts if batch.post else None,
            metadata=_metadata(batch.ids),
            unfurl_links=False,
            **message.as_arguments(),
        )
        return str(answer["ts"])

    def _without_posted(self, batch: Batch, channel: str) -> Batch:
        """Leave out what an earlier try posted although it seemed to fail, and settle that."""
        again = [owed for owed in batch.owed if owed.attempts > 1]
        if not again:
            return batch
        oldest = min(owed.due_at for owed in again) - timedelta(minutes=1)
        in_thread = batch.post if batch.post and batch.post.in_thread else None
        posted = self._posted(channel, oldest, {owed.id for owed in again}, in_thread)
        for notice, ts in posted.items():
            self._settle_sent(batch if in_thread else batch.anew(), [notice], ts)
        return replace(batch, owed=tuple(owed for owed in batch.owed if owed.id not in posted))

    def _posted(self, channel: str, oldest: datetime, wanted: set[int], above: Post | None) -> dict[int, str]:
        """Which notices the channel's history shows, or that of the thread under `above`, with their message's `ts`.

        Where we may not read it, nothing: then a message may come twice, which is better than not at all.
        """
        found: dict[int, str] = {}
        try:
            for message in self._history(channel, oldest, above):
                metadata: dict[str, Any] = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT:
                    ids = wanted.intersection(metadata["event_payload"].get("notices", []))
                    found |= dict.fromkeys(ids, message["ts"])
        except SlackApiError as error:
            if error.response.get("error") != "missing_scope":
                raise
        return found

    def _history(self, channel: str, oldest: datetime, above: Post | None) -> Iterator[dict[str, Any]]:
        """With the answers under `above`; Slack puts into the channel what it finds no message above of."""
        asked: dict[str, Any] = {"oldest": f"{oldest.timestamp():.6f}", "include_all_metadata": True, "limit": 200}
        for page in self._client.conversations_history(channel=above.channel if above else channel, **asked):
            yield from page["messages"]
        if above is None:
            return
        try:
            for page in self._client.conversations_replies(channel=above.channel, ts=above.slack_ts, **asked):
                yield from page["messages"]
        except SlackApiError as error:
            if error.response.get("error") != "thread_not_found":
                raise

    def _reader(self, language: str, zone: str, slack_id: str = "") -> Reader:
        return Reader.of(language, zone, slack_id, self._desk.command)

    def _refused(self, batch: Batch, error: SlackApiError) -> bool:
        code = str(error.response.get("error") or error.response.status_code)
        if error.response.status_code == 429:
            seconds = float(error.response.headers.get("Retry-After", 30))
            # Nobody is written to faster than Slack takes it for one channel: this goes for all of them.
            with self._database.begin(self._clock()) as work:
                outbox.hush(work, batch.organization.id, work.now + timedelta(seconds=max(seconds, 1)))
            self._put_off(batch, "ratelimited", timedelta(seconds=seconds))
        elif code in _UNSPEAKABLE and len(batch.owed) > 1:
            # One of them is what Slack does not take; the others must not go down with it.
            posted = [self._deliver(replace(batch, owed=(owed,))) for owed in batch.owed]
            return any(posted)
        elif code in _PERMANENT | _UNSPEAKABLE:
            self._give_up(batch, code)
        elif code in _LOCKED_OUT:
            self._put_off(batch, code, self._while_locked_out())
        else:
            self._put_off_or_give_up(batch, code)
        return False

    def _while_locked_out(self) -> timedelta:
        """How long to leave Slack alone: as long again as it has taken nothing already."""
        now = self._clock()
        self._locked_out_at = since = min(self._locked_out_at or now, now)
        return min(max(now - since, MIN_BACKOFF), MAX_BACKOFF)

    def _put_off_or_give_up(self, batch: Batch, why: str) -> None:
        if _tries(batch) >= GIVE_UP_AFTER:
            self._give_up(batch, why)
        else:
            self._put_off(batch, why, _backoff(batch), is_try=True)

    def _put_off(self, batch: Batch, why: str, length: timedelta, *, is_try: bool = False) -> None:
        until = self._clock() + length * random.uniform(1, 1.25)  # noqa: S311 - spreads load, guards nothing
        log.warning("notices %s put off: %s", batch.ids, why)
        with self._database.begin(self._clock()) as work:
            outbox.put_off(work, batch, until, why, is_try=is_try)

    def _give_up(self, batch: Batch, why: str) -> None:
        log.warning("notices %s given up: %s", batch.ids, why)
        self._direct.clear()
        with self._database.begin(self._clock()) as work:
            outbox.failed(work, batch, why)

    def _settle_sent(self, batch: Batch, ids: Iterable[int], ts: str) -> None:
        self._locked_out_at = None
        with self._database.begin(self._clock()) as work:
            outbox.sent(work, batch, ids, ts)


def _tries(batch: Batch) -> int:
    return max(owed.attempts for owed in batch.owed)


def _backoff(batch: Batch) -> timedelta:
    return min(timedelta(seconds=2 ** min(_tries(batch), 10)), MAX_BACKOFF)
