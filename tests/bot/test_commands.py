"""What people type, and the command it is."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import commands
from bot.commands import Book, Cancel, Command, End, Extend, Help, Mine, Status, TooMuch, Who
from core.inventory import Wanted

ANY = Wanted()
READ: list[tuple[str, Command]] = [
    ("", Status()),
    ("   ", Status()),
    ("status", Status()),
    ("STATUS", Status()),
    ("ｓｔａｔｕｓ", Status()),
    ("who", Who()),
    ("status tomorrow", Status("tomorrow")),
    ("free", Status()),
    ("free 4h", Book("4h", ANY, "", asks=True)),
    ("free tomorrow 13-18", Book("tomorrow 13-18", ANY, "", asks=True)),
    ("mine", Mine()),
    ("help", Help()),
    ("extend 2h", Extend("2h")),
    ("extend by 90 min", Extend("90 min")),
    ("extend GPU2 2h", Extend("2h", ("GPU2",))),
    ("end", End()),
    ("end GPU2", End(("GPU2",))),
    ("end gpu1, gpu2", End(("gpu1", "gpu2"))),
    ("cancel", Cancel()),
    ("book", Book("", ANY, "")),
    ("13-18", Book("13-18", ANY, "", verb=False)),
    ("now for 2h", Book("now for 2h", ANY, "", verb=False)),
    ("book 13:00-18:00", Book("13:00-18:00", ANY, "")),
    ("book 13:00-18:00 for thesis runs", Book("13:00-18:00", ANY, "thesis runs")),
    ("book tomorrow 2pm for 3h", Book("tomorrow 2pm for 3h", ANY, "")),
    ("book now for 90 min for evals", Book("now for 90 min", ANY, "evals")),
    ("book now for two hours", Book("now for two hours", ANY, "")),
    ("book 13-18 for 3 experiments", Book("13-18", ANY, "3 experiments")),
    ("book 13-18 for testing on GPU1 for 2h", Book("13-18", ANY, "testing on GPU1 for 2h")),
    ("book 13-18 on GPU0", Book("13-18", Wanted(names=("GPU0",)), "")),
    ("book on gpu0 13-18", Book("13-18", Wanted(names=("gpu0",)), "")),
    ("book 13-18 on GPU0,GPU1", Book("13-18", Wanted(names=("GPU0", "GPU1")), "")),
    ("book 13-18 on GPU0 and GPU1", Book("13-18", Wanted(names=("GPU0", "GPU1")), "")),
    ("book 13-18 GPU0", Book("13-18", Wanted(names=("GPU0",)), "")),
    ("book 13-18 on lab-node-1/GPU0", Book("13-18", Wanted(names=("lab-node-1/GPU0",)), "")),
    ("book 2 gpus 13-18", Book("13-18", Wanted(count=2), "")),
    ("book 13-18 2gpus", Book("13-18", Wanted(count=2), "")),
    ("book 明日13-18 2枚", Book("明日13-18", Wanted(count=2), "")),
    ("book 2x5090 13-18", Book("13-18", Wanted(count=2, model="5090"), "")),
    ("book 2 x 5090 for 6h", Book("for 6h", Wanted(count=2, model="5090"), "")),
    ("book any 5090 13-18", Book("13-18", Wanted(model="5090"), "")),
    ("book 13-18 on any 5090", Book("13-18", Wanted(model="5090"), "")),
    ("book a100 13-18", Book("13-18", Wanted(model="a100"), "")),
    ("book 0 gpus 13-18", Book("13-18", Wanted(count=0), "")),
    ("book 4 gpus on any nodes 13-18", Book("13-18", Wanted(count=4, spread=True), "")),
    ("book h100 x2 13-18", Book("13-18", Wanted(count=2, model="h100"), "")),
    ("extend 1h30", Extend("1h30")),
    ("book tomorrow 2pm for 2h30", Book("tomorrow 2pm for 2h30", ANY, "")),
    ("book on 1203 13-18", Book("on 1203 13-18", ANY, "")),
    ("free GPU0", Book("", Wanted(names=("GPU0",)), "", asks=True)),
    ("book on friday 13-18", Book("on friday 13-18", ANY, "")),
    ("book on 12/3 13-18", Book("on 12/3 13-18", ANY, "")),
    ("book 2026-12-03 13-18", Book("2026-12-03 13-18", ANY, "")),
    ("book Fri 18:00 to Mon 9:00", Book("Fri 18:00 to Mon 9:00", ANY, "")),
    ("x" * 1_001, TooMuch(1_001)),
]


@pytest.mark.parametrize(("text", "command"), READ, ids=[text[:40] or "nothing" for text, _ in READ])
def test_what_people_type_is_read(text: str, command: Command) -> None:
    assert commands.parse(text) == command


@pytest.mark.parametrize(
    ("text", "meant"), [("statsu", "status"), ("cancle", "cancel"), ("hepl", "help"), ("zzz", None)]
)
def test_the_nearest_command_is_named(text: str, meant: str | None) -> None:
    assert commands.nearest(text) == meant


@given(st.text(alphabet="gpuGPU0123456789x5a h,&+-_./!onayd\u3000", max_size=1_000))
@settings(max_examples=200, deadline=timedelta(milliseconds=500))
def test_no_text_takes_long(text: str) -> None:
    commands.parse(text)


@pytest.mark.parametrize("piece", ["gpu1", "gpu11111111+", "a/", "a.a/1", "5090 x", "2 x ", "for ", "on ", "any "])
def test_no_repetition_takes_long(piece: str) -> None:
    began = time.perf_counter()
    commands.parse((piece * 1_000)[: commands.LONGEST - 1] + "!")
    assert time.perf_counter() - began < 0.5
