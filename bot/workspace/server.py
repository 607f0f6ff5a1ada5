"""An ASGI app on 127.0.0.1, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

import uvicorn
from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")

CLOSING_SECONDS = 2
# slack_sdk can only close its socket between two frames, so frequent pings let apps stop quickly.
PING_SECONDS = 0.25


class ConnectionReset(Exception):  # noqa: N818 - it is what happens, not a mistake of ours
    """Break the connection instead of answering."""


class Server:
    """Serves one app. The address is known from the start, requests are answered after `start`."""

    def __init__(self, port: int = 0) -> None:
        self._listener = _listener(port)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None

    def start(self, app: ASGIApp) -> None:
        """Serve; returns when requests are answered."""
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                ws_ping_interval=PING_SECONDS,
                log_config=None,
                log_level="critical",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=CLOSING_SECONDS,
            )
        )
        self._server = server
        self._thread = threading.Thread(target=self._serve, args=[server], name="workspace", daemon=True)
        self._thread.start()
        while not server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the workspace could not start")
            time.sleep(0.002)

    def stop(self, close: Coroutine[Any, Any, None]) -> None:
        """Stop serving, after `close` has run on the loop; open connections are closed."""
        if self._thread is not None and self._thread.is_alive():
            self.call(close)
            self._server.should_exit = True
            self._thread.join(CLOSING_SECONDS * 3)
        else:
            close.close()
        with contextlib.suppress(OSError):  # uvicorn closes it too, when it got that far
            self._listener.close()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the server's own loop and wait for it."""
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("the workspace's own loop cannot wait for itself")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _serve(self, server: uvicorn.Server) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(server.serve(sockets=[self._listener]))
            self._loop.run_until_complete(_break_off(server))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()


async def _break_off(server: uvicorn.Server) -> None:
    """Close the connections that outlasted the patience of a graceful end, before their loop goes."""
    for connection in list(server.server_state.connections):
        if connection.transport is not None:
            connection.transport.abort()
    await asyncio.sleep(0)  # a transport lets go of its socket in the loop's next round


def _listener(port: int) -> socket.socket:
    """Listen on this machine only. The protocol is named because asyncio sends small answers at once
    (no Nagle, 40 ms per call) only on sockets that say they are TCP."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


class _Protocol(H11Protocol):
    """HTTP that lets a handler reach its own connection, to break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app = _with_transport(self.app, transport)


def _with_transport(app: Any, transport: asyncio.Transport) -> Any:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        scope["transport"] = transport
        await app(scope, receive, send)

    return wrapped


class Resettable:
    """An endpoint that may break its connection instead of answering."""

    def __init__(self, endpoint: Any) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            response = await self._endpoint(request)
        except ConnectionReset:
            _reset(scope["transport"])
            return
        await response(scope, receive, send)


def _reset(transport: asyncio.Transport) -> None:
    """Break a TCP connection the rude way: the peer sees a reset, not an end."""
    if transport.is_closing():
        return
    raw = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
