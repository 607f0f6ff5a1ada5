"""Small checks that combine into a schema; each says what Slack would say, and where (a JSON pointer)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Report:
    """The problems found so far, in Slack's words."""

    messages: list[str] = field(default_factory=list)

    def add(self, problem: str, pointer: str) -> None:
        """Note one problem at one place."""
        self.messages.append(f"[ERROR] {problem} [json-pointer:{pointer}]")


Check = Callable[[Any, str, Report], None]


def string(most: int, least: int = 1) -> Check:
    """A string of a limited length, in characters."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add("must be a string", at)
        elif len(value) > most:
            report.add(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            report.add(f"must be more than {least - 1} characters", at)

    return check


def matching(pattern: str, what: str) -> Check:
    """A string of a given form."""
    expression = re.compile(pattern)

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, str) or not expression.fullmatch(value):
            report.add(f"must be {what}", at)

    return check


def boolean(value: Any, at: str, report: Report) -> None:
    """True or false, nothing that merely looks like it."""
    if not isinstance(value, bool):
        report.add("must be a boolean", at)


def integer(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            report.add(f"must be an integer between {least} and {most}", at)

    return check


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, at: str, report: Report) -> None:
        if value not in allowed:
            report.add(f"value must be one of: {', '.join(allowed)}", at)

    return check


def items(each: Check, most: int, least: int = 1) -> Check:
    """A list of a limited length."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add("must be an array", at)
            return
        if len(value) > most:
            report.add(f"no more than {most} items allowed", at)
        if len(value) < least:
            report.add(f"no fewer than {least} items allowed", at)
        for number, item in enumerate(value):
            each(item, f"{at}/{number}", report)

    return check


def anything(_value: Any, _at: str, _report: Report) -> None:
    """Whatever it is, it is checked elsewhere or not at all."""


def shape(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, also: Check | None = None
) -> Check:
    """An object with these fields and no others; `also` looks at the whole."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must be an object", at)
            return
        for name in required:
            if name not in value:
                report.add(f"missing required field: {name}", at)
        for name, part in value.items():
            if name in known:
                known[name](part, f"{at}/{name}", report)
            elif name != "type":
                report.add(f"invalid additional property: {name}", at)
        if also is not None:
            also(value, at, report)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` decides what else it must be."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must be an object", at)
        elif "type" not in value:
            report.add("missing required field: type", at)
        elif value["type"] not in kinds:
            report.add(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            kinds[value["type"]](value, at, report)

    return check
