"""Slack's mrkdwn as a small tree: what a message says, before anyone's zone, language or page is known."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal

from bot.workspace.emoji import EMOJI


@dataclass(frozen=True)
class Text:
    """Words as they are."""

    text: str


@dataclass(frozen=True)
class Styled:
    """Bold, italic or struck words."""

    style: Literal["bold", "italic", "strike"]
    inside: tuple[Node, ...]


@dataclass(frozen=True)
class Code:
    """Code in a line, or a block of it."""

    text: str
    block: bool = False


@dataclass(frozen=True)
class Quote:
    """Quoted lines."""

    inside: tuple[Node, ...]


@dataclass(frozen=True)
class Link:
    """A link with its label."""

    url: str
    label: str


@dataclass(frozen=True)
class Mention:
    """A person, a channel, or everyone (`channel`, `here`, `everyone`)."""

    kind: Literal["person", "channel", "everyone"]
    target: str
    label: str = ""


@dataclass(frozen=True)
class Date:
    """An instant that each reader sees in their own zone."""

    at: int
    template: str
    fallback: str
    url: str = ""


@dataclass(frozen=True)
class Emoji:
    """A shortcode we have a picture for."""

    name: str


Node = Text | Styled | Code | Quote | Link | Mention | Date | Emoji

_FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_QUOTE_LINE = re.compile(r"^(?:&gt;|>) ?")
_ANGLE = re.compile(r"<([^<>\n]+)>")
_SHORTCODE = re.compile(r":([a-z0-9_+\-]+):")
_DATE = re.compile(r"!date\^(-?\d+)\^([^|^]+)(?:\^([^|]+))?\|(.*)", re.DOTALL)
_STYLES: dict[str, Literal["bold", "italic", "strike"]] = {"*": "bold", "_": "italic", "~": "strike"}


def unescape(text: str) -> str:
    """Undo the three escapes Slack asks for; nothing else is an entity."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape(text: str) -> str:
    """What Slack does to words people type."""
    return html.escape(text, quote=False)


def parse(text: str) -> tuple[Node, ...]:
    """Read mrkdwn. What is no valid markup stays as it was typed, as on Slack."""
    nodes: list[Node] = []
    position = 0
    for fence in _FENCE.finditer(text):
        nodes += _lines(text[position : fence.start()].removesuffix("\n"))
        nodes.append(Code(unescape(fence[1]), block=True))
        position = fence.end() + (text[fence.end() : fence.end() + 1] == "\n")
    nodes += _lines(text[position:])
    return tuple(nodes)


def parse_plain(text: str, *, emoji: bool = True) -> tuple[Node, ...]:
    """Read plain_text: no markup, only emoji shortcodes."""
    if not emoji:
        return (Text(unescape(text)),)
    nodes: list[Node] = []
    position = 0
    for code in _SHORTCODE.finditer(text):
        if code[1] in EMOJI:
            nodes += [Text(unescape(text[position : code.start()])), Emoji(code[1])]
            position = code.end()
    nodes.append(Text(unescape(text[position:])))
    return tuple(nodes)


def _lines(text: str) -> list[Node]:
    """Separate quoted lines from the others."""
    nodes: list[Node] = []
    run: list[str] = []
    quoted = False

    def flush() -> None:
        if run:
            inside = _inline("\n".join(run))
            nodes.extend([Quote(tuple(inside))] if quoted else inside)
            run.clear()

    for line in text.split("\n") if text else []:
        is_quote = bool(_QUOTE_LINE.match(line))
        if is_quote != quoted:
            flush()
            quoted = is_quote
        run.append(_QUOTE_LINE.sub("", line) if is_quote else line)
    flush()
    return nodes


def _inline(text: str) -> list[Node]:
    nodes: list[Node] = []
    plain: list[str] = []
    position = 0
    while position < len(text):
        found = _node_at(text, position)
        if found is None:
            plain.append(text[position])
            position += 1
            continue
        if plain:
            nodes.append(Text(unescape("".join(plain))))
            plain.clear()
        node, position = found
        nodes.append(node)
    if plain:
        nodes.append(Text(unescape("".join(plain))))
    return nodes


def _node_at(text: str, position: int) -> tuple[Node, int] | None:
    """The markup that starts at this character, and where it ends."""
    mark = text[position]
    if mark == "<" and (angle := _ANGLE.match(text, position)):
        return _angle(angle[1]), angle.end()
    if mark == ":" and (code := _SHORTCODE.match(text, position)) and code[1] in EMOJI:
        return Emoji(code[1]), code.end()
    if mark == "`":
        end = text.find("`", position + 1)
        inside = text[position + 1 : end]
        return (Code(unescape(inside)), end + 1) if end > position + 1 and "\n" not in inside else None
    if mark in _STYLES:
        return _styled(text, position, mark)
    return None


def _styled(text: str, position: int, mark: str) -> tuple[Node, int] | None:
    """Bold and its kin: the mark stands outside words and hugs what it styles, all on one line."""
    before = text[position - 1] if position else " "
    if before.isalnum() or before == mark or position + 1 >= len(text) or text[position + 1].isspace():
        return None
    end = position + 1
    while (end := text.find(mark, end + 1)) != -1:
        inside = text[position + 1 : end]
        if "\n" in inside:
            return None
        after = text[end + 1] if end + 1 < len(text) else " "
        if not inside[-1].isspace() and not after.isalnum() and after != mark:
            return Styled(_STYLES[mark], tuple(_inline(inside))), end + 1
    return None


def _angle(inside: str) -> Node:
    """What stands between < and >."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return Mention("person", target[1:], unescape(label))
    if target.startswith("#"):
        return Mention("channel", target[1:], unescape(label))
    if date := _DATE.fullmatch(inside):
        return Date(int(date[1]), date[2], unescape(date[4]), date[3] or "")
    if target in {"!channel", "!here", "!everyone"}:
        return Mention("everyone", target[1:])
    if target.startswith("!"):
        return Text(unescape(label or inside))
    return Link(unescape(target), unescape(label or target.removeprefix("mailto:")))


def mentions(text: str) -> list[Mention]:
    """Everyone whom this text calls: only real markup wakes people."""
    found: list[Mention] = []

    def walk(nodes: tuple[Node, ...]) -> None:
        for node in nodes:
            if isinstance(node, Mention) and node.kind != "channel":
                found.append(node)
            elif isinstance(node, Styled | Quote):
                walk(node.inside)

    walk(parse(text))
    return found
