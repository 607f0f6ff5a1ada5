"""The alphabet of the grammar: one letter for each kind of word a time range is made of.

A sentence becomes a row of tokens; their letters, written side by side, are a string, and the grammar is a
page of small patterns over such strings (`forms/`). `tomorrow 2-5pm` is `D n-na`, and so is `明日2-5pm`.
"""

from __future__ import annotations

from typing import NamedTuple

# What the text itself shows.
SPACE = " "
NUMBER = "n"  # digits
# : . , / ( ) + and ? stand for themselves.
DASH = "-"  # every dash
WAVE = "~"  # 〜, an arrow, two dots: between two times, never inside a date
YEAR = "9"  # four digits that are a year
SYMBOL = "¤"  # a sign that makes the number it touches no time: `x=13-18`
OTHER = "x"  # anything that says nothing about time

# What a language's table tells (`languages/*.py`).
WORD_NUMBER = "N"  # two, 二, 두
ORDINAL = "º"  # first, ersten: a day beside a month, else a word like any other
DAY = "D"  # days from today; or (days, daypart), as in tonight
DAY_OR_NAME = "τ"  # tom: tomorrow, or a person
WEEKDAY = "W"  # 0 is Monday
WEEK = "k"  # weeks from this one
SHIFT = "E"  # next, this, last: beside a weekday or a length
MONTH = "O"  # a month's name
MONTH_OR_WORD = "θ"  # may, march
MONTH_SHIFT = "ω"  # months from this one: 来月
MONTH_MARK = "o"  # 月
DAY_MARK = "d"  # 日, th
YEAR_MARK = "Y"  # 年
ERA = "e"  # 令和: the year before its first
DAYPART = "p"  # morning, 午後
MERIDIEM = "a"  # am, pm
HOUR_MARK = "H"  # 時, Uhr, o'clock
HOUR_LETTER = "h"  # a clock in 13h30, a length in 3h
HOURS = "i"
MINUTES = "M"
DAYS = "j"
DAY_LETTER = "Δ"  # days in `for 2d`, dimensions in `2d unet`
WEEKS = "J"
LENGTH = "l"  # a length by itself: 이틀
HALF = "v"
QUARTER = "q"
PAST = "b"  # half past two
BEFORE = "B"  # viertel vor drei, moins le quart
HALF_TO = "w"  # halb drei is 2:30
CLOCK = "C"  # noon
NOW = "R"
ALL_DAY = "L"
FROM = "F"  # before its time: from
OF = "ƒ"  # a FROM that joins a day to its month: 12 de diciembre
FROM_AFTER = "K"  # after its time: から
TO = "T"  # between two times, or before an end: to, bis
TO_OR_AT = "t"  # fr à, es a: between two times, else plain "at"
UNTIL = "U"
UNTIL_DATE = "Υ"  # jusqu'au 25: an UNTIL behind which a number is a day
UNTIL_AFTER = "u"  # まで
FOR = "f"  # before a length; else the purpose begins
BETWEEN = "m"
AND = "&"
OR = "|"
AT = "@"  # at, on, um: says nothing by itself
GLUE = "g"  # の, ごろ, about: says nothing by itself
IN = "A"  # before a delay: in 2 hours
YEAR_SHIFT = "ψ"  # years from this one: 来年
LATER = "G"  # after a delay: 2時間後
AGO = "α"  # days ago, 日前: a unit that lies behind
VAGUE = "V"  # later, some time
VAGUE_DAYS = "δ"  # the weekend, next month: days, but which?
FEW = "Q"  # a few (hours)
EVERY = "r"  # repeats: an Every
TIMES = "×"  # so many times, of a series
MONTHS = "μ"  # months; with its number once counted
MONTH_END = "ε"  # the end of a month: 末, end of
TAKEN = "_"  # has been read already: a series takes its words out of the row
WEEKDAY_NUMBER = "ζ"  # 三, where it follows another weekday: 周一、三
SHORT_WEEKDAY = "Z"  # 水, where nothing else stands beside it
ZONE = "z"
PLACE = "℘"  # in Tokyo: that zone, right after a time
CITY = "℗"  # Tokyo: that zone, where nothing but the end of its side of the range follows
ASKING = "?"  # 空いてますか: a question, as a question mark is
USE = "υ"  # 使う, 借りる: a length that a sentence with it names is asked for
NOT = "¬"  # 以外, 使いません: the range beside it is not what is wanted
COUNTER = "c"  # after a number that counts things: gpus, 枚
LABEL = "s"  # before a number that names a thing: seed 13-18
COUNTER_OR_LABEL = "#"
TEXT = "x"  # known words that only look like time

# What the forms build.
INSTANT = "I"  # an ISO date with a time
DAY_SPAN = "S"  # 3-5 Dec
PERIOD = "π"  # PT2H
DELAY = "P"  # in 2 hours
MOMENT = "X"  # day, daypart, clock and zone together
HOUR_OR_LENGTH = "y"  # 13h, 1h30
BROKEN = "!"  # has the shape of a time, and cannot be one: 13:75


#: What some words that are no time are worth: a count or the name of a machine is no purpose either, and
#: `tomorrow's` may tell of which day the range is.
COUNTED = "counted"
OF_A_DAY = "of a day"


class Token(NamedTuple):
    """A piece of the text: its letter, what it means, and where it stands in the folded text."""

    kind: str
    value: object
    start: int
    end: int
