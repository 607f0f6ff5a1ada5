"""The page's addresses: the shell, its parts, what people do, and the live stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.workspace.errors import SlackError
from bot.workspace.page import draw, scene
from bot.workspace.words import Reader, controls

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.workspace.interactions import Interactions
    from bot.workspace.state import Change, Channel, Person, State, View

Json = dict[str, Any]
Deed = Callable[["Person", Json], Awaitable[Json]]

HEARTBEAT_SECONDS = 15.0


class Page:
    """Draws the page and does what people do on it."""

    def __init__(self, state: State, interactions: Interactions) -> None:
        self._state = state
        self._interactions = interactions
        self._templates = draw.environment()

    def routes(self) -> list[BaseRoute]:
        """Everything the page needs from the server."""
        deeds: dict[str, Deed] = {
            "say": self._say,
            "press": self._press,
            "press_in_view": self._press_in_view,
            "submit": self._submit,
            "close": self._close,
            "read": self._read,
            "tab": self._tab,
        }
        return [
            Route("/", self._shell),
            Route("/page/conversation", self._conversation),
            Route("/page/live", self._live),
            *(Route(f"/page/{name}", self._doing(deed), methods=["POST"]) for name, deed in deeds.items()),
            Mount("/static", StaticFiles(directory=draw.HERE / "static")),
        ]

    # ── drawing ─────────────────────────────────────────────────────────────

    async def _shell(self, request: Request) -> Response:
        """The whole page."""
        me, channel, tab = self._looking(request)
        words = self._scene(me, channel, tab) | {
            "hints": json.dumps([asdict(hint) for hint in scene.hints(self._state.manifest)]),
            "modal": self._modal(me),
        }
        return HTMLResponse(self._draw("page.html", **words))

    async def _conversation(self, request: Request) -> Response:
        """Only the middle and the sidebar, for moving between conversations."""
        me, channel, tab = self._looking(request)
        words = self._scene(me, channel, tab)
        return JSONResponse(
            {
                "main": self._draw("conversation.html", **words),
                "sidebar": self._draw("sidebar.html", **words),
                "title": words["title"],
                "count": words["count"],
            }
        )

    def _looking(self, request: Request) -> tuple[Reader, Channel, str]:
        """Who looks at what."""
        asked = request.query_params
        me = Reader(self._state, self._person(asked.get("as", "")))
        channels = [channel for channel in self._state.channels.values() if channel.kind != "im"]
        key = asked.get("in") or (f"#{channels[0].name}" if channels else f"@{self._state.bot.name}")
        try:
            channel = self._state.conversation(me.person, key)
        except LookupError:
            channel = self._state.app_dm(me.person.id)
        if len(channel.members) == 1:  # a page that was the other side of this very conversation
            channel = self._state.app_dm(me.person.id)
        return me, channel, asked.get("tab", "messages")

    def _person(self, name: str) -> Person:
        found = next((person for person in self._state.humans() if person.name == name), None)
        return found or scene.default_person(self._state)

    def _scene(self, me: Reader, channel: Channel, tab: str) -> Json:
        app = channel.kind == "im" and self._state.bot.id in channel.members
        key = scene.key_of(channel, me)
        home = self._state.homes.get(me.person.id)
        others = [self._state.people[pid] for pid in sorted(channel.members) if pid != me.person.id]
        return {
            "me": me,
            "count": self._state.feed.count,
            "manifest": self._state.manifest,
            "team": self._state.team_name,
            "people": self._state.humans(),
            "now": me.dates.time(self._state.clock()),
            "sidebar": scene.sidebar(me, key, tab),
            "channel": channel,
            "key": key,
            "title": scene.title_of(channel, me),
            "is_app": app,
            "others": others,
            "clocks": {p.id: me.dates.elsewhere(p.tz).time(self._state.clock()) for p in others},
            "tab": "home" if app and tab == "home" and self._state.manifest.home_tab else "messages",
            "home": home,
            "lines": scene.lines(channel, me),
            "examples": [e for hint in scene.hints(self._state.manifest) for e in hint.examples],
        }

    def _draw(self, template: str, **words: Any) -> str:
        return self._templates.get_template(template).render(**words)

    def _modal(self, me: Reader) -> str:
        view = self._state.top_modal(me.person.id)
        depth = len(self._state.modals.get(me.person.id, []))
        return self._draw("modal.html", me=me, view=view, depth=depth, manifest=self._state.manifest) if view else ""

    # ── live ────────────────────────────────────────────────────────────────

    async def _live(self, request: Request) -> Response:
        """A stream of what changes for one person while they look at one conversation."""
        me, channel, tab = self._looking(request)
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._stream(me, channel, tab), media_type="text/event-stream", headers=headers)

    async def _stream(self, me: Reader, channel: Channel, tab: str) -> AsyncIterator[str]:
        with self._state.feed.listen() as changes:
            yield _frame(self._hello(me, channel, tab))  # whatever happened between drawing and listening
            while True:
                try:
                    change = await asyncio.wait_for(changes.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield _frame({"kind": "tick", "clock": me.dates.time(self._state.clock())})
                    continue
                if change is None:
                    return
                if change.person_id in ("", me.person.id):
                    yield _frame(self._redrawn(change, me, channel, tab))

    def _hello(self, me: Reader, channel: Channel, tab: str) -> Json:
        """Everything as it is now: nothing is missed, whatever the connection did."""
        home = self._state.homes.get(me.person.id)
        key = scene.key_of(channel, me)
        lines = [self._draw("message.html", me=me, line=line) for line in scene.lines(channel, me)]
        return {
            "kind": "hello",
            "count": self._state.feed.count,
            "clock": me.dates.time(self._state.clock()),
            "sidebar": self._draw("sidebar.html", me=me, sidebar=scene.sidebar(me, key, tab)),
            "messages": "".join(lines),
            "home": self._draw("home.html", me=me, home=home, manifest=self._state.manifest),
            "modal": self._modal(me),
        }

    def _redrawn(self, change: Change, me: Reader, channel: Channel, tab: str) -> Json:
        """What the page needs to show a change."""
        key = scene.key_of(channel, me)
        sidebar = self._draw("sidebar.html", me=me, sidebar=scene.sidebar(me, key, tab))
        frame: Json = {"kind": change.kind, "sidebar": sidebar, "count": self._state.feed.count}
        if change.kind == "view":
            return frame | {"html": self._modal(me)}
        if change.kind == "home":
            home = self._state.homes.get(me.person.id)
            return frame | {"html": self._draw("home.html", me=me, home=home, manifest=self._state.manifest)}
        if change.kind == "message" and change.channel_id == channel.id:
            line = scene.line_at(channel, change.ts, me)
            if line is None:  # gone: what follows may need its name, face or day line back
                return self._hello(me, channel, tab)
            return frame | {"ts": change.ts, "html": self._draw("message.html", me=me, line=line)}
        return frame | {"kind": "sidebar"}

    # ── doing ───────────────────────────────────────────────────────────────

    def _doing(self, deed: Deed) -> Callable[[Request], Awaitable[Response]]:
        """One thing people do, as an address that takes JSON from this page alone."""

        async def endpoint(request: Request) -> Response:
            origin = request.headers.get("origin")
            if origin and origin != f"{request.url.scheme}://{request.url.netloc}":
                raise HTTPException(403)
            said = await request.json()
            try:
                return JSONResponse(await deed(self._state.person_named(said["as"]), said))
            except SlackError as error:
                return JSONResponse({"error": error.code}, 400)
            except LookupError as error:
                return JSONResponse({"error": str(error)}, 404)

        return endpoint

    async def _say(self, person: Person, said: Json) -> Json:
        ack = await self._interactions.types(person, self._state.channels[said["channel"]], said["words"])
        return {"error": ack.error}

    async def _press(self, person: Person, said: Json) -> Json:
        message = self._state.channels[said["channel"]].find(said["ts"])
        if message is None:
            raise LookupError("the message is gone")
        block, element = _found(message.blocks, said)
        raw = _held(element, said.get("value"), person)
        ack = await self._interactions.press(person, message, block, element, raw)
        return {"error": ack.error}

    async def _press_in_view(self, person: Person, said: Json) -> Json:
        view = self._view(person, said)
        self._fill(person, view, said)
        block, element = _found(view.payload["blocks"], said)
        raw = _held(element, said.get("value"), person)
        ack = await self._interactions.press_in_view(person, view, block, element, raw)
        return {"error": ack.error}

    async def _submit(self, person: Person, said: Json) -> Json:
        view = self._view(person, said)
        self._fill(person, view, said)
        ack = await self._interactions.submit(person, view)
        return {"error": ack.error if ack else ""}

    async def _close(self, person: Person, said: Json) -> Json:
        view = self._view(person, said)
        await self._interactions.close(person, view, everything=bool(said.get("everything")))
        return {}

    async def _read(self, person: Person, said: Json) -> Json:
        channel = self._state.channels[said["channel"]]
        shown = channel.shown_to(person.id)
        if shown:
            channel.last_read[person.id] = shown[-1].ts
        return {}

    async def _tab(self, person: Person, said: Json) -> Json:
        await self._interactions.opens_tab(person, said["tab"])
        return {}

    def _view(self, person: Person, said: Json) -> View:
        view = self._state.views.get(said["view"])
        if view is None or view.person_id != person.id:
            raise LookupError("the view is closed")
        return view

    def _fill(self, person: Person, view: View, said: Json) -> None:
        """Take over what stands in the fields."""
        for block, element in controls(view.payload["blocks"]):
            key = f"{block['block_id']}\n{element['action_id']}"
            if key in said.get("filled", {}):
                held = _held(element, said["filled"][key], person)
                view.filled[block["block_id"], element["action_id"]] = held


def _found(blocks: list[Json], said: Json) -> tuple[Json, Json]:
    for block, element in controls(blocks):
        if (block["block_id"], element["action_id"]) == (said["block"], said["action"]):
            return block, element
    raise LookupError("the control is gone")


def _held(element: Json, value: Any, person: Person) -> Any:
    return draw.instant(value or "", person) if element["type"] == "datetimepicker" else value


def _frame(data: Json) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
