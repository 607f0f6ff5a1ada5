"""Finding the controls of a message or form by the words that people read on them."""

from __future__ import annotations

from typing import Any

from bot.workspace import forms
from bot.workspace.words import Reader, controls, text_words

Json = dict[str, Any]


def buttons(blocks: list[Json], eyes: Reader) -> list[tuple[str, Json, Json]]:
    found = [(block, element) for block, element in controls(blocks) if element["type"] == "button"]
    return [(text_words(element["text"], eyes), block, element) for block, element in found]


def button(blocks: list[Json], label: str, eyes: Reader) -> tuple[Json, Json]:
    found = buttons(blocks, eyes)
    for shown, block, element in found:
        if label in {shown, element.get("accessibility_label")}:
            return block, element
    raise AssertionError(f"no button {label!r}; buttons: {[shown for shown, _, _ in found]}")


def menus(blocks: list[Json]) -> list[str]:
    return [element["action_id"] for _, element in controls(blocks) if element["type"] == "overflow"]


def label_of(block: Json, element: Json, eyes: Reader) -> str:
    """How people would call a control."""
    label = block.get("label") or element.get("placeholder") or block.get("text") or element["action_id"]
    return text_words(label, eyes) if isinstance(label, dict) else str(label)


def control(blocks: list[Json], label: str, eyes: Reader) -> tuple[Json, Json]:
    found = [pair for pair in controls(blocks) if pair[1]["type"] != "button"]
    for block, element in found:
        names = {label_of(block, element, eyes), element["action_id"], block["block_id"]}
        if label in names:
            return block, element
    raise AssertionError(f"no control {label!r}; controls: {[label_of(b, e, eyes) for b, e in found]}")


def raw(element: Json, said: tuple[str, ...], eyes: Reader) -> Any:
    """What somebody chose by words, as the client would hold it."""
    if not forms.options_of(element):
        return said[0] if said else None
    by_words = {text_words(option["text"], eyes): option["value"] for option in forms.options_of(element)}
    unknown = [words for words in said if words not in by_words]
    if unknown:
        raise AssertionError(f"no option {unknown}; options: {list(by_words)}")
    chosen = [by_words[words] for words in said]
    if element["type"] in {"multi_static_select", "checkboxes"}:
        return chosen
    return chosen[0] if chosen else None


def shown(element: Json, raw: Any, eyes: Reader) -> Any:
    """The inverse: a held value in words."""
    by_value = {option["value"]: text_words(option["text"], eyes) for option in forms.options_of(element)}
    if isinstance(raw, list):
        return [by_value[value] for value in raw]
    return by_value.get(raw, raw)
