"""The door of the Web API: tokens, scopes, faults, and a journal of every call."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from bot.workspace.errors import SlackError
from bot.workspace.methods import METHODS
from bot.workspace.methods.base import Args, Method, check_scope
from bot.workspace.server import ConnectionReset

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.workspace.delivery import Delivery
    from bot.workspace.faults import Fault, Faults
    from bot.workspace.files import Files
    from bot.workspace.handles import Handles
    from bot.workspace.messages import Messages
    from bot.workspace.socket_mode import SocketMode
    from bot.workspace.state import State
    from bot.workspace.views import Views

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One entry of the journal. `error` is Slack's code, empty when the call went well."""

    method: str
    args: Json
    status: int
    error: str
    at: float
    answer: Json = field(default_factory=dict, repr=False)


@dataclass
class Tokens:
    """The credentials that work here."""

    bot: str
    app: str
    revoked: bool = False

    def check(self, given: str, *, app_token: bool) -> None:
        """Refuse what is no valid token for this kind of method."""
        if not given:
            raise SlackError("not_authed")
        if given not in {self.bot, self.app}:
            raise SlackError("invalid_auth")
        if (given == self.app) != app_token:
            raise SlackError("not_allowed_token_type")
        if self.revoked:
            raise SlackError("token_revoked")


class WebApi:
    """Answers `/api/<method>`, and is what the methods reach the workspace through."""

    def __init__(
        self,
        *,
        state: State,
        tokens: Tokens,
        handles: Handles,
        faults: Faults,
        messages: Messages,
        views: Views,
        files: Files,
        sockets: SocketMode,
        delivery: Delivery,
        url: str,
    ) -> None:
        self.state = state
        self.tokens = tokens
        self.messages = messages
        self.views = views
        self.files = files
        self.faults = faults
        self.calls: list[Call] = []
        self.closing = asyncio.Event()
        self._handles = handles
        self._sockets = sockets
        self._delivery = delivery
        self.url = url

    def spend_trigger(self, trigger_id: str) -> str:
        """Trade a trigger id for a person's id."""
        return self._handles.spend_trigger(trigger_id)

    def socket_url(self) -> str:
        """A fresh address for one websocket."""
        return f"{self.url.replace('http', 'ws', 1)}/link/?ticket={self._sockets.new_ticket()}"

    def emit(self, event: Json) -> None:
        """Deliver an event to the app, if it subscribed."""
        self._delivery.emit(event)

    async def serve(self, request: Request) -> Response:
        """Answer one call."""
        name = request.path_params["method"]
        raw = await _arguments(request)
        fault = self.faults.take(name)
        if fault is not None and (response := await self._failing(fault, name, raw)):
            return response
        status, answer = self._answer(name, raw, _token(request, raw))
        self._record(name, raw, status, answer)
        await self._wait(self.state.answer_seconds)
        if fault is not None and fault.reset:
            await self._wait(fault.hang or 0)
            raise ConnectionReset
        headers = {"x-oauth-scopes": ",".join(self.state.manifest.scopes)}
        if status == 429:
            headers["Retry-After"] = "1"
        return JSONResponse(answer, status, headers)

    def _answer(self, name: str, raw: Json, token: str) -> tuple[int, Json]:
        try:
            return 200, {"ok": True, **self._authorized(name, token).run(self, Args(raw))}
        except SlackError as error:
            status = 429 if error.code == "ratelimited" else 200
            return status, {"ok": False, "error": error.code, **error.extra}

    def _authorized(self, name: str, token: str) -> Method:
        """The method, once the token may call it."""
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if name != "api.test":
            self.tokens.check(token, app_token=method.app_token)
        if method.scopes:
            check_scope(self, *method.scopes)
        return method

    async def _failing(self, fault: Fault, name: str, raw: Json) -> Response | None:
        """The failure that stands in for an answer, if it does."""
        if fault.hang is not None and not fault.reset:
            self._record(name, raw, 0, {"ok": False, "error": "hang"})
            await self._wait(fault.hang)
            raise ConnectionReset
        if fault.status != 200:
            answer = {"ok": False, "error": "ratelimited" if fault.status == 429 else "internal_error"}
            self._record(name, raw, fault.status, answer)
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
            return JSONResponse(answer, fault.status, headers)
        if fault.error:
            answer = {"ok": False, "error": fault.error}
            self._record(name, raw, 200, answer)
            return JSONResponse(answer)
        return None

    async def _wait(self, seconds: float) -> None:
        """Not longer than the workspace is there."""
        if seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), seconds)

    def _record(self, name: str, raw: Json, status: int, answer: Json) -> None:
        args = {key: value for key, value in raw.items() if key != "token"}
        for key in {"blocks", "view", "metadata"} & set(args):
            with contextlib.suppress(SlackError):
                args[key] = Args(args).json(key)
        self.calls.append(Call(name, args, status, answer.get("error", ""), self.state.clock(), answer))


async def _arguments(request: Request) -> Json:
    """The call's arguments, from the address, a form or JSON."""
    args: Json = dict(request.query_params)
    if "json" in request.headers.get("content-type", ""):
        body = await request.body()
        try:
            return args | (json.loads(body) if body else {})
        except ValueError:
            return args
    return args | {key: str(value) for key, value in (await request.form()).items()}


def _token(request: Request, raw: Json) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(raw.get("token", ""))
