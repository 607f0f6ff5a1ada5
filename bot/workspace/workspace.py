"""A whole Slack in one object: puts the parts together, and lets tests turn every knob."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any, Self, TypeVar

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from bot.workspace.delivery import Ack, Delivery, Parcel
from bot.workspace.driver import PATIENCE, AppDriver, PersonDriver
from bot.workspace.errors import SlackError
from bot.workspace.faults import Fault, Faults
from bot.workspace.files import Files
from bot.workspace.handles import Handles
from bot.workspace.http_delivery import HttpDelivery
from bot.workspace.interactions import Interactions
from bot.workspace.manifest import Manifest
from bot.workspace.messages import Messages
from bot.workspace.page import Page
from bot.workspace.payloads import changed_event, joined_event
from bot.workspace.people import DEMO_CHANNELS, DEMO_PEOPLE
from bot.workspace.server import Resettable, Server
from bot.workspace.socket_mode import SocketMode
from bot.workspace.state import AppBot, Change, Channel, Clock, Kind, Person, State
from bot.workspace.views import Views
from bot.workspace.web_api import Call, Tokens, WebApi

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.websockets import WebSocket

T = TypeVar("T")


class Workspace:
    """A Slack on this machine. Use it as a context manager, or call `start` and `stop`.

    Everything inside happens on one event loop in one thread; the methods here may be called from
    any other thread.
    """

    def __init__(
        self,
        *,
        clock: Clock = time.time,
        people: Sequence[Person] | None = None,
        channels: Sequence[str] = DEMO_CHANNELS,
        manifest: Manifest | Path | str | dict[str, Any] | None = None,
        team_id: str = "T0WORKSPACE",
        team_name: str = "Demo Lab",
        port: int = 0,
    ) -> None:
        read = manifest if isinstance(manifest, Manifest) else Manifest.load(manifest)
        self.state = State(manifest=read, clock=clock, team_id=team_id, team_name=team_name)
        for person in people if people is not None else [Person(**facts) for facts in DEMO_PEOPLE]:
            self.state.add_person(person)
        for name in channels:
            self.state.add_channel(name.removeprefix("#"))
        self.bot_token = "xoxb-local-workspace"  # noqa: S105 - opens nothing but this workspace
        self.app_token = "xapp-local-workspace"  # noqa: S105
        self.signing_secret = "local-workspace-signing-secret"  # noqa: S105
        self._server = Server(port)
        self.url = self._server.url
        self._mishaps: list[Exception] = []
        self._build()

    def _build(self) -> None:
        state = self.state
        self._tokens = Tokens(self.bot_token, self.app_token)
        self._handles = Handles(state.clock)
        self._faults = Faults(state.clock)
        self._sockets = SocketMode(state)
        self._delivery = Delivery(state, self._sockets, HttpDelivery(self.signing_secret))
        self._files = Files(state)
        self._messages = Messages(state, self._files)
        self._views = Views(state, self._files)
        self.interactions = Interactions(
            state=state,
            handles=self._handles,
            messages=self._messages,
            views=self._views,
            files=self._files,
            delivery=self._delivery,
            base_url=self.url,
        )
        self._api = WebApi(
            state=state,
            tokens=self._tokens,
            handles=self._handles,
            faults=self._faults,
            messages=self._messages,
            views=self._views,
            files=self._files,
            sockets=self._sockets,
            delivery=self._delivery,
            url=self.url,
        )

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/{method:path}", Resettable(self._api.serve), methods=["GET", "POST"]),
                *(
                    Route(f"/{kind}/{{token}}", self._respond, methods=["POST"])
                    for kind in ("commands", "actions", "app")
                ),
                Route("/upload/v1/{token}", self._upload, methods=["POST"]),
                WebSocketRoute("/link/", self._link),
                *Page(self.state, self.interactions).routes(),
            ],
            exception_handlers={ClientDisconnect: _gone, Exception: self._broken},
        )

    # ── life ────────────────────────────────────────────────────────────────

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_exc: object) -> None:
        self.stop()
        if self._mishaps and kind is None:
            raise self._mishaps[0]

    def start(self) -> None:
        """Serve; returns when requests are answered."""
        self._server.start(self._app())

    def stop(self) -> None:
        """Stop serving; open connections are closed."""
        self._server.stop(self._close())

    async def _close(self) -> None:
        self.state.feed.publish(None)
        self._api.closing.set()
        await self._delivery.close()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the workspace's own loop and wait for it."""
        return self._server.call(work)

    # ── what the app reaches ────────────────────────────────────────────────

    @property
    def api_url(self) -> str:
        """The base URL for a Slack client."""
        return f"{self.url}/api/"

    @property
    def team_id(self) -> str:
        return self.state.team_id

    def verify_events_url(self) -> bool:
        """Do the handshake that Slack does when a request URL is saved."""
        return self.call(self._delivery.verify())

    @property
    def events_url(self) -> str | None:
        """The app's request URL; while it is set, everything is delivered there by signed HTTP."""
        return self._delivery.events_url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self._delivery.events_url = url

    async def _respond(self, request: Request) -> Response:
        """A response URL."""
        try:
            said = await request.json()
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
        try:
            self.interactions.respond(self._handles.use_url(request.path_params["token"]), said)
        except SlackError as error:
            gone = error.code in {"invalid_url", "used_url", "expired_url"}
            return JSONResponse({"ok": False, "error": error.code, **error.extra}, 404 if gone else 400)
        return JSONResponse({"ok": True})

    async def _upload(self, request: Request) -> Response:
        """Where an upload is sent to: its bytes, bare or in a form."""
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            form = await request.form()
            sent = next((part for part in form.values() if isinstance(part, UploadFile)), None)
            data = await sent.read() if sent else b""
        else:
            data = await request.body()
        if not self._files.take(request.path_params["token"], data):
            return Response("this is not the file that was asked for", 400)
        return Response(f"OK - {len(data)}")

    async def _broken(self, _request: Request, error: Exception) -> Response:
        """A mistake of the workspace itself: kept, and raised when the workspace closes."""
        self._mishaps.append(error)
        return JSONResponse({"ok": False, "error": "internal_error"}, 500)

    async def _link(self, websocket: WebSocket) -> None:
        await self._sockets.serve(websocket)

    # ── for tests ───────────────────────────────────────────────────────────

    def wait_connected(self, timeout: float = PATIENCE) -> None:
        """Wait until the app has a Socket Mode connection."""

        async def wait() -> None:
            await asyncio.wait_for(self._sockets.connected.wait(), timeout)

        try:
            self.call(wait())
        except TimeoutError:
            raise AssertionError(f"no Socket Mode connection within {timeout} s") from None

    def settle(self, done: Callable[[], bool], timeout: float = PATIENCE) -> None:
        """Wait until something is true that changes together with what people see."""

        async def change() -> None:
            with self.state.feed.listen() as changes, contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changes.get(), 0.02)

        deadline = time.monotonic() + timeout
        while not done():
            if time.monotonic() > deadline:
                raise AssertionError(f"did not settle within {timeout} s")
            self.call(change())

    @property
    def connections(self) -> int:
        """How many Socket Mode connections the app has."""
        return len(self._sockets.live())

    def person(self, name: str) -> PersonDriver:
        """Somebody's hands and eyes."""
        return PersonDriver(self, self.state.person_named(name))

    def channel_id(self, name: str) -> str:
        """The id of `#channel`."""
        return self.state.channel_named(name).id

    def user_id(self, name: str) -> str:
        """The id of a person."""
        return self.state.person_named(name).id

    @property
    def calls(self) -> list[Call]:
        """Every Web API call so far, oldest first."""
        return list(self._api.calls)

    @property
    def complaints(self) -> list[str]:
        """Mistakes of the app that Slack shows only as vague trouble."""
        return list(self.interactions.complaints)

    def fail(
        self,
        method: str,
        *,
        status: int = 200,
        retry_after: int | None = None,
        error: str | None = None,
        reset: bool = False,
        hang: float | None = None,
        times: int = 1,
    ) -> None:
        """Let the next `times` calls of a method (`*`: of any) fail in this way."""
        self._faults.plan(Fault(method, status, retry_after, error, reset, hang, times))

    def heal(self) -> None:
        """Forget all planned failures."""
        self._faults.clear()

    @property
    def rate_limited(self) -> bool:
        """Whether a second message within a second in one channel is refused."""
        return self._faults.rate_limited

    @rate_limited.setter
    def rate_limited(self, on: bool) -> None:
        self._faults.rate_limited = on

    @property
    def edit_window(self) -> float | None:
        """For how many seconds messages may be edited (`edit_window_closed` afterwards); None: always."""
        return self._faults.edit_window

    @edit_window.setter
    def edit_window(self, seconds: float | None) -> None:
        self._faults.edit_window = seconds

    @property
    def file_seconds(self) -> float:
        """How many real seconds pass until an uploaded file can be shown in blocks (`invalid_blocks` before)."""
        return self.state.file_seconds

    @file_seconds.setter
    def file_seconds(self, seconds: float) -> None:
        self.state.file_seconds = seconds

    @property
    def answer_seconds(self) -> float:
        """How long each call of the Web API takes, beside what it costs here; the real Slack's take 0.1 to 0.3."""
        return self.state.answer_seconds

    @answer_seconds.setter
    def answer_seconds(self, seconds: float) -> None:
        self.state.answer_seconds = seconds

    @property
    def ack_seconds(self) -> float:
        """How long Slack waits for an acknowledgement; shorten it to test lateness quickly."""
        return self._delivery.ack_seconds

    @ack_seconds.setter
    def ack_seconds(self, seconds: float) -> None:
        self._delivery.ack_seconds = seconds

    @property
    def retry_after(self) -> Sequence[float]:
        """After how many real seconds an unacknowledged event is delivered again."""
        return self._delivery.retry_after

    @retry_after.setter
    def retry_after(self, seconds: Sequence[float]) -> None:
        self._delivery.retry_after = tuple(seconds)

    @property
    def delivered(self) -> list[Parcel]:
        """Everything that was handed to the app (or would have been), oldest first."""
        return list(self._delivery.delivered)

    def deliver_again(self) -> Ack:
        """Deliver the last thing once more, verbatim, marked as a retry."""
        return self.call(self._delivery.again())

    def disconnect_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask the app to reconnect (or `cut` it off without a word)."""
        self.call(self._sockets.cut() if reason == "cut" else self._sockets.disconnect(reason))

    def archive(self, channel: str) -> None:
        """Archive a channel."""
        self._change(self.state.channel_named(channel), "archived")

    def kick_bot(self, channel: str) -> None:
        """Remove the app from a channel."""
        self._change(self.state.channel_named(channel), "kicked")

    def invite_bot(self, channel: str) -> None:
        """Let the app into a channel."""
        self._change(self.state.channel_named(channel), "invited")

    def _change(self, channel: Channel, what: str) -> None:
        async def change() -> None:
            channel.archived = channel.archived or what == "archived"
            if what == "kicked":
                channel.members.discard(self.state.bot.id)
            if what == "invited":
                channel.members.add(self.state.bot.id)
                self._delivery.emit(joined_event(self.state, channel, self.state.bot.id))
            self.state.feed.publish(Change("channel", channel.id))

        self.call(change())

    def forward(self, seconds: float) -> None:
        """Move the clock, where it is one that can be moved (`bot.workspace.clock`)."""

        async def move() -> None:
            self.state.forward(seconds)

        self.call(move())

    def add_person(self, person: Person) -> PersonDriver:
        """Somebody joins, and all public channels with them."""

        async def join() -> None:
            self.state.add_person(person)
            for channel in self.state.channels.values():
                if channel.kind == "channel":
                    channel.members.add(person.id)
            self.state.feed.publish(Change("people"))

        self.call(join())
        return PersonDriver(self, person)

    def add_app(self, name: str) -> AppDriver:
        """Another app is installed, and its bot joins all public channels."""
        account = self.add_person(Person(name, name, bot=True)).account
        return AppDriver(self, AppBot(self.state.new_id("B"), self.state.new_id("A"), account))

    def add_channel(self, name: str, *, private: bool = False, bot_in: bool = True) -> str:
        """Make a channel with everybody in it; returns its id."""

        async def make() -> Channel:
            kind: Kind = "private" if private else "channel"
            channel = self.state.add_channel(name.removeprefix("#"), kind=kind, bot_in=bot_in)
            self.state.feed.publish(Change("channel", channel.id))
            return channel

        return self.call(make()).id

    def deactivate(self, name: str) -> None:
        """Deactivate somebody's account."""
        self.change_person(name, deleted=True)

    def change_person(self, name: str, **facts: Any) -> None:
        """Something about somebody is another now: `tz`, `locale`, `real_name`, …; the app hears of it."""

        async def change() -> None:
            person = self.state.person_named(name)
            for fact, value in facts.items():
                setattr(person, fact, value)
            self._delivery.emit(changed_event(self.state, person))
            self.state.feed.publish(Change("people"))

        self.call(change())

    def revoke_token(self) -> None:
        """The bot's token works no longer (`token_revoked`)."""
        self._tokens.revoked = True


async def _gone(_request: Request, _error: Exception) -> Response:
    """An app that is killed in the midst of a request is no mistake of ours, and hears nothing any more."""
    return Response(status_code=400)
