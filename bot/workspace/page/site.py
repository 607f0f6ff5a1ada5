"""The page's addresses: the shell, its parts, what people do, and the live stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
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
    from bot.workspace.state import Change, Channel, Message, Person, State, View

Json = dict[str, Any]
Deed = Callable[["Person", Json], Awaitable[Json]]

HEARTBEAT_SECONDS = 15.0


@dataclass(frozen=True)
class Look:
    """Who looks at what: a conversation or the app's Home, and perhaps a thread beside it."""

    me: Reader
    channel: Channel
    tab: str
    thread_ts: str

    @property
    def key(self) -> str:
        return scene.key_of(self.channel, self.me)


class Page:
    """Draws the page and does what people do on it."""

    def __init__(self, state: State, interactions: Interactions) -> None:
        self._state = state
        self._interactions = interactions
        self._templates = draw.environment()
        self._templates.globals["manifest"] = state.manifest

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
            "shortcut": self._shortcut,
            "delete": self._delete,
            "clock": self._clock,
        }
        return [
            Route("/", self._shell),
            Route("/phone", self._phone),
            Route("/page/conversation", self._conversation),
            Route("/page/thread", self._thread),
            Route("/page/live", self._live),
            *(Route(f"/page/{name}", self._doing(deed), methods=["POST"]) for name, deed in deeds.items()),
            Route("/files/{file_id}/{name:path}", self._file),
            Mount("/static", StaticFiles(directory=draw.HERE / "static")),
        ]

    # ── drawing ─────────────────────────────────────────────────────────────

    async def _shell(self, request: Request) -> Response:
        """The whole page."""
        look = self._looking(request)
        words = self._scene(look) | {
            "hints": json.dumps([asdict(hint) for hint in scene.hints(self._state.manifest)]),
            "modal": self._modal(look.me),
            "thread": scene.thread(look.channel, look.thread_ts, look.me),
        }
        return HTMLResponse(self._draw("page.html", **words))

    async def _phone(self, request: Request) -> Response:
        """The page as it is on a phone."""
        look = self._looking(request)
        return HTMLResponse(self._draw("phone.html", me=look.me, key=look.key))

    async def _conversation(self, request: Request) -> Response:
        """Only the middle and the sidebar, for moving between conversations."""
        words = self._scene(self._looking(request))
        return JSONResponse(
            {
                "main": self._draw("conversation.html", **words),
                "sidebar": self._draw("sidebar.html", **words),
                "title": words["title"],
                "count": words["count"],
            }
        )

    async def _thread(self, request: Request) -> Response:
        """A thread, to stand beside its conversation."""
        look = self._looking(request)
        lines = scene.thread(look.channel, look.thread_ts, look.me)
        return HTMLResponse(
            self._draw("thread.html", me=look.me, title=scene.title_of(look.channel, look.me), thread=lines)
        )

    async def _file(self, request: Request) -> Response:
        """An uploaded file, for whoever sees a message with it."""
        file = self._state.files.get(request.path_params["file_id"])
        if file is None or file.data is None:
            raise HTTPException(404)
        kind = {"jpg": "image/jpeg"}.get(file.kind, f"image/{file.kind}") if file.kind else "application/octet-stream"
        return Response(file.data, media_type=kind, headers={"X-Content-Type-Options": "nosniff"})

    def _looking(self, request: Request) -> Look:
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
        return Look(me, channel, asked.get("tab", "messages"), asked.get("thread", ""))

    def _person(self, name: str) -> Person:
        found = next((person for person in self._state.humans() if person.name == name), None)
        return found or scene.default_person(self._state)

    def _scene(self, look: Look) -> Json:
        me, channel, tab = look.me, look.channel, look.tab
        app = channel.kind == "im" and self._state.bot.id in channel.members
        home = self._state.homes.get(me.person.id)
        others = [self._state.people[pid] for pid in sorted(channel.members) if pid != me.person.id]
        return {
            "me": me,
            "count": self._state.feed.count,
            "team": self._state.team_name,
            "people": self._state.humans(),
            "now": self._now(me),
            "movable": self._state.is_movable,
            "sidebar": scene.sidebar(me, look.key, tab),
            "channel": channel,
            "key": look.key,
            "title": scene.title_of(channel, me),
            "is_app": app,
            "others": others,
            "clocks": {p.id: me.dates.elsewhere(p.tz).time(self._state.clock()) for p in others},
            "tab": "home" if app and tab == "home" and self._state.manifest.home_tab else "messages",
            "home": home,
            "lines": scene.lines(channel, me),
            "examples": [e for hint in scene.hints(self._state.manifest) for e in hint.examples],
        }

    def _now(self, me: Reader) -> str:
        """The clock, with the day where it can be another than one's own."""
        at = self._state.clock()
        return f"{me.dates.local(at):%a} {me.dates.time(at)}" if self._state.is_movable else me.dates.time(at)

    def _draw(self, template: str, **words: Any) -> str:
        return self._templates.get_template(template).render(**words)

    def _modal(self, me: Reader) -> str:
        view = self._state.top_modal(me.person.id)
        depth = len(self._state.modals.get(me.person.id, []))
        return self._draw("modal.html", me=me, view=view, depth=depth) if view else ""

    # ── live ────────────────────────────────────────────────────────────────

    async def _live(self, request: Request) -> Response:
        """A stream of what changes for one person while they look at one conversation."""
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._stream(self._looking(request)), media_type="text/event-stream", headers=headers)

    async def _stream(self, look: Look) -> AsyncIterator[str]:
        with self._state.feed.listen() as changes:
            yield _frame(self._hello(look))  # whatever happened between drawing and listening
            while True:
                try:
                    change = await asyncio.wait_for(changes.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield _frame({"kind": "tick", "clock": self._now(look.me)})
                    continue
                if change is None:
                    return
                if change.person_id in ("", look.me.person.id):
                    yield _frame(self._redrawn(change, look))

    def _hello(self, look: Look) -> Json:
        """Everything as it is now: nothing is missed, whatever the connection did."""
        return {
            "kind": "hello",
            "count": self._state.feed.count,
            "clock": self._now(look.me),
            "sidebar": self._sidebar(look),
            "messages": self._lines(scene.lines(look.channel, look.me), look.me),
            "thread": self._answers(look),
            "home": self._home(look.me),
            "modal": self._modal(look.me),
        }

    def _redrawn(self, change: Change, look: Look) -> Json:
        """What the page needs to show a change."""
        frame: Json = {"kind": change.kind, "sidebar": self._sidebar(look), "count": self._state.feed.count}
        if change.kind == "clock":
            return self._hello(look)
        if change.kind == "view":
            return frame | {"html": self._modal(look.me)}
        if change.kind == "home":
            return frame | {"html": self._home(look.me)}
        if change.kind == "message" and change.channel_id == look.channel.id:
            return self._redrawn_message(change.ts, look, frame | {"thread": self._answers(look)})
        return frame | {"kind": "sidebar"}

    def _redrawn_message(self, ts: str, look: Look, frame: Json) -> Json:
        line = scene.line_at(look.channel, ts, look.me)
        if line is not None:
            return frame | {"ts": ts, "html": self._lines([line], look.me)}
        if any(message.ts == ts and message.answers for message in look.channel.messages):
            return frame | {"kind": "thread"}
        return self._hello(look)  # gone: what follows may need its name, face or day line back

    def _sidebar(self, look: Look) -> str:
        return self._draw("sidebar.html", me=look.me, sidebar=scene.sidebar(look.me, look.key, look.tab))

    def _home(self, me: Reader) -> str:
        return self._draw("home.html", me=me, home=self._state.homes.get(me.person.id))

    def _lines(self, lines: list[scene.Line], me: Reader) -> str:
        return "".join(self._draw("message.html", me=me, line=line) for line in lines)

    def _answers(self, look: Look) -> str:
        """What stands in the open thread; nothing where none is open, or its first message is gone."""
        return self._lines(scene.thread(look.channel, look.thread_ts, look.me), look.me)

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
        channel, thread_ts = self._state.channels[said["channel"]], said.get("thread")
        ack = await self._interactions.types(person, channel, said["words"], thread_ts)
        return {"error": ack.error}

    async def _shortcut(self, person: Person, said: Json) -> Json:
        message = self._message(person, said) if "ts" in said else None
        ack = await self._interactions.shortcut(person, said["shortcut"], message)
        return {"error": ack.error}

    async def _clock(self, _person: Person, said: Json) -> Json:
        """Move it by so many seconds, or to where something happens next."""
        if said["to"] == "next":
            moment = await asyncio.to_thread(self._state.next_moment)
            if moment is None:
                return {"error": "nothing is due"}
            seconds = max(moment - self._state.clock(), 0) + 1
        else:
            seconds = float(said["to"])
        self._state.forward(seconds)
        return {}

    async def _delete(self, person: Person, said: Json) -> Json:
        await self._interactions.deletes(person, self._message(person, said))
        return {}

    def _message(self, person: Person, said: Json) -> Message:
        """The message that somebody points at."""
        seen = self._state.channels[said["channel"]].shown_to(person.id)
        found = next((message for message in reversed(seen) if message.ts == said["ts"]), None)
        if found is None:
            raise LookupError("the message is gone")
        return found

    async def _press(self, person: Person, said: Json) -> Json:
        message = self._message(person, said)
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
