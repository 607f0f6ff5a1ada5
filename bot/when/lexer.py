"""Text to tokens: numbers, marks, the words that the lexicon knows, and pieces that only look like time."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from bot.when import kinds, zones
from bot.when.clocks import Day, month_day
from bot.when.kinds import Token
from bot.when.lexicon import NOT_TIME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.when.fold import Folded
    from bot.when.lexicon import Lexicon

CJK = "\u3005-\u3007\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3"

_FILE_ENDINGS = (
    "py|ipynb|csv|tsv|jsonl?|ya?ml|txt|log|pth?|ckpt|npz|npy|h5|sh|md|pdf|png|jpe?g|zip|tar|gz|bin|safetensors|onnx|"
    "parquet|xlsx?|docx?|pptx?|cpp|hpp|cu|rs|toml|cfg|ini|pkl|mp4|wav|html?|com|org|net|io|ai|dev|edu"
)

_SCAN = re.compile(
    rf"""
    (?P<apart>(?<=[0-9])[ ]:[ ]?(?=[0-5][0-9](?![0-9])))
  | (?P<space>(?:\s|(?<![a-z0-9])')+)
  | (?P<opaque>
        (?<![^\s({CJK}])(?:
            (?:https?://|www\.)\S+
          | [\w.+-]{{1,64}}@[\w-]+\.\S+
          | [\w./\\~+-]{{1,99}}\.(?:{_FILE_ENDINGS})(?![\w])
          | (?:\.{{1,2}}|~)?/(?:\.\./)*[a-z_][\w./-]*
        )
      | [#$€£¥][0-9][0-9.,:/-]*[a-z]*
      | <[^<>\s]{{1,40}}>
      | [0-9][0-9.,:-]*%
      | (?<![0-9~-])(?:240|360|480|720|1080|1440|2160)p(?![a-z0-9]|[ ]?[~-])
      | (?<![a-z0-9])pm2\.5(?![0-9h]) | (?<![0-9/])24/7(?![0-9/])
      | \+[0-9]{{2,}}[0-9 ()-]{{6,20}}[0-9]
      | (?<![0-9-])\(?[0-9]{{2,4}}[)-][ ]?[0-9]{{3,4}}-[0-9]{{4}}(?![0-9-])
    )
  | (?P<weekdate>[0-9]{{4}}-?w[0-9]{{2}}-?[1-7](?![0-9a-z-]))
  | (?P<instant>[0-9]{{4}}-?(?:[0-9]{{2}}-?[0-9]{{2}}|[0-9]{{3}}|w[0-9]{{2}}-?[1-7])
        t[0-9]{{2}}(?::?[0-9]{{2}}(?::?[0-9]{{2}}(?:[.,][0-9]+)?)?)?(?:z|[+-][0-9]{{2}}(?::?[0-9]{{2}})?)?(?![0-9a-z]))
  | (?P<period>(?<![a-z0-9])p(?=t?[0-9])(?:[0-9]+w)?(?:[0-9]+d)?
        (?:t(?:[0-9.]+h)?(?:[0-9]+m)?(?:[0-9]+s)?)?(?![a-z0-9]))
  | (?P<offset>(?<![a-z0-9])(?:utc|gmt)[ ]?(?:\+[ ]?|-)(?:1[0-4]|0?[0-9])(?::?[0-9]{{2}})?(?![0-9:]|[ ]?(?:utc|gmt))
        | (?:(?<=[0-9])|(?<=[0-9][ ]))\+[0-9]{{2}}:?[0-9]{{2}}(?![0-9:]))
  | (?P<zulu>(?<=[0-9])z(?![a-z0-9]))
  | (?P<iana>(?<![a-z0-9])[a-z]+/[a-z]+(?:_[a-z]+)*(?:/[a-z_]+)?)
  | (?P<era>(?<![a-z0-9])r[0-9]{{1,2}}[./][0-9]{{1,2}}[./][0-9]{{1,2}}(?![0-9./]))
  | (?P<name>(?<![a-z0-9])(?:[b-gi-tv-z](?=[0-9])|h(?=[0-9])(?:(?<![0-9][ ]h)|(?![0-9]{{2}}(?![0-9])))))
  | (?P<semicolon>(?<=[0-9]);(?=[0-9]{{2}}(?![0-9])))
  | (?P<arrow>=>)
  | (?P<symbol>[=;^\\|%$€£<>]+(?=[0-9]))
  | (?P<meridiem>(?<![a-z])[ap]\.?[ ]?m{{1,2}}(?:\.(?!\.)|(?![a-z])|(?=to|ti|un))
        | (?<=[0-9])[ap](?![a-z0-9.]))
  | (?P<number>[0-9]+)
  | (?P<word>[a-z]+(?:'[a-z]+)*)
  | (?P<wave>\.{{2,}}|[-=]+>|~+|>+|-{{2,}}(?!>)) | (?P<dash>-)
  | (?P<mark>[:.,/()+?])
  | (?P<at>@) | (?P<and>&)
  | (?P<cjk>[{CJK}])
  | (?P<other>[^\sa-z0-9{CJK}:.,/()+?@&~>=-]+|[\s\S])
    """,
    re.VERBOSE,
)

#: The rest of a piece such as `resnet-50` or `70b`.
_CHUNK = re.compile(rf"(?:[^\s(),?!:{CJK}]|:(?![0-9]{{1,2}}(?:[時시点點]|:[0-9]{{2}})))+")
_NUMBER_FOLLOWS = re.compile(r"[-_./\\#=]?[0-9]|_")
#: SUN397 is no Sunday, fri1400-1600 is a Friday.
_NAME_FOLLOWS = re.compile(r"[0-9]{3,}(?![0-9]|[ ]?[-~:])")
#: Mar-Vista is no March, mon-fri is a week.
_HYPHENED = re.compile(r"-([a-z]{3,})")
#: 10-12 am Cluster: a word like any other, in the languages that have it.
_WORDS_FOLLOW = re.compile("(?<= am) [a-z]")
#: 14 : 30 - 18 : 00; one such colon by itself may set off anything.
_COLONS_APART = re.compile(r"[0-9] : ?[0-5][0-9]\D{1,8}[0-9]{1,2} : ?[0-5][0-9]")
_LABELS = (kinds.LABEL, kinds.COUNTER_OR_LABEL)
_DATED = frozenset({kinds.WEEKDAY, kinds.MONTH, kinds.MONTH_OR_WORD})
_NUMBERS = (kinds.NUMBER, kinds.WORD_NUMBER, kinds.YEAR)
_ENDS_A_CLOCK = (kinds.NUMBER, kinds.MERIDIEM, kinds.HOUR_LETTER, kinds.HOUR_MARK, "(")
_YEARS = range(2020, 2100)

_SAYS_LITTLE = ("~", "=")
_NAMES_A_SIDE = (kinds.FROM, kinds.TO, kinds.UNTIL, kinds.FOR, kinds.AT, kinds.IN)

_SINGLE = {
    "mark": None,
    "dash": kinds.DASH,
    "wave": kinds.WAVE,
    "arrow": kinds.WAVE,
    "at": kinds.AT,
    "and": kinds.AND,
    "space": kinds.SPACE,
}


def tokens(folded: Folded, words: Lexicon) -> list[Token]:
    """The tokens of a folded text, spaces included."""
    text = folded.text
    found: list[Token] = []
    position = 0
    shouted = folded.original.isupper()
    while position < len(text):
        token = _token_at(text, position, words)
        if token.kind == kinds.MINUTES and folded.cut(token.start, token.end) == "M" and not shouted:
            token = token._replace(kind=kinds.OTHER)  # 110M counts parameters, 90m minutes
        if token.kind == kinds.TEXT and _is_zone_after_all(token, folded, found):
            token = token._replace(kind=kinds.ZONE, value=text[token.start : token.end])
        if token.kind == ":" and not (found and found[-1].kind in _NUMBERS):
            token = token._replace(kind=kinds.SPACE)  # `date:6/12` says what follows; 14:00 is another colon
        if token.kind == kinds.WAVE and words.languages[0].wave_until and not text[: token.start].strip():
            token = token._replace(kind=kinds.UNTIL, value="")
        if text[token.start : token.end] in _SAYS_LITTLE and _says_little(token, found):
            token = token._replace(kind=kinds.SPACE)
        found.append(token)
        position = token.end
    return found


def _is_zone_after_all(token: Token, folded: Folded, before: Sequence[Token]) -> bool:
    """The EST of `9:00-11:00 EST`, where est is a word like any other."""
    if folded.text[token.start : token.end] not in zones.ABBREVIATIONS:
        return False
    last = next((each.kind for each in reversed(before) if each.kind != kinds.SPACE), None)
    return last in _ENDS_A_CLOCK and folded.cut(token.start, token.end).isupper()


def _says_little(token: Token, before: Sequence[Token]) -> bool:
    """`for ~2h` is about two hours, `start=14:00` names a side of the range; `13~18` and `lr=13` are others."""
    last = next((each for each in reversed(before) if each.kind != kinds.SPACE), None)
    if last is None:
        return token.kind == kinds.WAVE
    spaced = last is not before[-1]
    return last.kind in _NAMES_A_SIDE and (spaced or token.kind == kinds.SYMBOL)


def _token_at(text: str, start: int, words: Lexicon) -> Token:
    match = _SCAN.match(text, start)
    assert match is not None  # the last alternative takes anything
    name = str(match.lastgroup)
    if name in _SINGLE:
        return Token(_SINGLE[name] or match.group(), None, start, match.end())
    if name in {"word", "iana", "meridiem"}:
        return _word(text, match, words)
    if name == "number":
        return _number(text, match, words)
    if name == "name":  # T5, H100; in `17 h30` the h is a clock's
        return _chunk(text, start)
    if name == "cjk":
        return _cjk(text, start, words)
    return _READERS[name](match)


def _number(text: str, match: re.Match[str], words: Lexicon) -> Token:
    start, end = match.span()
    phrase = words.latin(text, start) or words.cjk(text, start)  # 2moro, 1日中
    if phrase and phrase[1] > end:
        return Token(*phrase[0], start, phrase[1])
    following = _SCAN.match(text, end) if text[end : end + 1].isalpha() else None
    if following and following.lastgroup == "word" and not _may_follow_number(text, following, words):
        return _chunk(text, start)
    digits = match.group()
    if len(digits) == 4 and int(digits) in _YEARS:
        return Token(kinds.YEAR, digits, start, end)
    return Token(kinds.NUMBER if len(digits) <= 8 else kinds.OTHER, digits, start, end)


def _may_follow_number(text: str, match: re.Match[str], words: Lexicon) -> bool:
    """`13h30` and `5pm` are time, `70b` and `2x5090` are not."""
    known = words.latin(text, match.start())
    if known is None:
        return match.group() in zones.ABBREVIATIONS  # 16:00utc
    if known[0].kind == kinds.GLUE:
        return True  # 9ish-11ish
    return known[0].kind not in NOT_TIME or not _NUMBER_FOLLOWS.match(text, known[1])


def _chunk(text: str, start: int) -> Token:
    match = _CHUNK.match(text, start)
    return Token(kinds.OTHER, None, start, match.end() if match else start + 1)


def _word(text: str, match: re.Match[str], words: Lexicon) -> Token:
    start = match.start()
    if match.lastgroup == "iana" and zones.iana(match.group()):
        return Token(kinds.ZONE, match.group(), start, match.end())
    if match.lastgroup == "meridiem":
        plain = words.words.get(match.group())
        if plain is None or (text[:start].rstrip()[-1:].isdigit() and not _WORDS_FOLLOW.match(text, match.end())):
            return Token(kinds.MERIDIEM, match.group()[0], start, match.end())
    slashed = words.words.get(match.group()) if match.lastgroup == "iana" else None
    if slashed:
        return Token(slashed.kind, slashed.value, *match.span())
    phrase = words.latin(text, start)
    if phrase is None:
        return _unknown_word(text, start, words)
    entry, end = phrase
    after_number = entry.kind == kinds.GLUE and text[start - 1 : start].isdigit()
    labelled = entry.kind in NOT_TIME and not after_number and _NUMBER_FOLLOWS.match(text, end)
    if labelled or (entry.kind in _DATED and _is_named(text, end, words)):
        machine = entry.kind in _LABELS and entry.value in ("gpu", "gpus")
        return _chunk(text, start)._replace(value=kinds.COUNTED if machine else None)
    return Token(entry.kind, entry.value, start, end)


def _is_named(text: str, end: int, words: Lexicon) -> bool:
    """Whether a word is only the first part of a name."""
    hyphened = _HYPHENED.match(text, end)
    return bool(_NAME_FOLLOWS.match(text, end) or (hyphened and not words.latin(text, hyphened.start(1))))


def _unknown_word(text: str, start: int, words: Lexicon) -> Token:
    match = _LETTERS.match(text, start)
    assert match is not None
    word, end = match.group(), match.end()
    if word in zones.ABBREVIATIONS or word in zones.ALONE:
        return Token(kinds.ZONE, word, start, end)
    entry = words.misspelt(word)
    if entry:
        return Token(entry.kind, entry.value, start, end)
    glued = words.glued(word)
    if glued:
        return Token(glued[0].kind, glued[0].value, start, start + glued[1])
    if _NUMBER_FOLLOWS.match(text, end):
        return _chunk(text, start)
    return Token(kinds.OTHER, None, start, end)


#: 2十 is no number, the 5090 of 5090两小时 is a card.
_DIGITS_BEFORE = re.compile(r"(?:^|[^0-9])[0-9]{1,2}$")
_LETTERS = re.compile(r"[a-z]+(?:'[a-z]+)*")


def _cjk(text: str, start: int, words: Lexicon) -> Token:
    numeral = None if _DIGITS_BEFORE.search(text, max(start - 3, 0), start) else words.numeral(text, start)
    word = words.cjk(text, start)
    if numeral and not (word and (word[1] > numeral[1] or (word[0].kind == kinds.FEW and word[1] == numeral[1]))):
        return Token(kinds.WORD_NUMBER, numeral[0], start, numeral[1])
    if word:
        return Token(word[0].kind, word[0].value, start, word[1])
    return Token(kinds.OTHER, None, start, start + 1)


def _era(match: re.Match[str]) -> Token:
    """R8.12.3, the 8th year of Reiwa."""
    year, month, day = (int(part) for part in re.split("[./]", match.group()[1:]))
    try:
        return Token(kinds.DAY, month_day(month, day, 2018 + year), *match.span())
    except ValueError:
        return Token(kinds.BROKEN, None, *match.span())


def _apart(match: re.Match[str]) -> Token:
    return Token(":" if _COLONS_APART.search(match.string) else kinds.SPACE, None, *match.span())


def _week_date(match: re.Match[str]) -> Token:
    """2026-W25-1."""
    try:
        day = date.fromisoformat(match.group().upper())
    except ValueError:
        return Token(kinds.BROKEN, None, *match.span())
    return Token(kinds.DAY, Day(year=day.year, month=day.month, day=day.day), *match.span())


_READERS: dict[str, Callable[[re.Match[str]], Token]] = {
    "apart": _apart,
    "era": _era,
    "weekdate": _week_date,
    "opaque": lambda match: Token(kinds.OTHER, None, *match.span()),
    "other": lambda match: Token(kinds.OTHER, None, *match.span()),
    "instant": lambda match: Token(kinds.INSTANT, match.group(), *match.span()),
    "period": lambda match: Token(kinds.PERIOD, match.group(), *match.span()),
    "offset": lambda match: Token(kinds.ZONE, match.group().strip(), *match.span()),
    "semicolon": lambda match: Token(":", None, *match.span()),  # a slip of the finger
    "symbol": lambda match: Token(kinds.SYMBOL, None, *match.span()),
    "zulu": lambda match: Token(kinds.ZONE, "utc", *match.span()),
}
