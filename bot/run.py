"""The processes: everything in one, or the web and worker pieces, each until it is told to stop."""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from queue import SimpleQueue

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import commands, i18n, when
from bot.app import WORKERS, build_app
from bot.delivery import Sender
from bot.desk import Desk, answer_retries
from bot.reader import Reader
from bot.settings import Settings
from bot.ticker import SWEEP, Ticker
from bot.upkeep import Upkeep
from bot.views import picture
from core import facts, organizations
from core.migrate import upgrade
from core.work import Database

log = logging.getLogger(__name__)


_STOPS = (signal.SIGTERM, signal.SIGINT)
_WARM_AFTER = 1.0  # seconds
_M_ARENA_MAX = -8  # in malloc.h
_HEAPS = 2  # of the C library; the threads share them
LEAVES = 4.0  # seconds after it was told to stop; whoever told it may kill it soon after


class CannotStart(Exception):  # noqa: N818 - says why, in words for the admin
    """Something outside has to be mended first."""


Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


def everything(settings: Settings, _arguments: argparse.Namespace, clock: Clock = now) -> int:
    return _run(settings, hears=True, sends=True, migrates=True, clock=clock)


def web(settings: Settings, _arguments: argparse.Namespace) -> int:
    return _run(settings, hears=True, sends=False)


def worker(settings: Settings, _arguments: argparse.Namespace) -> int:
    return _run(settings, hears=False, sends=True)


def migrate(settings: Settings, _arguments: argparse.Namespace) -> int:
    with database(settings) as opened:
        upgrade(opened)
    return 0


@contextmanager
def database(settings: Settings) -> Iterator[Database]:
    opened = Database(settings.database_url)
    try:
        yield opened
    finally:
        opened.close()


def client(settings: Settings) -> WebClient:
    """A client for Slack; CannotStart without a token is impossible, since the settings were checked for it."""
    token = settings.slack_bot_token
    return WebClient(
        token=token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        timeout=10,
        retry_handlers=answer_retries(),
    )


def _run(settings: Settings, *, hears: bool, sends: bool, migrates: bool = False, clock: Clock = now) -> int:
    _share_heaps()
    told_to_stop = _signals()
    with ExitStack() as running:
        opened = running.enter_context(database(settings))
        if migrates:
            upgrade(opened)
        desk = _desk(settings, opened, clock)
        if sends:
            _start_ticker(desk, running)
        slack = _app(settings, desk, running) if hears else None
        by_socket = hears and settings.slack_app_token is not None
        if settings.port is not None:
            running.enter_context(_served(desk, None if by_socket else slack, settings.port))
        if slack is not None and by_socket:
            running.enter_context(_socket_mode(settings, slack))
        threading.Thread(target=_warm, args=(clock(),), daemon=True).start()
        log.info("ready for %s", desk.organization.name)
        told_to_stop.get()
        log.info("stopping")
    return 0


def _share_heaps() -> None:
    """glibc gives nearly each thread a heap of its own, and a heap keeps what was needed in it once: memory grew with
    every thread that a busy minute began. Since one thread works at a time, a few heaps do for all.
    """
    with suppress(AttributeError, OSError):  # other C libraries know no such thing
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def _signals() -> SimpleQueue[int]:
    """Gets what tells the process to stop. A thread of its own waits for that: Python hears a signal in its main thread
    only, which on a busy machine now and then slept on.
    """
    told: SimpleQueue[int] = SimpleQueue()
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)  # for every thread that begins from now on, too
    threading.Thread(target=_hear, args=(told,), daemon=True).start()
    return told


def _hear(told: SimpleQueue[int]) -> None:
    """Whatever hangs some time after is left, also in the midst of starting: what was not committed was not done, and
    what is owed is somebody else's to send.
    """
    told.put(signal.sigwait(_STOPS))
    time.sleep(LEAVES)
    log.warning("something did not end within %s s", LEAVES)
    logging.shutdown()
    os._exit(0)


def _warm(now: datetime) -> None:
    """Do the slow first steps before they are asked for: patterns, catalogs, how dates are written, and the fonts. Who
    could hardly wait for the start is answered before, and waits for no more of it than they need.
    """
    time.sleep(_WARM_AFTER)
    when.warm()
    commands.parse("13:00-18:00")
    for language in sorted(i18n.languages()):
        Reader.of(language, "UTC").day(now)
    picture.warm(now)


def _desk(settings: Settings, opened: Database, clock: Clock) -> Desk:
    """Ask Slack which workspace the token is for, and find or seed its lab."""
    slack = client(settings)
    return Desk(opened, seed_lab(settings, opened, slack, clock), slack, clock, settings.gpu_command)


def seed_lab(settings: Settings, opened: Database, slack: WebClient, clock: Clock = now) -> facts.Organization:
    try:
        answer = slack.auth_test()
    except SlackApiError as error:
        raise CannotStart(f"Slack refuses SLACK_BOT_TOKEN: {error.response.get('error')}. Copy it again.") from None
    except (SlackClientError, OSError) as error:
        raise CannotStart(f"Slack cannot be reached at {settings.slack_api_url}: {error}") from None
    with opened.begin(clock()) as work:
        lab = organizations.seed(
            work,
            slack_id=str(answer["team_id"]),
            name=str(answer.get("team") or answer["team_id"]),
            zone=settings.timezone,
            channel=settings.gpu_channel,
        )
    _warn_of_seeds(settings, lab)
    return lab


def _warn_of_seeds(settings: Settings, lab: facts.Organization) -> None:
    """Settings that only seed the lab do nothing any more once it is there; nobody should have to guess that."""
    given = settings.model_fields_set
    if "timezone" in given and settings.timezone != lab.zone:
        log.warning("the lab's zone is %s, whatever TIMEZONE says: python -m bot lab --zone changes it", lab.zone)
    if "gpu_channel" in given and settings.gpu_channel != lab.channel:
        log.warning("the lab's channel is %s, whatever GPU_CHANNEL says: python -m bot lab --channel", lab.channel)


def _start_ticker(desk: Desk, running: ExitStack) -> None:
    sender = Sender(desk)
    ticker = Ticker(sender, Upkeep(desk, sender), desk.clock, _keep_last_tick(desk))
    desk.database.on_due = ticker.wake
    ticker.start()
    running.callback(ticker.stop)
    running.enter_context(desk.database.listening(ticker.wake))


def _keep_last_tick(desk: Desk) -> Callable[[datetime], None]:
    """Where all processes can see it, and seldom: under load there are many ticks a second."""
    kept = [datetime.min.replace(tzinfo=UTC)]

    def keep(ticked: datetime) -> None:
        if abs(ticked - kept[0]) >= SWEEP / 2:
            with desk.database.begin(ticked) as work:
                organizations.ticked(work, desk.organization.id)
            kept[0] = ticked

    return keep


def _app(settings: Settings, desk: Desk, running: ExitStack) -> App:
    """The app; when the process stops, what its listeners have begun is finished."""
    executor = running.enter_context(ThreadPoolExecutor(WORKERS, thread_name_prefix="listener"))
    secret = settings.slack_signing_secret
    return build_app(desk, signing_secret=secret.get_secret_value() if secret else None, executor=executor)


@contextmanager
def _socket_mode(settings: Settings, slack: App) -> Iterator[None]:
    token = settings.slack_app_token
    handler = SocketModeHandler(
        slack,
        token.get_secret_value() if token else None,
        web_client=WebClient(base_url=settings.slack_api_url),
        concurrency=WORKERS,
    )
    try:
        handler.connect()
    except SlackApiError as error:
        raise CannotStart(f"Slack refuses SLACK_APP_TOKEN: {error.response.get('error')}. Copy it again.") from None
    try:
        yield
    finally:
        handler.close()


@contextmanager
def _served(desk: Desk, slack: App | None, port: int) -> Iterator[None]:
    # Only where there is a port: all others start a tenth sooner without what serves it.
    import uvicorn  # noqa: PLC0415

    from bot.web.app import build_web  # noqa: PLC0415

    try:
        listening = socket.create_server(("0.0.0.0", port))  # noqa: S104 - Slack, or whoever asks for health, is elsewhere
    except OSError as error:
        raise CannotStart(f"PORT {port} cannot be used: {error.strerror}. Choose another.") from None
    server = uvicorn.Server(uvicorn.Config(build_web(desk, slack=slack), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="http")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
