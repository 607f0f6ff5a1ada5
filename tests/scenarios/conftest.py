"""The whole bot on the local Slack: told over Socket Mode on SQLite, and over signed HTTP on PostgreSQL."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from bot.app import WORKERS, build_app
from bot.delivery import Sender
from bot.desk import Desk, answer_retries
from bot.upkeep import Upkeep
from bot.web.app import build_web
from bot.workspace import Workspace
from bot.workspace.driver import MessageHandle, PersonDriver
from bot.workspace.people import DEMO_PEOPLE
from bot.workspace.state import Person
from core import maintenance, organizations
from core.actors import Operator
from core.work import Database
from tests.conftest import Clock


@dataclass
class World:
    """A lab at work: its Slack, its bot, and a clock that stands still until a story moves it."""

    slack: Workspace
    desk: Desk
    sender: Sender
    upkeep: Upkeep
    clock: Clock
    hands: ThreadPoolExecutor  # on which its listeners run

    def person(self, name: str) -> PersonDriver:
        return self.slack.person(name)

    def book(self, who: str, text: str) -> MessageHandle:
        """Somebody books; the answer they get."""
        person = self.person(who)
        seen = {message.ts for message in person.sees("#gpu")}
        person.types("#gpu", f"/gpu book {text}")
        return person.waits_for("#gpu", "✓ Booked", after=max(seen, default="0"))

    def speaks(self, name: str, locale: str) -> PersonDriver:
        """Set somebody's Slack to another language, before the bot meets them."""
        person = self.person(name)
        person.account.locale = locale
        return person

    def rest(self) -> None:
        """Wait until the bot has done what it has taken up: until all its hands are free at one moment."""
        free = threading.Barrier(WORKERS)
        for each in [self.hands.submit(free.wait) for _ in range(WORKERS)]:
            each.result()

    def tick(self) -> int:
        """Let the sender deliver what is due, and the upkeep look after the rest; the number of messages posted."""
        self.clock.forward(seconds=2)  # whoever was sent to just now is paced
        posted = self.sender.send_due()
        self.upkeep.look_after()
        return posted + self.sender.send_due()

    def later(self, **lengths: float) -> int:
        self.clock.forward(**lengths)
        return self.tick()

    def add_gpu(self, node: str, label: str, model: str = "RTX 5090", memory_gb: int = 32) -> None:
        lab = self.desk.organization.id
        with self.desk.database.begin(self.clock()) as work:
            maintenance.put_in_service(work, Operator(lab), node=node, label=label, model=model, memory_gb=memory_gb)


def english_people() -> list[Person]:
    """Those of the demo, all of them with a Slack in English: a story in another language says so."""
    return [Person(**{**facts, "locale": "en-US", "hour24": True}) for facts in DEMO_PEOPLE]


@pytest.fixture(params=["socket-sqlite", "http-postgresql"])
def world(request: pytest.FixtureRequest, new_database_url: Callable[[str], str], clock: Clock) -> Iterator[World]:
    """The bot at work, over a transport and on a database; a story that asks for it is told both ways."""
    transport, kind = request.param.split("-")
    with running(transport, new_database_url(kind), clock) as made:
        yield made


@contextmanager
def running(transport: str, database_url: str, clock: Clock) -> Iterator[World]:
    with ExitStack() as stack:
        # Slack's patience with the bot, and the bot's with itself, are no matter of how busy this machine is.
        stack.enter_context(pytest.MonkeyPatch.context()).setattr("bot.desk.HURRIED_PATIENCE", timedelta(minutes=1))
        database = Database(database_url)
        stack.callback(database.close)
        slack = stack.enter_context(Workspace(clock=lambda: clock().timestamp(), people=english_people()))
        slack.ack_seconds = 60
        client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=answer_retries())
        with database.begin(clock()) as work:
            lab = organizations.seed(
                work, slack_id=slack.team_id, name="Lab", zone="Asia/Tokyo", channel=slack.channel_id("#gpu")
            )
        desk = Desk(database, lab, client, clock)
        hands = stack.enter_context(ThreadPoolExecutor(WORKERS, thread_name_prefix="listener"))
        app = build_app(desk, signing_secret=slack.signing_secret, executor=hands)
        stack.enter_context(by_socket(slack, app) if transport == "socket" else _by_http(slack, desk, app))
        sender = Sender(desk)
        yield World(slack, desk, sender, Upkeep(desk, sender), clock, hands)


@contextmanager
def by_socket(slack: Workspace, app: App) -> Iterator[None]:
    handler = SocketModeHandler(app, slack.app_token, web_client=WebClient(base_url=slack.api_url), concurrency=WORKERS)
    handler.connect()
    slack.wait_connected()
    yield
    # Closing takes Bolt seconds of waiting; the next story need not wait for that.
    threading.Thread(target=handler.close).start()


@contextmanager
def _by_http(slack: Workspace, desk: Desk, app: App) -> Iterator[None]:
    with served(desk, app) as slack.events_url:
        yield


@contextmanager
def served(desk: Desk, app: App) -> Iterator[str]:
    """Where Slack reaches it."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_web(desk, slack=app), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
