"""A day or a week as a picture: a row for each GPU, a bar for each booking.

Whose a bar is, is told by its colour, its pattern and the name in it: none of them stands alone. A person's colour and
pattern go by their number in the lab, so they stay theirs. The ground is light and opaque, so the picture reads the
same on a light and on a dark screen.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache, lru_cache
from unicodedata import lookup, normalize
from unicodedata import name as unicode_name

from noto_cjk_sans_jp_regular import FONT_PATH
from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from bot.reader import Reader
from bot.views import schedule as told
from core import facts
from core.timerange import TimeRange

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]  # left, top, right, bottom

WIDTH = 1600
MOST_PEOPLE = 40  # in the legend; what more there are, is told as a number
MARGIN = 28
ROWS_HEIGHT = 1200  # that many rows share it as well as they can
ROW, LOWEST_ROW = 42, 20
SMALLEST = 12  # letters in a row
HEADING = 34  # the name of a node, where there are several
AXIS = 44
GAP = 3  # above and below a bar
NOTE = 24  # where the present is named, below the rows

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
GROUND, INK, SOFT = (252, 252, 251), (27, 31, 35), (91, 99, 105)
LINE, STRONG_LINE, PAST, NOW = (218, 223, 225), (170, 178, 182), (233, 236, 237), (197, 49, 75)

# Okabe and Ito's colours, made for eyes of every kind; two that share a pattern differ in lightness as well.
COLOURS: tuple[Colour, ...] = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (160, 160, 160),
    (204, 121, 167),
)
PATTERNS = ("plain", "slanted", "dotted", "upright")


@dataclass(frozen=True)
class Style:
    """How a person's bars look."""

    fill: Colour
    ink: Colour  # of what is written on it
    pattern: str
    edge: Colour | None = None  # a broad one, where it is not only a darker fill


def style(member: facts.Member) -> Style:
    """Neighbours in number differ in colour and in pattern; the first 32 people all look different."""
    number = member.id - 1
    fill = COLOURS[number % len(COLOURS)]
    pattern = PATTERNS[(number + number // len(COLOURS)) % len(PATTERNS)]
    return Style(fill, max(BLACK, WHITE, key=lambda ink: contrast(fill, ink)), pattern)


def draw(schedule: facts.Schedule, reader: Reader, now: datetime, first: int = 0) -> bytes:
    """A PNG, in the reader's language and zone; theirs are outlined and say so. From row `first` on, where many."""
    shown = told.part(schedule, first)
    sheet = _Sheet(schedule.range, shown.rows, reader)
    people = shown.held_by()
    legend = list(_legend(people, shown, reader))
    sheet.begin(_legend_height(legend))
    title = filter(None, [told.heading(schedule, reader), told.which(schedule, first, reader)])
    sheet.title(" · ".join(title), told.share(schedule, reader))
    sheet.ground(now)
    for row in shown.rows:
        sheet.row(row)
    if not people:
        sheet.across(reader.say("Nothing is booked."))
    sheet.now(now)
    sheet.legend(legend)
    return sheet.png()


def warm(now: datetime) -> None:
    """Open the fonts, and what writes a PNG: the first to ask for a picture need not wait for that."""
    draw(facts.Schedule(TimeRange(now, now + timedelta(days=1)), ()), Reader.of("en", "UTC"), now)


def _is_mine(member: facts.Member, reader: Reader) -> bool:
    return bool(reader.slack_id) and member.slack_id == reader.slack_id


@dataclass(frozen=True)
class _Entry:
    """One person in the legend; without a style, words alone."""

    style: Style | None
    words: str
    mine: bool = False

    @property
    def width(self) -> int:
        return (44 if self.style else 0) + _width(self.words, 22) + 34


def _legend(people: dict[facts.Member, timedelta], schedule: facts.Schedule, reader: Reader) -> Iterator[_Entry]:
    for member, held in list(people.items())[:MOST_PEOPLE]:
        mine = _is_mine(member, reader)
        name = reader.say("{who} (you)", who=legible(member.name)) if mine else legible(member.name)
        yield _Entry(style(member), f"{name} {told.hours(held, reader)}", mine)
    if any(held.offered_until for row in schedule.rows for held in row.held):
        yield _Entry(Style(GROUND, INK, "plain", edge=SOFT), reader.say("only offered so far"))
    if len(people) > MOST_PEOPLE:
        more = len(people) - MOST_PEOPLE
        yield _Entry(None, reader.say_many("and {count} more person", "and {count} more people", more))


def _legend_lines(entries: Iterable[_Entry]) -> list[list[_Entry]]:
    lines: list[list[_Entry]] = []
    left = 0
    for entry in entries:
        if not lines or left + entry.width > WIDTH - 2 * MARGIN:
            lines.append([])
            left = 0
        lines[-1].append(entry)
        left += entry.width
    return lines


def _legend_height(entries: Iterable[_Entry]) -> int:
    return NOTE + 12 + 40 * len(_legend_lines(entries))


class _Sheet:
    """The paper: what is drawn where. `begin` before everything else."""

    def __init__(self, window: TimeRange, rows: tuple[facts.Timeline, ...], reader: Reader) -> None:
        self._window, self._rows, self._reader = window, rows, reader
        self._is_day = window.length <= timedelta(hours=26)
        nodes = list(dict.fromkeys(row.gpu.node for row in rows))
        self._headed = nodes if len(nodes) > 1 else []
        self._row_height = min(ROW, max(LOWEST_ROW, ROWS_HEIGHT // max(len(rows), 1)))
        self._size = max(round(self._row_height * 0.52), SMALLEST)
        self._gap = min(GAP, self._row_height // 10)
        labels = [_width(row.gpu.label, self._size) for row in rows] + [_width(node, 20) for node in self._headed]
        self._left = MARGIN + min(max(labels, default=0), 320) + 16
        self._right = WIDTH - MARGIN
        self._top = MARGIN + 60 + AXIS
        self._bottom = self._top + len(rows) * self._row_height + len(self._headed) * HEADING
        self._tops = dict(self._places())

    def begin(self, legend_height: int) -> None:
        self._image = Image.new("RGB", (WIDTH, self._bottom + legend_height + MARGIN), GROUND)
        self._pen = ImageDraw.Draw(self._image)

    def title(self, words: str, aside: str) -> None:
        room = self._right - MARGIN - _width(aside, 22) - 40
        self._write((MARGIN, MARGIN + 18), _cut(words, 32, room), 32)
        self._write((self._right, MARGIN + 18), aside, 22, SOFT, anchor="rm")

    def ground(self, now: datetime) -> None:
        """What lies below the bars: the past, the lines of the days and hours, and the GPUs' names."""
        over = min(max(now, self._window.start), self._window.end)
        self._pen.rectangle((self._left, self._top, self._x(over), self._bottom), PAST)
        for instant, strong, words in self._ticks():
            x = self._x(instant)
            begins = self._top - (AXIS if strong and not self._is_day else 10)
            self._pen.line((x, begins, x, self._bottom), STRONG_LINE if strong else LINE, 2 if strong else 1)
            if words and self._is_day:
                self._write((x, self._top - 28), words, 20, SOFT, anchor="mm")
            elif words:
                self._write((x + 8, self._top - 26), words, 22)
        for node in self._headed:
            self._write((MARGIN, self._tops[node] + HEADING // 2 + 2), _cut(node, 20, self._left - 24), 20, SOFT)
        for row in self._rows:
            top = self._tops[row.gpu.id]
            label = _cut(row.gpu.label, self._size, self._left - MARGIN - 12)
            self._write((MARGIN, top + self._row_height // 2), label, self._size)
            self._pen.line((self._left, top + self._row_height, self._right, top + self._row_height), LINE)

    def row(self, row: facts.Timeline) -> None:
        """A GPU's bars."""
        top = self._tops[row.gpu.id]
        for held in row.held:
            left = self._x(held.range.start)
            right = max(self._x(held.range.end), left + 3)
            self._bar((left, top + self._gap, right - 1, top + self._row_height - self._gap), held)

    def now(self, now: datetime) -> None:
        if now not in self._window:
            return
        x = self._x(now)
        self._pen.line((x, self._top, x, self._bottom), NOW, 3)
        words = self._reader.say("now {clock}", clock=self._reader.clock(now))
        half = _width(words, 18) // 2 + 6
        middle = min(max(x, self._left + half), self._right - half)
        self._pen.rectangle((middle - half, self._bottom, middle + half, self._bottom + NOTE), NOW)
        self._write((middle, self._bottom + NOTE // 2), words, 18, GROUND, anchor="mm")

    def across(self, words: str) -> None:
        """In the midst of it all."""
        self._write(((self._left + self._right) // 2, (self._top + self._bottom) // 2), words, 28, SOFT, anchor="mm")

    def legend(self, entries: list[_Entry]) -> None:
        y = self._bottom + NOTE + 12 + 20
        for line in _legend_lines(entries):
            x = MARGIN
            for entry in line:
                left = x
                if entry.style:
                    self._fill((x, y - 12, x + 34, y + 12), entry.style, mine=entry.mine)
                    left += 44
                self._write((left, y), entry.words, 22)
                x += entry.width
            y += 40

    def png(self) -> bytes:
        kept = io.BytesIO()
        # Few colours make it a third as large, in less time than it takes to write them all.
        few = self._image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(kept, "PNG", compress_level=4)
        return kept.getvalue()

    def _bar(self, box: Box, held: facts.Holding) -> None:
        mine = _is_mine(held.holder, self._reader)
        look = style(held.holder)
        if held.offered_until is not None:
            look = Style(GROUND, INK, "plain", edge=look.fill)
        self._fill(box, look, mine=mine)
        if held.maintenance:
            names = [self._reader.say("out of service")]
        else:
            names = [self._reader.say("you")] if mine else _shorter_and_shorter(legible(held.holder.name))
        if held.offered_until is not None:
            names = [self._reader.say("{who} (offered)", who=names[0]), *names]
        reaches_out = held.range.start == self._window.start or held.range.end == self._window.end
        longer = [f"{names[0]} · {self._reader.hours(held.range)}"] if self._is_day and not reaches_out else []
        words = _fitting([*longer, *names], box[2] - box[0] - 12, self._size)
        if words:
            middle = (box[1] + box[3]) // 2
            halo = look.fill if look.pattern != "plain" else None
            self._write((box[0] + 7, middle), words, self._size, look.ink, halo=halo)

    def _fill(self, box: Box, look: Style, *, mine: bool) -> None:
        self._pen.rectangle(box, look.fill)
        if look.pattern != "plain":
            size = (box[2] - box[0] + 1, box[3] - box[1] + 1)
            self._image.paste(_shade(look.fill), box[:2], _pattern(look.pattern).crop((0, 0, *size)))
        edge = INK if mine else look.edge or _shade(look.fill)
        self._pen.rectangle(box, None, edge, 3 if mine or look.edge else 1)

    def _write(
        self,
        at: tuple[int, int],
        words: str,
        size: int,
        colour: Colour = INK,
        *,
        anchor: str = "lm",
        halo: Colour | None = None,
    ) -> None:
        if halo:
            self._stamp(at, _letters(words, size, anchor, stroke=3), halo)
        self._stamp(at, _letters(words, size, anchor), colour)

    def _stamp(self, at: tuple[int, int], letters: _Letters, colour: Colour) -> None:
        self._pen.bitmap((at[0] + letters.left, at[1] + letters.top), letters.mask, colour)

    def _x(self, instant: datetime) -> int:
        share: float = (instant - self._window.start) / self._window.length
        return round(self._left + share * (self._right - self._left))

    def _places(self) -> Iterator[tuple[str | int, int]]:
        """How far down each node's name and each GPU's row stand."""
        y, node = self._top, ""
        for row in self._rows:
            if self._headed and row.gpu.node != node:
                node = row.gpu.node
                yield node, y
                y += HEADING
            yield row.gpu.id, y
            y += self._row_height

    def _ticks(self) -> Iterator[tuple[datetime, bool, str]]:
        """Instant, whether a day begins there, and what is written."""
        day = self._reader.local(self._window.start).date()
        while (midnight := datetime.combine(day, time(), self._reader.zone)) < self._window.end:
            if midnight >= self._window.start:
                yield midnight, True, "0" if self._is_day else self._reader.day(midnight)
            for hour in range(1, 24) if self._is_day else (6, 12, 18):
                instant = datetime.combine(day, time(hour), self._reader.zone)
                if instant in self._window:
                    yield instant, False, str(hour) if self._is_day and hour % 2 == 0 else ""
            day += timedelta(days=1)


# ── letters ──


@cache
def _font(size: int) -> FreeTypeFont:
    # Names need no shaping in the scripts that this font has, and without it they are measured much faster.
    return ImageFont.truetype(str(FONT_PATH), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=10_000)
def _width(words: str, size: int) -> int:
    return round(_font(size).getlength(words))


@dataclass(frozen=True)
class _Letters:
    """Words as they are printed: where they have ink, and how far from the point that they are anchored at."""

    mask: Image.Image
    left: int
    top: int


@lru_cache(maxsize=2_000)
def _letters(words: str, size: int, anchor: str, stroke: int = 0) -> _Letters:
    # To shape a name takes longer than to print it, and a full week prints each of them a hundred times.
    left, top, right, bottom = map(round, _font(size).getbbox(words, anchor=anchor, stroke_width=stroke))
    mask = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
    ImageDraw.Draw(mask).text((-left, -top), words, 255, _font(size), anchor, stroke_width=stroke)
    return _Letters(mask, left, top)


@lru_cache(maxsize=10_000)
def legible(name: str) -> str:
    """A name in the letters that the font has: others lose their accents, or go, as emoji do; `?` if none is left."""
    known = "".join(letter if _is_known(letter) else _plainer(letter) for letter in normalize("NFC", name))
    return " ".join(known.split()) or "?"


@lru_cache(maxsize=10_000)
def _is_known(letter: str) -> bool:
    return letter.isspace() or bytes(_font(20).getmask(letter)) != bytes(_font(20).getmask("\uffff"))


def _plainer(letter: str) -> str:
    """Ł and ễ as L and e; nothing for what has no plainer form."""
    bare = unicode_name(letter, "").partition(" WITH ")[0]
    with contextlib.suppress(KeyError):
        plain = lookup(bare)
        return plain if plain != letter and _is_known(plain) else ""
    return ""


def _shorter_and_shorter(name: str) -> list[str]:
    """The name, its first part, its initials, the first of them; a name without spaces by its letters."""
    parts = name.split()
    initials = "".join(part[0] for part in parts[:3])
    return [name, parts[0], initials, name[0]] if len(parts) > 1 else [name, name[:2], name[0]]


def _fitting(choices: list[str], room: int, size: int) -> str:
    return next((words for words in choices if _width(words, size) <= room), "")


def _cut(words: str, size: int, room: int) -> str:
    """With an ellipsis where it is too long; a machine's name differs at its end."""
    if _width(words, size) <= room:
        return words
    return next((f"…{words[at:]}" for at in range(1, len(words)) if _width(f"…{words[at:]}", size) <= room), "…")


# ── colours ──


def contrast(one: Colour, other: Colour) -> float:
    """As the rules for legible pages reckon it: from 1 to 21, and letters want 4.5."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [(part / 255 / 12.92) if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _shade(colour: Colour) -> Colour:
    """A darker one of the same, for patterns and outlines."""
    red, green, blue = (round(part * 0.72) for part in colour)
    return red, green, blue


@cache
def _pattern(name: str) -> Image.Image:
    """A mask as large as any bar."""
    width, height = WIDTH, ROW
    mask = Image.new("1", (width, height), 0)
    pen = ImageDraw.Draw(mask)
    match name:
        case "slanted":
            for x in range(-height, width, 14):
                pen.line((x, height, x + height, 0), 1, 3)
        case "dotted":
            for x in range(0, width, 12):
                for y in range(3 + x // 12 % 2 * 5, height, 10):
                    pen.ellipse((x, y, x + 3, y + 3), 1)
        case "upright":
            for x in range(6, width, 12):
                pen.line((x, 0, x, height), 1, 3)
    return mask
