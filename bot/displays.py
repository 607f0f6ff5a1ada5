"""Redraws what Slack goes on showing, where it differs from what is so: Homes being looked at, and the lab's board."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from itertools import pairwise

from slack_sdk.errors import SlackApiError

from bot import people
from bot.caller import Caller, ToldToStop
from bot.desk import Desk
from bot.reader import Reader
from bot.views import board as board_view
from bot.views import home as home_view
from bot.views.home import Lab
from core import audit, availability, displays, facts, inventory, reservations, series, setup, summary, waiting
from core.actors import Actor
from core.displays import Display
from core.timerange import TimeRange
from core.work import Work

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)  # longer than one try can take: three calls
AT_ONCE = 2.0  # seconds of drawing, after which what is due soon has its turn
RETRY = timedelta(seconds=30)
EVENT = "gpu_slots_board"  # names our metadata among other apps'

_LOST = frozenset({"message_not_found", "edit_window_closed", "cant_update_message"})
_CLOSED = frozenset({"channel_not_found", "is_archived", "is_inactive", "not_in_channel", "restricted_action"})
_GONE = frozenset({"user_not_found", "not_enabled", "user_not_visible"})
CLOSED_FOR = timedelta(minutes=10)  # after which a channel is tried again


class Painter:
    """One per process that delivers; several may run at once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._database, self._clock = desk.database, desk.clock
        self._client = Caller(desk.client)

    def stop(self) -> None:
        """Finish what is being drawn, and begin nothing more."""
        self._client.stop()

    def refresh(self) -> int:
        """Redraw what is out of date; the number of those that were. What is left over is done at the next tick."""
        lab, began, drawn = self._desk.organization, time.monotonic(), 0
        with self._database.read(self._clock()) as work:
            stale = displays.stale(work, lab.id)
        for display_id in stale:
            if self._client.is_stopped:
                break
            if time.monotonic() - began > AT_ONCE:
                self._database.on_due(self._clock())
                break
            with self._database.begin(self._clock()) as work:
                display = displays.claim(work, display_id, LEASE)
            drawn += display is not None and self.draw(display) is None
        return drawn

    def draw(self, display: Display) -> str | None:
        """Draw a display that is ours; Slack's word for what is wrong, if anything."""
        try:
            if display.member is not None:
                self._draw_home(display, display.member)
            else:
                self._draw_board(display)
        except ToldToStop:
            self._put_off(display, timedelta(0), "told to stop")
            return "told to stop"
        except SlackApiError as error:
            return self._refused(display, error)
        except Exception as error:
            log.exception("display %s: %s", display.id, type(error).__name__)
            self._put_off(display, RETRY, type(error).__name__)
            return type(error).__name__
        return None

    def _draw_home(self, display: Display, member: facts.Member) -> None:
        now = self._clock()
        member = people.refresh(self._desk, member, now)
        reader = Reader.of(member.language, member.zone, member.slack_id, self._desk.command)
        with self._database.read(now) as work:
            shown, lab = look(work, self._desk, member, reader)
        self._client.views_publish(user_id=member.slack_id, view=home_view.home(lab, reader, now))
        self._drawn(display, shown, None)

    def _draw_board(self, display: Display) -> None:
        now, lab = self._clock(), display.organization
        with self._database.read(now) as work:
            outlook = availability.outlook(work, lab.id)
            changes, names = audit.lately(work, lab.id), inventory.names_of_all(work, lab.id)
        reader = Reader.of(lab.language, lab.zone, "", self._desk.command)
        message = board_view.board(outlook.occupancy(), changes, names, reader, now)
        ts = self._edit(display, message.as_arguments()) or self._post(display, message.as_arguments())
        self._drawn(display, displays.state(outlook, changes), ts)

    def _edit(self, display: Display, content: dict[str, object]) -> str | None:
        """The board's message, edited; None where there is none to edit any more."""
        if display.slack_ts is None:
            return None
        try:
            self._client.chat_update(channel=display.channel, ts=display.slack_ts, **content)  # type: ignore[arg-type]
        except SlackApiError as error:
            if error.response.get("error") not in _LOST:
                raise
            self.take_back(display)
            return None
        return display.slack_ts

    def _post(self, display: Display, content: dict[str, object]) -> str:
        """The board's message, posted anew: or found, where an earlier try posted it and could not tell any more."""
        found = self._posted(display)
        if found is not None:
            return found
        metadata = {"event_type": EVENT, "event_payload": {"board": display.id}}
        answer = self._client.chat_postMessage(
            channel=display.channel,
            metadata=metadata,
            unfurl_links=False,
            **content,  # type: ignore[arg-type]
        )
        return str(answer["ts"])

    def _posted(self, display: Display) -> str | None:
        """A board that stands in the channel although nobody noted it; the next change edits it."""
        oldest = display.slack_ts or f"{(self._clock() - 2 * LEASE).timestamp():.6f}"
        try:
            page = self._client.conversations_history(
                channel=display.channel, oldest=oldest, include_all_metadata=True, limit=100
            )
        except SlackApiError as error:
            if error.response.get("error") != "missing_scope":
                raise
            return None
        for message in page["messages"]:
            metadata = message.get("metadata") or {}
            is_board = metadata.get("event_type") == EVENT and metadata["event_payload"].get("board") == display.id
            if is_board and message["ts"] != display.slack_ts:
                return str(message["ts"])
        return None

    def take_back(self, display: Display) -> None:
        """Delete a board's message, where Slack lets us: an old one would mislead."""
        if display.slack_ts is None:
            return
        try:
            self._client.chat_delete(channel=display.channel, ts=display.slack_ts)
        except SlackApiError as error:
            log.info("an old board stays: %s", error.response.get("error"))

    def _refused(self, display: Display, error: SlackApiError) -> str:
        code = str(error.response.get("error") or error.response.status_code)
        if error.response.status_code == 429:
            self._put_off(display, timedelta(seconds=float(error.response.headers.get("Retry-After", 30))), code)
        elif code in _GONE and display.member is not None:
            with self._database.begin(self._clock()) as work:
                displays.drop(work, display)
        else:
            self._put_off(display, CLOSED_FOR if code in _CLOSED else RETRY, code)
        return code

    def _put_off(self, display: Display, wait: timedelta, why: str) -> None:
        log.warning("display %s put off: %s", display.id, why)
        now = self._clock()
        with self._database.begin(now) as work:
            displays.put_off(work, display, now + wait, why)

    def _drawn(self, display: Display, shown: str, ts: str | None) -> None:
        with self._database.begin(self._clock()) as work:
            displays.drawn(work, display, shown, ts)


def look(work: Work, desk: Desk, member: facts.Member, reader: Reader) -> tuple[str, Lab]:
    """What a Home shows, and the name of that state."""
    number = desk.organization.id
    outlook = availability.outlook(work, number)
    held = reservations.held_by(work, number, member.id)
    return displays.state(outlook), Lab(
        stories=outlook.occupancy(),
        days=[outlook.schedule(day) for day in _days(reader, work.now)],
        held=availability.with_room(work, held, outlook),
        series=series.held_by(work, number, held),
        wishes=waiting.of_member(work, number, member.id),
        choices=member.choices,
        use=summary.fair_use(work, number, member.id),
        progress=setup.progress(work, Actor.of(number, member)),
    )


def _days(reader: Reader, now: datetime) -> list[TimeRange]:
    """What is left of today where the reader is, and each day after."""
    midnights = [reader.midnight(now, number) for number in range(1, home_view.DAYS + 1)]
    return [TimeRange(start, end) for start, end in pairwise([now, *midnights])]
