"""Getting things to the app, by socket or HTTP, and hearing whether it acknowledged in time."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import httpx

from bot.workspace.payloads import VERIFICATION_TOKEN, event_callback

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.workspace.http_delivery import HttpDelivery
    from bot.workspace.socket_mode import SocketMode
    from bot.workspace.state import State

Json = dict[str, Any]
Retry = tuple[int, str] | None  # which attempt, and why
Kind = Literal["slash_commands", "interactive", "events_api"]

ACK_SECONDS = 3.0
RETRY_AFTER: tuple[float, ...] = (0.0, 60.0, 300.0)


@dataclass(frozen=True)
class Ack:
    """How the app acknowledged: after how long, with what; `error` is Slack's word for what went wrong."""

    seconds: float
    late: bool = False
    error: str = ""
    body: Any = None

    @property
    def ok(self) -> bool:
        """Whether the app answered in time and properly."""
        return not self.error


@dataclass(frozen=True)
class Parcel:
    """One thing to deliver; a redelivery is the same parcel with a retry mark."""

    kind: Kind
    payload: Json
    envelope_id: str
    answerable: bool = False


class Delivery:
    """Delivers to `events_url` when one is set, over Socket Mode otherwise."""

    def __init__(self, state: State, sockets: SocketMode, http: HttpDelivery) -> None:
        self.events_url: str | None = None
        self.ack_seconds = ACK_SECONDS
        self.retry_after = RETRY_AFTER
        self.delivered: list[Parcel] = []
        self._state = state
        self._sockets = sockets
        self._http = http
        self._tasks: set[asyncio.Task[Any]] = set()

    async def send(self, kind: Kind, payload: Json, *, answerable: bool = False) -> Ack:
        """Deliver once and wait for the acknowledgement."""
        return await self._attempt(Parcel(kind, payload, str(uuid.uuid4()), answerable))

    async def event(self, event: Json) -> Ack | None:
        """Deliver an event, if the app subscribed to it; retries go on in the background."""
        if not self.subscribed(event):
            return None
        parcel = Parcel("events_api", event_callback(self._state, event), str(uuid.uuid4()))
        ack = await self._attempt(parcel)
        if not ack.ok:
            self.background(self._retry(parcel, ack))
        return ack

    async def again(self, parcel: Parcel | None = None) -> Ack:
        """Deliver the last parcel (or the given one) once more, marked as a retry."""
        if parcel is None and not self.delivered:
            raise LookupError("nothing was delivered yet")
        return await self._attempt(parcel or self.delivered[-1], retry=(1, "timeout"))

    async def verify(self) -> bool:
        """Ask the request URL to echo a challenge."""
        if self.events_url is None:
            return False
        challenge = uuid.uuid4().hex
        asked = {"type": "url_verification", "token": VERIFICATION_TOKEN, "challenge": challenge}
        try:
            answer = await self._http.post(self.events_url, "events_api", asked, None, patience=self.ack_seconds)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and challenge in answer.text

    def emit(self, event: Json) -> None:
        """Deliver an event without waiting."""
        if self.subscribed(event):
            self.background(self.event(event))

    def subscribed(self, event: Json) -> bool:
        """Whether the manifest asks for this event."""
        wanted = self._state.manifest.events
        if event["type"] != "message":
            return event["type"] in wanted
        family = {"channel": "channels", "group": "groups"}.get(event["channel_type"], event["channel_type"])
        member = self._state.bot.id in self._state.channels[event["channel"]].members
        return member and f"message.{family}" in wanted

    def background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something beside; it ends with the workspace."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drop what is still on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    async def _attempt(self, parcel: Parcel, retry: Retry = None) -> Ack:
        if retry is None:
            self.delivered.append(parcel)
        started = time.monotonic()
        if self.events_url is not None:
            late, error, body = await self._by_http(self.events_url, parcel, retry)
        else:
            late, error, body = await self._by_socket(parcel, retry)
        return Ack(time.monotonic() - started, late, error, body)

    async def _by_socket(self, parcel: Parcel, retry: Retry) -> tuple[bool, str, Any]:
        envelope: Json = {
            "envelope_id": parcel.envelope_id,
            "type": parcel.kind,
            "payload": parcel.payload,
            "accepts_response_payload": parcel.answerable,
        }
        if parcel.kind == "events_api" or retry:
            number, reason = retry or (0, "")
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        try:
            waiting = await self._sockets.send(envelope)
            message = await asyncio.wait_for(waiting, self.ack_seconds)
        except TimeoutError:
            self._sockets.give_up(parcel.envelope_id)
            return True, "operation_timeout", None
        except ConnectionError:
            return False, "dispatch_failed", None
        return False, "", message.get("payload") if parcel.answerable else None

    async def _by_http(self, url: str, parcel: Parcel, retry: Retry) -> tuple[bool, str, Any]:
        try:
            response = await self._http.post(url, parcel.kind, parcel.payload, retry, patience=self.ack_seconds)
        except httpx.TimeoutException:
            return True, "operation_timeout", None
        except httpx.HTTPError:
            return False, "dispatch_failed", None
        if response.status_code != 200:
            return False, "http_service_error", None
        return False, "", _answer(response) if parcel.answerable else None

    async def _retry(self, parcel: Parcel, ack: Ack) -> None:
        """Slack tries an event three more times: at once, after a minute, after five."""
        for number, pause in enumerate(self.retry_after, start=1):
            await asyncio.sleep(pause)
            if self.events_url is None:
                await self._sockets.connected.wait()
            ack = await self._attempt(parcel, (number, self._reason(ack)))
            if ack.ok:
                return

    def _reason(self, ack: Ack) -> str:
        if self.events_url is None:
            return "timeout"
        reasons = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}
        return reasons.get(ack.error, "http_error")


def _answer(response: httpx.Response) -> Any:
    """What the app said in its acknowledgement: JSON, words, or nothing."""
    if not response.content:
        return None
    if "json" in response.headers.get("content-type", ""):
        try:
            return json.loads(response.content)
        except ValueError:
            return None
    return response.text
