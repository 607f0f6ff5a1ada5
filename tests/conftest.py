"""What every test may ask for: a migrated database of either kind, a clock that tests move, and a real browser."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from core.migrate import upgrade
from core.work import Database
from tests import postgresql

KINDS = ("sqlite", "postgresql")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin what mostly waits early, one by one among the others, which keep the cores busy meanwhile."""
    waiting = [item for item in items if item.get_closest_marker("waits")]
    others = [item for item in items if not item.get_closest_marker("waits")]
    apart = max(1, len(others) // (2 * len(waiting) + 1))
    items[:] = others
    for place, item in enumerate(waiting):
        items.insert(place * (apart + 1), item)


def within(seconds: float) -> float:
    """So many seconds as they are on a machine of one's own: more, where it has more to do than it can."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def wait_until(is_so: Callable[[], bool]) -> None:
    """For what comes in the end, however busy the machine is."""
    deadline = time.monotonic() + 60
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert is_so()


@dataclass
class Clock:
    """Stands still until a test moves it. Calling it tells the time, as the product's own clock does."""

    now: datetime = field(default_factory=lambda: datetime(2026, 12, 3, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **lengths: float) -> datetime:
        self.now += timedelta(**lengths)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[postgresql.Databases]:
    with postgresql.server() as url, closing(postgresql.Databases(url)) as databases:
        yield databases


@pytest.fixture
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Gives a migrated, empty database of a kind, by its URL."""
    taken: list[str] = []

    def give(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path / f"{uuid4().hex[:8]}.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        taken.append(request.getfixturevalue("postgresql_databases").take())
        return taken[-1]

    yield give
    for url in taken:
        request.getfixturevalue("postgresql_databases").give_back(url)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, new_database_url: Callable[[str], str]) -> str:
    """A migrated, empty database; a test that asks for it runs once on SQLite and once on PostgreSQL."""
    return new_database_url(request.param)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's chromium, started once. Without one, tests are skipped, unless REQUIRE_BROWSER is set."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        missing = "no chromium on this machine (Debian: apt install chromium fonts-noto-cjk)"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages: `browser(url)`; each call is a fresh window with its own context.

    More arguments go to the context (`viewport`, `color_scheme`, …). An error in the page's script,
    or on its console, fails the test.
    """
    contexts = []
    mishaps: list[str] = []

    def open_page(url: str, **options: object) -> Page:
        contexts.append(chromium.new_context(**options))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: mishaps.append(str(error)))
        page.on("console", lambda line: mishaps.append(line.text) if line.type == "error" else None)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert mishaps == []
