"""What people write, language by language, and what it must mean. The tables are data: see table.py."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.when import Kind, Unreadable, read
from tests.bot.when.table import FOLDER, Example, load

TABLES = sorted(FOLDER.glob("*.txt"))
WORKED = [json.loads(line) for line in (FOLDER / "worked.jsonl").read_text(encoding="utf-8").splitlines()]


def misread(example: Example) -> str:
    """Nothing if an example is read as it says, else what was understood."""
    try:
        got = read(example.text, example.now, example.zone, example.locale)
    except Unreadable as refusal:
        right = refusal.kind == example.kind and example.start in (None, refusal.start)
        return "" if right else f"{example.where}: {example.text!r} → {refusal.kind} {refusal.start}"
    right = (got.start, got.end) == (example.start, example.end) and example.kind is None
    right = right and example.rest in (None, got.rest) and (got.question or not example.question)
    return "" if right else f"{example.where}: {example.text!r} → {got}"


@pytest.mark.parametrize("table", TABLES, ids=lambda path: Path(path).stem)
def test_reads_a_language_as_its_table_says(table: Path) -> None:
    wrong = [found for example in load(table) if (found := misread(example))]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", WORKED, ids=lambda case: case["id"])
def test_reads_the_worked_examples(case: dict[str, Any]) -> None:
    now = datetime.fromisoformat(case["now"])
    if "error" in case:
        with pytest.raises(Unreadable) as caught:
            read(case["text"], now, case["tz"], case["locale"])
        assert caught.value.kind == case["error"]
        assert "start" not in case or caught.value.start == datetime.fromisoformat(case["start"])
        return
    got = read(case["text"], now, case["tz"], case["locale"])
    assert abs(got.start - datetime.fromisoformat(case["start"])) < timedelta(minutes=1)
    assert abs(got.end - datetime.fromisoformat(case["end"])) < timedelta(minutes=1)


def test_tables_are_long_enough_to_mean_something() -> None:
    sizes = {table.stem: len(load(table)) for table in TABLES}

    least = {"en": 500, "ja": 250, "ko": 200, "zh": 80, "de": 80, "fr": 80, "es": 80}
    assert {code: size for code, size in least.items() if sizes[code] < size} == {}
    assert {example.kind for table in TABLES for example in load(table)} == {None, *Kind}
