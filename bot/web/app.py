"""The ASGI application: `GET /health`, and `POST /slack/events` where Slack speaks HTTP to us."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.desk import Desk
from core import notices
from core.migrate import revisions

BIGGEST = 1_000_000  # bytes; Slack's own requests stay far below
SILENT_FOR = timedelta(minutes=1)  # after which a ticker that should tick is not well

Handler = Callable[[Request], Awaitable[Response]]


def build_web(
    desk: Desk,
    *,
    slack: App | None = None,
    last_tick: Callable[[], datetime | None] | None = None,
) -> Starlette:
    """`slack`: the app that takes Slack's requests, where they come by HTTP. `last_tick`: of this process's ticker."""
    routes = [Route("/health", _health(desk, last_tick))]
    if slack is not None:
        routes.append(Route("/slack/events", _slack_events(slack), methods=["POST"]))
    return Starlette(routes=routes)


def _slack_events(slack: App) -> Handler:
    async def slack_events(request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return PlainTextResponse("too large", 413)
        try:
            asked = to_bolt_request(request, body)
        except Exception:  # noqa: BLE001 - Bolt takes the body apart, and it may be anything
            return PlainTextResponse("not a request of Slack's", 400)
        # Bolt's app is synchronous: in the event loop, one slow answer would hold up all others.
        return to_starlette_response(await run_in_threadpool(slack.dispatch, asked))

    return slack_events


async def _read(request: Request) -> bytes | None:
    """The body, or None as soon as it is larger than any that Slack sends."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BIGGEST:
            return None
    return bytes(body)


def _health(desk: Desk, last_tick: Callable[[], datetime | None] | None) -> Callable[[Request], Response]:
    def health(_request: Request) -> Response:
        now = desk.clock()
        try:
            current, expected = revisions(desk.database)
            with desk.database.read(now) as work:
                outbox = notices.health(work, desk.organization.id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the database is not well
            return JSONResponse({"status": "failing", "database": type(error).__name__}, 503)
        ticked = last_tick() if last_tick else None
        ticks = last_tick is None or (ticked is not None and now - ticked < SILENT_FOR)
        well = current == expected and ticks
        return JSONResponse(
            {
                "status": "ok" if well else "failing",
                "database": "ok",
                "migration": {"current": current, "expected": expected},
                "last_tick": ticked.isoformat() if ticked else None,
                "notices": {
                    "owed": outbox.owed,
                    "due": outbox.due,
                    "late": outbox.late,
                    "failed": outbox.failed,
                    "next_due": outbox.next_due.isoformat() if outbox.next_due else None,
                },
            },
            200 if well else 503,
        )

    return health
