"""The admin's `copy-database`: a lab outgrows its file, or comes back to one."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from bot.run import CannotStart
from bot.settings import Settings
from core import copy
from core.work import Database


def run(_settings: Settings, asked: argparse.Namespace) -> int:
    _must_exist(asked.source)
    with closing(Database(asked.source)) as source, closing(Database(asked.target)) as target:
        try:
            copied = _with_progress(source, target)
        except copy.CannotCopy as reason:
            raise CannotStart(_words(reason)) from None
    for content in copied:
        print(f"{content.table:<15}{content.rows:>10}  {content.checksum[:16]}")
    print("The same in both. Set DATABASE_URL to the new one, and start.")
    return 0


def _must_exist(url: str) -> None:
    """Opening a SQLite file that is not there would make one."""
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).exists():
        raise CannotStart(f"There is no file {path}.")


def _with_progress(source: Database, target: Database) -> tuple[copy.Content, ...]:
    with tqdm(unit=" rows", disable=None) as bar:  # None: only where somebody watches

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return copy.copy(source, target, show)


def _words(reason: copy.CannotCopy) -> str:
    match reason:
        case copy.OldSource(current=None):
            return "FROM holds no lab. Nothing was written."
        case copy.OldSource(current=current, expected=expected):
            return f"FROM is at migration {current}, not {expected}: run `python -m bot migrate` on it first."
        case copy.TargetInUse(tables=tables):
            return f"TO holds something else already, in {', '.join(tables)}. Give an empty database."
        case copy.Differs(tables=tables):
            return f"What was written to {', '.join(tables)} did not read back the same; all of it was undone."
        case copy.Refused(reason=said):
            return f"A database refuses, and nothing was written: {said}"
    raise NotImplementedError(type(reason).__name__)
