"""Socket Mode: websockets over which the app receives envelopes and acknowledges them."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.workspace.errors import SlackError

if TYPE_CHECKING:
    from bot.workspace.state import State

Json = dict[str, Any]

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0
RETIRING_SECONDS = 1.0


@dataclass(eq=False)
class Connection:
    """One websocket of the app. A retiring one gets nothing new."""

    socket: WebSocket
    retiring: bool = False

    async def send(self, message: Json) -> None:
        """Send one frame."""
        await self.socket.send_text(json.dumps(message, ensure_ascii=False))


@dataclass
class SocketMode:
    """Keeps the app's connections and matches acknowledgements with envelopes."""

    state: State
    connections: list[Connection] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    refused: str = ""  # an error code for apps.connections.open, e.g. after the link was disabled
    _tickets: dict[str, float] = field(default_factory=dict)
    _waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _turn: itertools.count[int] = field(default_factory=itertools.count)
    _closing: set[asyncio.Task[None]] = field(default_factory=set)

    def new_ticket(self) -> str:
        """A ticket that opens one websocket, soon."""
        if self.refused:
            raise SlackError(self.refused)
        ticket = secrets.token_urlsafe(18)
        self._tickets[ticket] = time.monotonic()
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Run one connection until it closes."""
        opened = self._tickets.pop(socket.query_params.get("ticket", ""), None)
        if opened is None or time.monotonic() - opened > TICKET_SECONDS:
            await socket.close(1008)
            return
        await socket.accept()
        connection = Connection(socket)
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.send(self._goodbye("too_many_websockets"))
            await socket.close()
            return
        self.connections.append(connection)
        await connection.send(self._hello())
        self.connected.set()
        try:
            while True:
                self._acknowledged(await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._forget(connection)

    def live(self) -> list[Connection]:
        """The connections that still get envelopes."""
        return [connection for connection in self.connections if not connection.retiring]

    async def send(self, envelope: Json) -> asyncio.Future[Json]:
        """Hand an envelope to one connection, in turns; the future brings its acknowledgement."""
        live = self.live()
        if not live:
            raise ConnectionError("no Socket Mode connection")
        waiting = self._waiting.get(envelope["envelope_id"])
        if waiting is None or waiting.done():
            waiting = asyncio.get_running_loop().create_future()
            self._waiting[envelope["envelope_id"]] = waiting
        try:
            await live[next(self._turn) % len(live)].send(envelope)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise ConnectionError("the Socket Mode connection broke") from error
        return waiting

    def give_up(self, envelope_id: str) -> None:
        """Wait for this acknowledgement no longer."""
        self._waiting.pop(envelope_id, None)

    async def disconnect(self, reason: str) -> None:
        """Ask every connection to go, as Slack does when it refreshes or disables the link."""
        for connection in list(self.connections):
            await connection.send(self._goodbye(reason))
            if reason != "warning":
                connection.retiring = True
                self._settle()
                asyncio.get_running_loop().call_later(RETIRING_SECONDS, self._close_soon, connection)
        if reason == "link_disabled":
            self.refused = "not_allowed_token_type"

    async def cut(self) -> None:
        """Break every connection without a word."""
        for connection in list(self.connections):
            self._forget(connection)
            await connection.socket.close(1011)

    def _close_soon(self, connection: Connection) -> None:
        if connection in self.connections:
            task = asyncio.get_running_loop().create_task(connection.socket.close(1000))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        self._settle()

    def _settle(self) -> None:
        if not self.live():
            self.connected.clear()

    def _acknowledged(self, raw: str) -> None:
        message = json.loads(raw)
        waiting = self._waiting.pop(message.get("envelope_id", ""), None)
        if waiting and not waiting.done():
            waiting.set_result(message)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": self._debug_info(),
            "connection_info": {"app_id": self.state.own.app_id},
        }

    def _goodbye(self, reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": self._debug_info()}

    def _debug_info(self) -> Json:
        return {"host": "workspace", "approximate_connection_time": 18060}
