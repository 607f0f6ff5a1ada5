"""The admin's command line for the lab's GPUs."""

from __future__ import annotations

import argparse
import csv
import platform
import re
import sys
from collections.abc import Iterable, Iterator

from bot.run import CannotStart, database, now
from bot.settings import Settings
from bot.views import record
from core import audit, facts, inventory, maintenance, organizations
from core.actors import Operator
from core.migrate import upgrade
from core.work import Work


def add(settings: Settings, asked: argparse.Namespace) -> int:
    with database(settings) as opened:
        upgrade(opened)
        with opened.begin(now()) as work:
            gpu = maintenance.put_in_service(
                work, _operator(work), node=asked.node, label=asked.label, model=asked.model, memory_gb=asked.memory
            )
    print(f"{gpu.full_name} · {gpu.model} · {gpu.memory_gb} GB")
    return 0


def import_csv(settings: Settings, asked: argparse.Namespace) -> int:
    node = asked.node or platform.node()
    found = list(_read(sys.stdin))
    with database(settings) as opened:
        upgrade(opened)
        with opened.begin(now()) as work:
            for label, model, memory in found:
                gpu = maintenance.put_in_service(
                    work, _operator(work), node=node, label=label, model=model, memory_gb=memory
                )
                print(f"{gpu.full_name} · {gpu.model} · {gpu.memory_gb} GB")
    return 0


def show(settings: Settings, _asked: argparse.Namespace) -> int:
    with database(settings) as opened:
        upgrade(opened)
        with opened.read(now()) as work:
            gpus = inventory.gpus(work, _lab(work).id)
    print(_table(gpus))
    return 0


def settle(settings: Settings, asked: argparse.Namespace) -> int:
    """Show the lab's own settings, after changing what was asked for."""
    given = {
        "zone": asked.zone,
        "language": asked.language,
        "channel": asked.channel,
        "announce": asked.announce and asked.announce == "on",
        "summary": asked.summary and asked.summary == "on",
        "offer_minutes": asked.offer,
    }
    settings_given = {name: value for name, value in given.items() if value is not None}
    with database(settings) as opened:
        upgrade(opened)
        with opened.begin(now()) as work:
            lab = organizations.change(work, _operator(work), **settings_given)
    print(f"zone      {lab.zone}\nlanguage  {lab.language}")
    print(f"channel   {lab.channel or '-'}\nannounce  {'on' if lab.announce else 'off'}")
    print(f"summary   {'on' if lab.summary else 'off'}\noffer     {lab.offer_minutes} min")
    return 0


def print_audit(settings: Settings, _asked: argparse.Namespace) -> int:
    """Everything that was changed, as CSV."""
    with database(settings) as opened:
        upgrade(opened)
        with opened.read(now()) as work:
            sys.stdout.write(record.table(audit.everything(work, _lab(work).id)))
    return 0


def _operator(work: Work) -> Operator:
    return Operator(_lab(work).id)


def _lab(work: Work) -> facts.Organization:
    lab = organizations.only(work)
    if lab is None:
        raise CannotStart("There is no lab yet. Start `python -m bot` once with its Slack tokens, or run the check.")
    return lab


def _read(lines: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """Label, model and memory in GB of each line such as `0, NVIDIA GeForce RTX 5090, 32607 MiB`."""
    for number, row in enumerate(csv.reader(lines, skipinitialspace=True), start=1):
        if not row or row[0] == "index":
            continue
        memory = re.fullmatch(r"(\d+)(?: MiB)?", row[2].strip()) if len(row) == 3 else None
        if not row[0].isdigit() or memory is None:
            raise CannotStart(
                f"Line {number} is not of nvidia-smi --query-gpu=index,name,memory.total --format=csv: {','.join(row)}"
            )
        model = re.sub(r"^(?:NVIDIA\s+)?(?:GeForce\s+)?", "", row[1].strip())
        yield f"GPU{row[0]}", model, round(int(memory[1]) / 1024)


def _table(gpus: Iterable[facts.Gpu]) -> str:
    rows = [(gpu.full_name, gpu.model, f"{gpu.memory_gb} GB") for gpu in gpus]
    if not rows:
        return 'There are no GPUs yet: python -m bot gpus add lab-node-1 GPU0 "RTX 5090" 32'
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
