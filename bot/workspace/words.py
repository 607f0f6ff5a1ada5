"""A message or view as words: what one person reads, without looks. Tests and screen readers hear this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.workspace import mrkdwn
from bot.workspace.dates import DateReader
from bot.workspace.emoji import EMOJI

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.workspace.mrkdwn import Node
    from bot.workspace.state import Person, State

Json = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Through whose eyes something is rendered: names, zone, language."""

    state: State
    person: Person

    @property
    def dates(self) -> DateReader:
        """The person's way to read the clock."""
        return DateReader.of(self.person, self.state.clock)

    def name_of(self, person_id: str) -> str | None:
        """How an account is called, if there is one."""
        person = self.state.people.get(person_id)
        return (person.name if person.bot else person.real_name) if person else None

    def mention(self, node: mrkdwn.Mention) -> str:
        """A mention as it is read."""
        if node.kind == "person":
            return "@" + (self.name_of(node.target) or node.label or node.target)
        if node.kind == "channel":
            channel = self.state.channels.get(node.target)
            return "#" + (channel.name if channel else node.label or node.target)
        return "@" + node.target


def say(nodes: Iterable[Node], reader: Reader) -> str:
    """Parsed text as words."""
    words = ""
    for node in nodes:
        piece = _say(node, reader)
        alone = isinstance(node, mrkdwn.Quote) or (isinstance(node, mrkdwn.Code) and node.block)
        if alone:
            words += "\n" * (bool(words) and not words.endswith("\n"))
            piece += "\n"
        words += piece
    return words.removesuffix("\n")


def _say(node: Node, reader: Reader) -> str:  # noqa: PLR0911 - one line per kind of node
    match node:
        case mrkdwn.Text(text) | mrkdwn.Code(text):
            return text
        case mrkdwn.Styled(_, inside):
            return say(inside, reader)
        case mrkdwn.Quote(inside):
            return say(inside, reader)
        case mrkdwn.Link(_, label):
            return label
        case mrkdwn.Mention():
            return reader.mention(node)
        case mrkdwn.Date(at, template):
            return reader.dates.token(at, template)
        case mrkdwn.Emoji(name):
            return EMOJI[name]


def text_words(text: Json | str | None, reader: Reader) -> str:
    """A text object, or a bare mrkdwn string, as words."""
    if not text:
        return ""
    if isinstance(text, str):
        return say(mrkdwn.parse(text), reader)
    nodes = mrkdwn.parse(text["text"]) if text["type"] == "mrkdwn" else mrkdwn.parse_plain(text["text"])
    return say(nodes, reader)


def block_words(blocks: Iterable[Json], reader: Reader) -> str:
    """All that blocks say, one line each, controls included."""
    return "\n".join(line for block in blocks if (line := _block(block, reader)))


def _block(block: Json, reader: Reader) -> str:  # noqa: PLR0911 - one case per kind of block
    match block["type"]:
        case "section":
            lines = [text_words(block.get("text"), reader)]
            lines += [text_words(field, reader) for field in block.get("fields", [])]
            lines.append(element_words(block.get("accessory"), reader))
            return "\n".join(line for line in lines if line)
        case "header":
            return text_words(block["text"], reader)
        case "context" | "actions":
            return " ".join(element_words(element, reader) for element in block["elements"])
        case "input":
            parts = [text_words(block["label"], reader), text_words(block.get("hint"), reader)]
            parts.append(element_words(block["element"], reader))
            return " ".join(part for part in parts if part)
        case "image":
            return " ".join(filter(None, [text_words(block.get("title"), reader), block["alt_text"]]))
        case "rich_text":
            return "\n".join(rich_words(element, reader).strip("\n") for element in block["elements"])
    return ""


def element_words(element: Json | None, reader: Reader) -> str:
    """One control or context piece as words."""
    if not element:
        return ""
    match element["type"]:
        case "mrkdwn" | "plain_text" | "button":
            return text_words(element["text"] if element["type"] == "button" else element, reader)
        case "image":
            return str(element["alt_text"])
        case "checkboxes" | "radio_buttons" | "overflow":
            return " ".join(text_words(option["text"], reader) for option in element["options"])
    shown = [text_words(option["text"], reader) for option in initial_options(element)]
    shown += [str(element[key]) for key in ("initial_value", "initial_date", "initial_time") if element.get(key)]
    return " ".join(shown) or text_words(element.get("placeholder"), reader)


def initial_options(element: Json) -> list[Json]:
    """What a choosing control starts with."""
    one = element.get("initial_option")
    return [one] if one else list(element.get("initial_options", []))


def rich_words(element: Json, reader: Reader) -> str:  # noqa: PLR0911 - one case per kind
    """A piece of rich text as words."""
    inside = "".join(rich_words(child, reader) for child in element.get("elements", []))
    match element["type"]:
        case "text":
            return str(element["text"])
        case "link":
            return str(element.get("text") or element["url"])
        case "emoji":
            return EMOJI.get(element["name"], f":{element['name']}:")
        case "user":
            return reader.mention(mrkdwn.Mention("person", element["user_id"]))
        case "channel":
            return reader.mention(mrkdwn.Mention("channel", element["channel_id"]))
        case "broadcast":
            return "@" + str(element["range"])
        case "date":
            return reader.dates.token(element["timestamp"], element["format"])
        case "rich_text_list":
            return "".join(f"• {rich_words(child, reader)}\n" for child in element["elements"])
    return inside if element["type"] == "rich_text_section" else f"\n{inside}\n"


def controls(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) that people can operate, in reading order."""
    for block in blocks:
        if block["type"] == "section" and block.get("accessory", {}).get("action_id"):
            yield block, block["accessory"]
        elif block["type"] == "actions":
            for element in block["elements"]:
                yield block, element
        elif block["type"] == "input":
            yield block, block["element"]


def called(text: str, blocks: Iterable[Json]) -> list[mrkdwn.Mention]:
    """Everyone whom a message's text and mrkdwn blocks call."""
    found = mrkdwn.mentions(text)
    for block in blocks:
        found += [mention for piece in _mrkdwn_of(block) for mention in mrkdwn.mentions(piece)]
        found += _called_in_rich_text(block)
    return found


def _mrkdwn_of(block: Json) -> Iterator[str]:
    pieces = [block.get("text"), *block.get("fields", [])]
    pieces += block["elements"] if block["type"] == "context" else []
    for piece in pieces:
        if isinstance(piece, dict) and piece.get("type") == "mrkdwn":
            yield piece["text"]


def _called_in_rich_text(node: Json) -> list[mrkdwn.Mention]:
    if node["type"] == "user" and "user_id" in node:
        return [mrkdwn.Mention("person", node["user_id"])]
    if node["type"] == "broadcast":
        return [mrkdwn.Mention("everyone", node["range"])]
    children = node.get("elements", []) if str(node["type"]).startswith("rich_text") else []
    return [mention for child in children for mention in _called_in_rich_text(child)]
