"""Text to tokens: which words mean something in the languages spoken here, and which only look like time."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.when import kinds, zones
from bot.when.clocks import Day, month_day
from bot.when.fold import fold_word
from bot.when.kinds import Token
from bot.when.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.when.fold import Folded
    from bot.when.languages import Language

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
_PHRASE = re.compile(r"(?:[a-z]+|[0-9]+[a-z]+)(?:'[a-z]*)*(?:[ -]{1,2}[a-z]+(?:'[a-z]+)*){0,4}")
_DOUBLED = re.compile(r"(.)\1+")
#: 14 : 30 - 18 : 00; one such colon by itself may set off anything.
_COLONS_APART = re.compile(r"[0-9] : ?[0-5][0-9]\D{1,8}[0-9]{1,2} : ?[0-5][0-9]")
_GAP = re.compile(r"[ -]+")
_NOT_TIME = frozenset({kinds.COUNTER, kinds.LABEL, kinds.TEXT, kinds.GLUE, "#"})
_DAYS = frozenset({kinds.DAY, kinds.WEEKDAY})
_LABELS = (kinds.LABEL, kinds.COUNTER_OR_LABEL)
_POSSESSIVE = frozenset({kinds.DAY, kinds.WEEKDAY, kinds.WEEK})
_DATED = frozenset({kinds.WEEKDAY, kinds.MONTH, kinds.MONTH_OR_WORD})
_NUMBERS = (kinds.NUMBER, kinds.WORD_NUMBER, kinds.YEAR)
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


class Entry(NamedTuple):
    """What a word means."""

    kind: str
    value: object


class Lexicon:
    """The words of some languages as one dictionary; where two disagree, the earlier language has its way."""

    def __init__(self, languages: tuple[Language, ...]) -> None:
        self.languages = languages
        self.words: dict[str, Entry] = {}
        self.typos: dict[str, str] = {}
        self._shuffled: dict[str, str] = {}
        self._longest: dict[str, int] = {}
        for language in languages:
            for word, entry in _entries(language).items():
                self.words.setdefault(word, entry)
        for word in self.words:
            cjk = any(_is_cjk(character) for character in word)
            head = word[0] if cjk else word.split(" ", 1)[0].rstrip(".")
            size = len(word) if cjk else word.count(" ") + 1
            self._longest[head] = max(size, self._longest.get(head, 0))
        self._forgive()
        self.numerals = [
            (re.compile(rf"(?:{numbers})(?=(?:{marks}))"), language.numeral_values)
            for language in languages
            if language.numerals
            for numbers, marks in [language.numerals]
        ]

    def _forgive(self) -> None:
        for language in self.languages:
            for word in _split(language.forgiving):
                known = fold_word(word)
                self._shuffled.setdefault(_letters_of(known), known)
                for near in (known, *_one_letter_less(known)):
                    self.typos.setdefault(near, known)

    def latin(self, text: str, start: int) -> tuple[Entry, int] | None:
        """The longest known phrase of Latin words here, and where it ends."""
        match = _PHRASE.match(text, start)
        if match is None:
            return None
        pieces = _GAP.split(match.group())
        size = min(self._longest.get(pieces[0].removesuffix("'s"), 0), len(pieces))
        ends = [m.start() for m in _GAP.finditer(match.group())] + [len(match.group())]
        for count in range(size, 0, -1):
            phrase, end = " ".join(pieces[:count]), start + ends[count - 1]
            dotted = self.words.get(phrase + ".") if text[end : end + 1] == "." else None
            if dotted:
                return dotted, end + 1
            entry = self.words.get(phrase) or self._possessive(phrase, text[end:])
            if entry:
                return entry, end
        return None

    def _possessive(self, phrase: str, following: str) -> Entry | None:
        """The day of some hours: thursday's 2-4pm, but not friday's demo."""
        entry = self.words.get(phrase.removesuffix("'s")) if phrase.endswith("'s") else None
        if entry is None or entry.kind not in _POSSESSIVE:
            return None
        if following.lstrip()[:1].isdigit():
            return entry
        return Entry(kinds.OTHER, None if entry.value == 0 else kinds.OF_A_DAY)

    def misspelt(self, word: str) -> Entry | None:
        """What a word means that is one letter away from a known long one, or has its letters in disorder."""
        if not 3 <= len(word) <= 14:
            return None
        shuffled = self._shuffled.get(_letters_of(word))
        if shuffled:
            return self.words[shuffled]
        single = _DOUBLED.sub(r"\1", word)  # tommorrow, tomorroww
        for candidate in (word, single, *_one_letter_less(word)) if len(word) >= 5 else ():
            meant = self.typos.get(candidate)
            if meant and len(meant) >= 6 and meant[0] == word[0] and abs(len(meant) - len(candidate)) <= 1:
                return self.words[meant]
        return None

    def glued(self, word: str) -> tuple[Entry, int] | None:
        """The first of two known words written as one: `nextfriday`."""
        for size in range(3, len(word) - 2) if "'" not in word else ():
            first, second = self.words.get(word[:size]), self.words.get(word[size:])
            together = {first.kind, second.kind} if first and second else set()
            if first and together & _DAYS and not together & _NOT_TIME:
                return first, size
        return None

    def cjk(self, text: str, start: int) -> tuple[Entry, int] | None:
        """The longest known word here in a script without spaces."""
        for size in range(self._longest.get(text[start], 0), 0, -1):
            word = text[start : start + size]
            if word in self.words:
                return self.words[word], start + len(word)
        return None

    def numeral(self, text: str, start: int) -> tuple[int, int] | None:
        """A number in words that are numbers only before certain marks, and where it ends."""
        for pattern, values in self.numerals:
            match = pattern.match(text, start)
            if match:
                return numeral_value(match.group(), values), match.end()
        return None


def _entries(language: Language) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for kind, meanings in language.words.items():
        for value, words in meanings.items():
            for word in _split(words):
                _add(found, fold_word(word), Entry(kind, value))
    return found


def _add(found: dict[str, Entry], word: str, entry: Entry) -> None:
    known = found.get(word)
    if known and {known.kind, entry.kind} == {kinds.COUNTER, kinds.LABEL}:
        entry = Entry(kinds.COUNTER_OR_LABEL, known.value or entry.value)
    elif known:
        return
    found[word] = entry
    found.setdefault(word.replace("-", " "), entry)
    if _is_cjk(word[0]) and " " in word:
        found[word.replace(" ", "")] = entry


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


def _is_cjk(character: str) -> bool:
    return character > "\u3000"


def _letters_of(word: str) -> str:
    """The same for words that differ in the order of their letters only; the first one stays."""
    return word[0] + "".join(sorted(word[1:]))


def _one_letter_less(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def numeral_value(written: str, values: Mapping[str, int]) -> int:
    """十二 → 12, 二十三 → 23, 열두 → 12, 一八 → 18."""
    total = current = 0
    for piece in _pieces(written.replace(" ", ""), values):
        value = values[piece]
        if value in (10, 100) and piece != "열":
            total, current = total + (current or 1) * value, 0
        elif value >= 10:
            total += value
        else:
            current = current * 10 + value
    return total + current


def _pieces(written: str, values: Mapping[str, int]) -> Iterator[str]:
    start = 0
    while start < len(written):
        size = next((n for n in (3, 2, 1) if written[start : start + n] in values), 0)
        if not size:
            return
        yield written[start : start + size]
        start += size


_GUESTS = ("ja", "zh", "ko", "de", "fr", "es")


@lru_cache(maxsize=64)
def lexicon(codes: tuple[str, ...]) -> Lexicon:
    """The lexicon of some languages, kept once built."""
    return Lexicon(tuple(LANGUAGES[code] for code in codes))


@lru_cache(maxsize=16)
def _telltale(code: str) -> re.Pattern[str]:
    return re.compile(LANGUAGES[code].telltale)


_ASCII_GUESTS = ("de", "fr", "es")


def lexicon_for(text: str, code: str) -> Lexicon:
    """The words to read a folded text with: the person's language, English, and what else is spoken in it."""
    guests = _ASCII_GUESTS if text.isascii() else _GUESTS
    spoken = [c for c in guests if c != code and c in LANGUAGES and _telltale(c).search(text)]
    # English is spoken everywhere, so it gives way where it shares a word with another language spoken here:
    # the `a` of `de 14:00 a 16:00` is no article.
    own = [code] if code != "en" else []
    codes = dict.fromkeys([*own, *(c for c in spoken if c in _ASCII_GUESTS), "en", *spoken])
    return lexicon(tuple(codes))


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
        if token.kind == ":" and not (found and found[-1].kind in _NUMBERS):
            token = token._replace(kind=kinds.SPACE)  # `date:6/12` says what follows; 14:00 is another colon
        if token.kind == kinds.WAVE and words.languages[0].wave_until and not text[: token.start].strip():
            token = token._replace(kind=kinds.UNTIL, value="")
        if text[token.start : token.end] in _SAYS_LITTLE and _says_little(token, found):
            token = token._replace(kind=kinds.SPACE)
        found.append(token)
        position = token.end
    return found


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
    return known[0].kind not in _NOT_TIME or not _NUMBER_FOLLOWS.match(text, known[1])


def _chunk(text: str, start: int) -> Token:
    match = _CHUNK.match(text, start)
    return Token(kinds.OTHER, None, start, match.end() if match else start + 1)


def _word(text: str, match: re.Match[str], words: Lexicon) -> Token:
    start = match.start()
    if match.lastgroup == "iana" and zones.iana(match.group()):
        return Token(kinds.ZONE, match.group(), start, match.end())
    if match.lastgroup == "meridiem":
        plain = words.words.get(match.group())
        if plain is None or text[:start].rstrip()[-1:].isdigit():
            return Token(kinds.MERIDIEM, match.group()[0], start, match.end())
    slashed = words.words.get(match.group()) if match.lastgroup == "iana" else None
    if slashed:
        return Token(slashed.kind, slashed.value, *match.span())
    phrase = words.latin(text, start)
    if phrase is None:
        return _unknown_word(text, start, words)
    entry, end = phrase
    after_number = entry.kind == kinds.GLUE and text[start - 1 : start].isdigit()
    labelled = entry.kind in _NOT_TIME and not after_number and _NUMBER_FOLLOWS.match(text, end)
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
