"""What a form is: a pattern over the letters of `kinds.py`, and what it builds of the tokens it matches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.when import kinds
from bot.when.kinds import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.when.languages import Language

    Built = tuple[str, object] | None
    PlainBuild = Callable[[Sequence[Token]], "Built"]
    Build = Callable[[Sequence[Token], "Habits"], Built]


@dataclass(frozen=True, slots=True)
class Habits:
    """What differs between languages beside their words."""

    code: str
    day_first: bool
    dotted_dates: bool
    late_hours: bool

    @property
    def latest_hour(self) -> int:
        """The last hour of a day's clock."""
        return 30 if self.late_hours else 24


def habits(language: Language, spoken: Sequence[Language]) -> Habits:
    """The habits of a reader's language, in a text where some languages are spoken."""
    late = any(each.late_hours for each in spoken)
    return Habits(language.code, language.day_first, language.dotted_dates, late)


@dataclass(frozen=True, slots=True)
class HourOrLength:
    """13h or 1h30: which, the words around it decide."""

    hours: int
    minutes: int | None
    written: str = ""
    says_clock: bool = False
    says_length: bool = False
    #: Its minutes were said in words, as nobody does on a 24 h clock: deux heures et demie.
    spoken: bool = False


class Form:
    """One way to write something down; `apply` puts one token in the place of each that is found in a row."""

    def __init__(self, pattern: str, build: Build) -> None:
        self.pattern = re.compile(pattern)
        self._build = build

    def apply(self, tokens: list[Token], row: str, of: Habits) -> list[Token]:
        """The tokens with each match replaced; `row` is their letters."""
        found: list[Token] = []
        done = 0
        for match in self.pattern.finditer(row):
            start, end = match.span()
            built = self._built(tokens[start:end], of)
            if built:
                found += tokens[done:start]
                found.append(Token(built[0], built[1], tokens[start].start, tokens[end - 1].end))
                done = end
        return found + tokens[done:]

    def _built(self, tokens: Sequence[Token], of: Habits) -> Built:
        try:
            return self._build(tokens, of)
        except (ValueError, ArithmeticError):
            return kinds.BROKEN, None


class Forms:
    """The forms of one subject, in the order in which they are tried."""

    def __init__(self) -> None:
        self._forms: list[Form] = []

    def __iter__(self) -> Iterator[Form]:
        return iter(self._forms)

    def add(self, pattern: str) -> Callable[[PlainBuild], PlainBuild]:
        """Add a form that every language shares."""

        def add(build: PlainBuild) -> PlainBuild:
            self._forms.append(Form(pattern, lambda tokens, _of: build(tokens)))
            return build

        return add

    def add_by_habit(self, pattern: str) -> Callable[[Build], Build]:
        """Add a form that depends on the habits of the reader's language."""

        def add(build: Build) -> Build:
            self._forms.append(Form(pattern, build))
            return build

        return add


def letters(tokens: Sequence[Token]) -> str:
    """The row of tokens as a string for the patterns."""
    return "".join([token.kind for token in tokens])


def numbers_in(tokens: Sequence[Token]) -> list[int]:
    """The numbers among some tokens."""
    return [int(t.value) for t in tokens if t.kind in "n9Nº"]  # type: ignore[call-overload]


def value_of(tokens: Sequence[Token], kind: str) -> Any:
    """The value of the first token of a kind; None if there is none."""
    return next((t.value for t in tokens if t.kind == kind), None)


def has(tokens: Sequence[Token], wanted: str) -> bool:
    """Whether any of some kinds is among the tokens."""
    return any(t.kind in wanted for t in tokens)
