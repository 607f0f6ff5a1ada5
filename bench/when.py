"""How well and how fast booking phrases are read, beside the libraries one would reach for.

python -m bench.when          our tables, and ../shared/timeranges.jsonl where it is there
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dateparser.search
import parsedatetime
from timefhuman import timefhuman
from timefhuman.main import tfhConfig

from bot.when import Unreadable, read
from tests.bot.when.table import FOLDER, Example, load

Ends = tuple[datetime, datetime] | None
Reader = Callable[[Example], Ends]
WORKED = Path("../shared/timeranges.jsonl")
#: The others take up to a second for some phrases: they read every n-th of our tables.
STRIDE = 6


def ours(example: Example) -> Ends:
    """The reader of this repository; a refusal must be of the right kind."""
    try:
        got = read(example.text, example.now, example.zone, example.locale)
    except Unreadable as refusal:
        return None if refusal.kind == example.kind else (example.now, example.now)
    return got.start, got.end


def with_dateparser(example: Example) -> Ends:
    """The first two instants it finds."""
    found = dateparser.search.search_dates(
        example.text, languages=[example.locale], settings={"RELATIVE_BASE": example.now.replace(tzinfo=None)}
    )
    if not found or len(found) < 2:
        return None
    return _aware(found[0][1], example), _aware(found[1][1], example)


def with_parsedatetime(example: Example) -> Ends:
    """Its range reader."""
    calendar = parsedatetime.Calendar()
    start, end, found = calendar.evalRanges(example.text, example.now.timetuple())
    if not found:
        return None
    return _aware(datetime(*start[:6]), example), _aware(datetime(*end[:6]), example)  # noqa: DTZ001


def with_timefhuman(example: Example) -> Ends:
    """Its first answer, if that is a range."""
    config = tfhConfig(now=example.now.replace(tzinfo=None))
    found: Any = timefhuman(example.text, config=config)
    found = found[0] if isinstance(found, list) and found else found
    if isinstance(found, tuple) and len(found) == 2 and all(isinstance(end, datetime) for end in found):
        return _aware(found[0], example), _aware(found[1], example)
    if isinstance(found, timedelta):
        return example.now, example.now + found
    return None


def _aware(moment: datetime, example: Example) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=example.now.tzinfo)


READERS: dict[str, Reader] = {
    "bot.when": ours,
    "dateparser": with_dateparser,
    "parsedatetime": with_parsedatetime,
    "timefhuman": with_timefhuman,
}


def worked() -> list[Example]:
    """The shared examples, if they are on this machine."""
    if not WORKED.exists():
        return []
    return [_worked(json.loads(line)) for line in WORKED.read_text(encoding="utf-8").splitlines()]


def _worked(case: dict[str, Any]) -> Example:
    base = Example(case["id"], case["text"], datetime.fromisoformat(case["now"]), case["tz"], case["locale"])
    if "error" in case:
        return replace(base, kind=case["error"])
    return replace(base, start=datetime.fromisoformat(case["start"]), end=datetime.fromisoformat(case["end"]))


def judge(name: str, title: str, examples: list[Example]) -> None:
    """One line: right, wrong ranges, and what a phrase costs."""
    right = wrong = 0
    costs = []
    for example in examples:
        before = time.perf_counter()
        got = _guarded(READERS[name], example)
        costs.append((time.perf_counter() - before) * 1000)
        good = _is_right(got, example)
        right += good
        wrong += got is not None and not good
    share = 100 / len(examples)
    middle, high = statistics.median(costs), statistics.quantiles(costs, n=20)[-1]
    print(
        f"{title:<10} {name:<14} {len(examples):>5} phrases  right {right * share:5.1f} %  "
        f"wrong {wrong * share:5.1f} %  median {middle:.2f} ms  p95 {high:.2f} ms  most {max(costs):.1f} ms"
    )


def _guarded(reader: Reader, example: Example) -> Ends:
    try:
        return reader(example)
    except Exception:  # noqa: BLE001 - some of the others raise on some texts: that is no reading
        return None


def _is_right(got: Ends, example: Example) -> bool:
    if example.start is None or example.end is None or example.kind:
        return got is None
    if got is None:
        return False
    minute = timedelta(minutes=1)
    return abs(got[0] - example.start) < minute and abs(got[1] - example.end) < minute


def cold_start() -> float:
    """Milliseconds from import to the first answer, in a fresh process."""
    code = (
        "import time; begin = time.perf_counter()\n"
        "from datetime import datetime, UTC; from bot.when import read\n"
        "read('tomorrow 2-5pm', datetime.now(UTC), 'Asia/Tokyo', 'en')\n"
        "print((time.perf_counter() - begin) * 1000)"
    )
    command = [sys.executable, "-c", code]
    runs = [subprocess.run(command, capture_output=True, check=True) for _ in "12345"]  # noqa: S603
    return min(float(run.stdout) for run in runs)


def main() -> None:
    """Print everything."""
    warnings.simplefilter("ignore")
    print(f"import and first call: {cold_start():.0f} ms")
    tables = {path.stem: load(path) for path in sorted(FOLDER.glob("*.txt"))}
    groups = tables | ({"shared": worked()} if worked() else {})
    for title, examples in groups.items():
        judge("bot.when", title, examples)
    everything = [example for examples in tables.values() for example in examples]
    for name in READERS:
        judge(name, "sample", everything[::STRIDE])
        if worked():
            judge(name, "shared", worked())


if __name__ == "__main__":
    main()
