"""The ASGI application: `GET /health` of this process, `GET /api/health` of the lab, and Slack over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.desk import Desk
from core import health
from core.backlog import Backlog

BIGGEST = 1_000_000  # bytes; Slack's own requests stay far below

Handler = Callable[[Request], Awaitable[Response]]


def build_web(desk: Desk, *, slack: App | None = None) -> Starlette:
    """`slack`: the app that takes Slack's requests, where they come by HTTP."""
    routes = [Route("/health", _health(desk)), Route("/api/health", _health(desk))]
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


def _health(desk: Desk) -> Callable[[Request], Response]:
    """How the lab is served, by whichever processes; counts only, nothing of people."""

    def told(_request: Request) -> Response:
        try:
            found = health.look(desk.database, desk.clock(), desk.organization.id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the database is not well
            return JSONResponse({"status": "failing", "database": type(error).__name__}, 503)
        return JSONResponse(
            {
                "status": "ok" if found.is_well else "failing",
                "database": "ok",
                "migration": {"current": found.revision, "expected": found.expected},
                "last_tick": found.last_tick.isoformat() if found.last_tick else None,
                "notices": _notices(found.outbox),
            },
            200 if found.is_well else 503,
        )

    return told


def _notices(outbox: Backlog) -> dict[str, object]:
    return {
        "owed": outbox.owed,
        "due": outbox.due,
        "late": outbox.late,
        "failed": outbox.failed,
        "next_due": outbox.next_due.isoformat() if outbox.next_due else None,
    }
