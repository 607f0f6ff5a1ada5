"""How clock times are written, and a zone in brackets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import NOON, Clock, Daypart, Length, clock
from bot.when.forms.form import Forms, HourOrLength, has, numbers_in, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built, Habits
    from bot.when.kinds import Token

FORMS = Forms()


@FORMS.add(r"[nN] C")
def _twelve_noon(tokens: Sequence[Token]) -> Built:
    """`12 noon`, `12 midnight`."""
    return (kinds.CLOCK, tokens[-1].value) if numbers_in(tokens) == [12] else None


@FORMS.add(r"(?:(?<=^n[-~]n)|(?<=[ Dg]n[-~]n))/(?=n[-~]n(?![-./:n]))")
def _slashed(_tokens: Sequence[Token]) -> Built:
    """`14-16/18-20`."""
    return kinds.OR, None


@FORMS.add(r"N[ -]?N")
def _compound(tokens: Sequence[Token]) -> Built:
    tens, ones = tokens[0].value, tokens[-1].value
    if tens in (20, 30, 40, 50) and isinstance(ones, int) and 0 < ones < 10:
        return kinds.WORD_NUMBER, int(str(tens)) + ones
    return None


@FORMS.add_by_habit(r"(?<![:.n])[n9]:n(?::n(?:\.n)?)?(?!:[n9]| ?i)(?!(?<=f n:n) ?h)")
def _colon(tokens: Sequence[Token], of: Habits) -> Built:
    hour, minute = str(tokens[0].value), str(tokens[2].value)
    if len(hour) > 2 or len(minute) != 2:
        return None
    if len(tokens) > 4 and int(str(tokens[4].value)) > 59:
        raise ValueError(tokens[4].value)
    return kinds.CLOCK, clock(int(hour), int(minute), written=hour, exact=True, latest=of.latest_hour)


@FORMS.add(r"(?<![-.:,n])(?<![fE] )n i")
def _hundred_hours(tokens: Sequence[Token]) -> Built:
    """`1400 hours`."""
    written = str(tokens[0].value)
    return (kinds.CLOCK, clock(int(written[:2]), int(written[2:]), written="0")) if len(written) == 4 else None


@FORMS.add(r"n(?=z)")
def _zulu_hours(tokens: Sequence[Token]) -> Built:
    """`1800Z`."""
    written = str(tokens[0].value)
    return (kinds.CLOCK, clock(int(written[:2]), int(written[2:]), written="0")) if len(written) == 4 else None


@FORMS.add(r"(?<![-.:,n])n,n ?[-~TU] ?n,n(?![-.:,n])")
def _comma_clocks(tokens: Sequence[Token]) -> Built:
    """`14,00-16,00`: two clock times, or three things in a list? Nobody can know."""
    numbers = [str(token.value) for token in tokens if token.kind == kinds.NUMBER]
    if {len(written) for written in numbers[1::2]} == {3}:
        return kinds.OTHER, None  # 1,000-2,000
    return (kinds.BROKEN, None) if {len(written) for written in numbers[1::2]} == {2} else None


@FORMS.add(r"(?<![.n:])n\.n ?h(?= ?[-~TtU] ?n)|(?:(?<=[hn][-~])|(?<=[hn] [-~TtU] ))n\.n ?h")
def _dotted_hour_letter(tokens: Sequence[Token]) -> Built:
    """`13.00hrs to 15.00hrs`; `2.5h` is a length."""
    hour, minute = numbers_in(tokens)
    return (kinds.CLOCK, clock(hour, minute, exact=True)) if len(str(tokens[2].value)) == 2 else None


@FORMS.add_by_habit(r"(?<![.n])n\.n ?H")
def _dotted_hour_mark(tokens: Sequence[Token], of: Habits) -> Built:
    """`13.30 Uhr`."""
    hour, minute = numbers_in(tokens)
    marked = tokens[-1].value == "24h"
    return kinds.CLOCK, clock(hour, minute, exact=True, marked=marked, latest=of.latest_hour)


@FORMS.add_by_habit(r"[nN] ?H ?[nN] ?α")
def _before_the_hour(tokens: Sequence[Token], of: Habits) -> Built:
    """`13時15分前`."""
    if tokens[-1].value != timedelta(minutes=1):
        return None
    hours, minutes = numbers_in(tokens)
    if not 0 < minutes < 60:
        return None
    before = clock(hours - 1, 60 - minutes, exact=True, latest=of.latest_hour)
    return kinds.CLOCK, replace(before, bare=before.open)


@FORMS.add_by_habit(
    r"(?<!n\.)(?<!(?<!n/)n,)[nN] ?H"
    r"(?:[nN] ?M| [nN] ?M(?! ?x)|v| v(?!g?[xF])| ?q|[nN](?! ?[hHod])| n(?= |$|[-~TUKu,)])(?! ?[-~:HhoOiMjdac./Δ]))?"
)
def _hour_mark(tokens: Sequence[Token], of: Habits) -> Built:
    if tokens[0].kind == kinds.NUMBER and len(str(tokens[0].value)) > 2:
        return None
    hour, *rest = numbers_in(tokens)
    apart = tokens[-1].kind == kinds.NUMBER and tokens[-2].kind == kinds.SPACE
    if rest and (rest[0] > 99 or (apart and not _are_minutes(tokens[-1]))):
        return None  # 15時 5090を1枚, 16点 5折
    minute = rest[0] if rest else value_of(tokens, kinds.HALF) or value_of(tokens, kinds.QUARTER) or 0
    marked = value_of(tokens, kinds.HOUR_MARK) == "24h"
    if marked and minute >= 60:
        return None  # 20 Uhr 90 Minuten
    written = str(tokens[0].value)
    value = clock(hour, minute, written=written, exact=bool(rest), marked=marked, latest=of.latest_hour)
    spoken = of.code == "ko" and tokens[0].kind == kinds.WORD_NUMBER and has(tokens, kinds.HALF)  # 두시 반
    return kinds.CLOCK, replace(value, bare=value.open) if spoken else value


def _are_minutes(number: Token) -> bool:
    """Minutes apart from their hour have two digits: `16h 05`."""
    value = int(str(number.value))
    return value < 60 and (value >= 10 or number.value == f"{value:02}")


@FORMS.add_by_habit(r"[nN] ?H(?= ?n)")
def _hour_mark_before_number(tokens: Sequence[Token], of: Habits) -> Built:
    """`20 Uhr 90 Minuten`, `15時 5090を1枚`."""
    marked = tokens[-1].value == "24h"
    written = str(tokens[0].value)
    return kinds.CLOCK, clock(numbers_in(tokens)[0], written=written, marked=marked, latest=of.latest_hour)


@FORMS.add(r"(?<=[nNa])-g(?= ?[-~TU]|$| [xf])")
def _ish(_tokens: Sequence[Token]) -> Built:
    """`2-ish to 4pm`."""
    return kinds.GLUE, ""


@FORMS.add(r"(?<![nNvqM])(?<![nNvqM] )(?<![nNvqM] g )b(?= ?[nN](?! ?[sc#ihMjJ]))")
def _after(tokens: Sequence[Token]) -> Built:
    """`after 3`: no minutes stand before it."""
    return (kinds.FROM, "") if tokens[0].value == "after" else None


@FORMS.add(r"(?:[vq] ?g? ?|[nN] ?M? ?)b ?[nNC]")
def _minutes_past(tokens: Sequence[Token]) -> Built:
    return kinds.CLOCK, _shifted(tokens, 1)


@FORMS.add(r"[nN] ?[hH]? ?B ?[nN](?! ?[ijJ])")
def _hour_less_minutes(tokens: Sequence[Token]) -> Built:
    """`las cinco menos diez`, `cinq heures moins dix`; `zehn vor fünf` says the minutes first."""
    if value_of(tokens, kinds.BEFORE) == "ago":
        return None
    return kinds.CLOCK, _shifted([tokens[-1], tokens[0]], -1)


@FORMS.add(r"(?:q ?g? ?|[nN] ?M? ?)B ?[nNC]|q ?g? ?T ?[nNC]|(?<=C T )N T [nN]|N T [nN](?= [UT] )")
def _minutes_to(tokens: Sequence[Token]) -> Built:
    if tokens[0].kind == kinds.WORD_NUMBER and has(tokens, kinds.TO) and tokens[0].value not in (5, 10, 20, 25):
        return None  # three to twenty to five
    return kinds.CLOCK, _shifted(tokens, -1)


def _shifted(tokens: Sequence[Token], sign: int) -> Clock:
    first, last = tokens[0], tokens[-1]
    minutes = int(str(first.value))
    if not 0 < minutes < 60:
        raise ValueError(minutes)
    base = last.value.minutes if isinstance(last.value, Clock) else clock(int(str(last.value))).minutes
    if sign < 0 and base < 13 * 60:
        base = base or 24 * 60
        base += 12 * 60 if base == 60 else 0
    whole = base + sign * minutes
    either_half = isinstance(last.value, int | str) and 60 <= whole < 13 * 60
    return Clock(whole, bare=either_half, open=either_half)


@FORMS.add(r"w ?[nN]")
def _half_to(tokens: Sequence[Token]) -> Built:
    hour = numbers_in(tokens)[0]
    if not 1 <= hour <= 12:
        return None
    minutes = (hour or 12) * 60 + int(str(tokens[0].value))
    return kinds.CLOCK, Clock(minutes + (12 * 60 if minutes < 60 else 0), bare=True, open=True)


@FORMS.add(
    r"(?<!n[.,:])(?:[nN] ?h ?[nN](?! ?[hH:a/jJiOcx]|d| ?[-~]n?| ?M x)M?|[nN]h[nN]M?|[nN] ?h[nN] ?M"
    r"|[nN] ?h [nN] ?M(?! x)|[nN] ?h(?:(?: ?& ?)?[vq](?! ?[iM])| B q)?)"
)
def _hour_letter(tokens: Sequence[Token]) -> Built:
    hours, *minutes = numbers_in(tokens)
    written = str(tokens[0].value)
    if len(written) == 4 and tokens[0].kind == kinds.NUMBER:
        return kinds.CLOCK, clock(int(written[:2]), int(written[2:]), written="0")
    if tokens[-1].kind == kinds.MINUTES:
        return kinds.LENGTH, Length(timedelta(hours=hours, minutes=minutes[0]))
    minute = minutes[0] if minutes else value_of(tokens, kinds.HALF) or value_of(tokens, kinds.QUARTER)
    if has(tokens, kinds.BEFORE):
        hours, minute = hours - 1, 45
    if minutes and tokens[-2].kind == kinds.SPACE and not _are_minutes(tokens[-1]):
        return None  # 2h 3d unet, 2h one more time
    mark = value_of(tokens, kinds.HOUR_LETTER)
    spoken = minute is not None and not minutes
    return kinds.HOUR_OR_LENGTH, HourOrLength(hours, minute, written, mark == "clock", mark == "length", spoken)


@FORMS.add(r"(?:(?<=[@tFU] )|(?<=m )|(?<=& ))[nN] ?& ?[vq](?! ?i)|[nN] B q")
def _hour_and_half(tokens: Sequence[Token]) -> Built:
    """`las dos y media`, `tres menos cuarto`."""
    hour = numbers_in(tokens)[0]
    part = int(str(tokens[-1].value))
    if has(tokens, kinds.BEFORE):
        hour, part = (hour - 1) or 12, 60 - part
    value = clock(hour, part, written=str(hour))
    return kinds.CLOCK, replace(value, bare=value.open)


@FORMS.add(r"N[ -]N(?! ?[ijMJcs#h]| ?N)|(?<![-.:,/n])n N(?= ?(?:[-~TUtu]|$))")
def _hour_and_minutes(tokens: Sequence[Token]) -> Built:
    """`two thirty`, `9 thirty to`."""
    hour, minute = numbers_in(tokens)
    if not 1 <= hour <= 12 or minute not in range(10, 60, 5) or tokens[0].value == "1":
        return None
    return kinds.CLOCK, replace(clock(hour, minute), bare=True)


@FORMS.add(
    r"(?<![&nNyC])(?<![&nNyC] )v [nN](?! ?[ijMJhHsdco.:/&]| ?N)"
    r"|(?<=m )v [nN](?= & v [nN])|(?<=m v [nN] & )v [nN](?! ?[ijMJhHsdc])"
)
def _half_hour_of(tokens: Sequence[Token]) -> Built:
    """`half nine`, half past nine in Britain; `between half four and half eight`."""
    hour = numbers_in(tokens)[0]
    if not 1 <= hour <= 12 or isinstance(tokens[-1].value, float) or tokens[-1].value == "1":
        return None
    return kinds.CLOCK, replace(clock(hour, 30), bare=True)


@FORMS.add(r"(?<![nNCy])(?<![nNCy] )a(?= ?[nC])")
def _meridiem_before(tokens: Sequence[Token]) -> Built:
    """`PM 1:00`."""
    return kinds.DAYPART, Daypart.PM if tokens[0].value == "p" else Daypart.AM


@FORMS.add(r"(?:(?<=[-~TU@F] )|(?<=[-~])|^)n n(?= ?a)")
def _hour_and_minutes_apart(tokens: Sequence[Token]) -> Built:
    """`3 30 pm`."""
    hour, minute = (str(token.value) for token in tokens if token.kind == kinds.NUMBER)
    if len(hour) > 2 or len(minute) != 2 or not 1 <= int(hour) <= 12 or int(minute) % 5:
        return None
    return kinds.CLOCK, clock(int(hour), int(minute), written=hour, exact=True)


@FORMS.add(r"n n(?= ?[-~TU] ?n n(?![-~:./n]))|(?:(?<=n n[-~TU])|(?<=n n [-~TU] ))n n(?![-~:./n])")
def _minutes_apart(tokens: Sequence[Token]) -> Built:
    """`17 00 - 21 30`."""
    hour, minute = (str(token.value) for token in tokens if token.kind == kinds.NUMBER)
    if len(hour) > 2 or len(minute) != 2 or int(minute) % 5:
        return None
    return kinds.CLOCK, clock(int(hour), int(minute), written=hour, exact=True)


@FORMS.add(r"Cg? ?a|y ?a|[nN]g? ?a|(?<![.n])n\.n ?a")
def _meridiem(tokens: Sequence[Token]) -> Built:
    part = Daypart.PM if tokens[-1].value == "p" else Daypart.AM
    base = _before_meridiem(tokens)
    if base is None or (part is Daypart.AM and base.minutes >= 13 * 60):
        return None
    return kinds.CLOCK, replace(base.in_part(part), bare=False, open=False)


def _before_meridiem(tokens: Sequence[Token]) -> Clock | None:
    value = tokens[0].value
    if isinstance(value, Clock):
        return value
    if isinstance(value, HourOrLength):
        return clock(value.hours, value.minutes or 0)
    numbers = numbers_in(tokens)
    if len(numbers) == 1 and len(str(value)) in (3, 4) and tokens[0].kind == kinds.NUMBER:
        numbers = [numbers[0] // 100, numbers[0] % 100]
    return clock(*numbers) if numbers[0] <= 24 else None


@FORMS.add(r"C ?[Hh](?! ?n?[0-9])")
def _clock_hour(tokens: Sequence[Token]) -> Built:
    """`14:30 Uhr`."""
    marked = tokens[-1].value == "24h"
    value = tokens[0].value
    assert isinstance(value, Clock)
    return kinds.CLOCK, value.literal() if marked else value


@FORMS.add(r"C(?: ?& ?v(?! ?[iMhN])|v(?! ?[iMhN])| v(?! ?[-iMhNxF]|g[xF]))|C ?& ?q(?! ?[iM])|C B q")
def _clock_and_half(tokens: Sequence[Token]) -> Built:
    """`midi et demi`, `midi et quart`."""
    value = tokens[0].value
    assert isinstance(value, Clock)
    if value.minutes % 60:
        return None
    change = -15 if has(tokens, kinds.BEFORE) else value_of(tokens, kinds.HALF) or value_of(tokens, kinds.QUARTER)
    return kinds.CLOCK, replace(value, minutes=value.minutes + change, bare=False, loose=True)


@FORMS.add(r"(?:(?<=[DW] )|(?<=[DW] t ))C(?= [nyC] ?[-~TtU])")
def _midday(tokens: Sequence[Token]) -> Built:
    """`morgen Mittag 12-13:30`."""
    return (kinds.DAYPART, Daypart.MIDDAY) if tokens[0].value == Clock(NOON) else None


@FORMS.add(r"(?<![nNCyHhvq])(?<![nNCyHhvq] )p(?!,? ?g? ?[nNCyHh])")
def _noon(tokens: Sequence[Token]) -> Built:
    """`del mediodía a las 3`, `直到明天中午`, but `la 1 del mediodía`, `中午12点`."""
    return (kinds.CLOCK, Clock(NOON)) if tokens[0].value is Daypart.NOON else None


@FORMS.add(r"\( ?z ?\)")
def _zone(tokens: Sequence[Token]) -> Built:
    return kinds.ZONE, value_of(tokens, kinds.ZONE)
