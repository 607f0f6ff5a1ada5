"""Everything the bot can show, in every language, with little, much and hostile data, is what Slack takes.

Views are found by walking the modules: one that is new is swept without a word here.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.views import View as SlackView

from bot import errors as wording
from bot import i18n, views
from bot.reader import Reader
from bot.views import announcements, direct, kit
from bot.views.kit import Message
from bot.workspace import blocks as block_kit
from bot.workspace import mrkdwn
from core import errors, facts
from core.kinds import Kind
from core.outbox import Batch, Owed
from tests.bot.views.samples import NOW, SHOUT, Maker, Size

ROUNDS = 4
MOST_CHARACTERS = 12_000  # in the blocks of one message; Slack takes a little more
PAYLOADS = {"Message", "Block", "list[Block]", "Block | None", "list[Block | None]"}
PARTS = {"kit", "admin.form"}  # what the others are built from
IN_TABLES_WORDS = {"record.audit", "record.history"}  # names of columns, for admins
NO_ENGLISH = {"gpu", "lab", "node", "worker", *i18n.languages()}
# What a caller has made sure of.
GIVEN: dict[str, Callable[[dict[str, Any]], bool]] = {
    "admin.down.modal": lambda given: bool(given["gpus"]),
    "period.begins": lambda given: bool(given["periods"]),
    "busy.called": lambda given: bool(given["calls"]),
    "hand_over.given": lambda given: given["request"].taken is not None,
    "waitlist.asked": lambda given: given["waiting"].wish is not None or given["waiting"].receipt is not None,
    "waitlist.in_vain": lambda given: bool(given["wishes"]),
    "status.none_free": lambda given: bool(given["stories"]) and all(story.now for story in given["stories"]),
}

View = Callable[..., Any]


def _views() -> Iterator[tuple[str, View]]:
    for module in pkgutil.walk_packages(views.__path__, f"{views.__name__}."):
        namespace, short = vars(importlib.import_module(module.name)), module.name.removeprefix(f"{views.__name__}.")
        if short in PARTS:
            continue
        for name, function in namespace.items():
            if inspect.isfunction(function) and function.__module__ == namespace["__name__"] and name[0] != "_":
                yield f"{short}.{name}", function


VIEWS = dict(_views())
SHOWN = {name: view for name, view in VIEWS.items() if view.__annotations__["return"] in PAYLOADS}
SAID = {name: view for name, view in VIEWS.items() if view.__annotations__["return"] in {"str", "list[str]"}}
REFUSALS = sorted(
    (each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, errors.Refusal)),
    key=lambda each: each.__name__,
)
FAMILIES = {each for each in REFUSALS if each.__subclasses__()}


def test_every_view_is_swept_or_says_only_words() -> None:
    returns = {name: view.__annotations__["return"] for name, view in VIEWS.items() if name not in SHOWN | SAID}
    assert {name: what for name, what in returns.items() if "Block" in what or "Message" in what} == {}


def _makers(language: str) -> Iterator[tuple[Size, Maker]]:
    for size in Size:
        for seed in range(ROUNDS):
            yield size, Maker(size, language, seed)


@pytest.mark.parametrize("language", sorted(i18n.languages()))
@pytest.mark.parametrize("name", SHOWN)
def test_a_view(name: str, language: str) -> None:
    for _, maker in _makers(language):
        given = maker.arguments(SHOWN[name])
        if name not in GIVEN or GIVEN[name](given):
            check(SHOWN[name](**given))


@pytest.mark.parametrize("language", sorted(i18n.languages() - {i18n.DEFAULT}))
@pytest.mark.parametrize("name", [name for name in SHOWN if name not in IN_TABLES_WORDS])
def test_no_english_is_left_in_a_translated_view(name: str, language: str) -> None:
    for seed in range(ROUNDS):
        given = Maker(Size.USUAL, language, seed).arguments(SHOWN[name])
        if name not in GIVEN or GIVEN[name](given):
            shown = SHOWN[name](**given)
            texts = list(_texts(shown.blocks if isinstance(shown, Message) else shown))
            assert english(texts) == set()
            assert _with_loose_marks(texts) == []


@pytest.mark.parametrize("language", sorted(i18n.languages()))
@pytest.mark.parametrize("kind", list(Kind))
def test_a_notice_has_no_mark_beside_a_letter(kind: Kind, language: str) -> None:
    for seed in range(ROUNDS):
        maker = Maker(Size.USUAL, language, seed)
        held: facts.Reservation = maker.make(facts.Reservation)
        data = maker.notice_data()
        if kind is Kind.FREED:
            data["gpus"] = [slot.gpu.id for slot in held.slots]
        owed = maker.build(Owed, kind=kind, data=data, reservation=held)
        batch, reader = maker.build(Batch, owed=(owed,), rewritten=(), post=None), maker.make(Reader)
        for shown in (announcements.to_channel(batch, reader, NOW), direct.to_holder(batch, reader, NOW)):
            assert _with_loose_marks(_texts(shown.blocks)) == []


def _with_loose_marks(texts: Iterable[dict[str, Any]]) -> list[str]:
    """Those with an asterisk that is shown, and makes nothing bold: a letter stands right beside it."""
    return [each["text"] for each in texts if each["type"] == "mrkdwn" and _shows_mark(mrkdwn.parse(each["text"]))]


def _shows_mark(nodes: Iterable[mrkdwn.Node]) -> bool:
    return any(
        _shows_mark(node.inside)
        if isinstance(node, mrkdwn.Styled | mrkdwn.Quote)
        else isinstance(node, mrkdwn.Text) and "*" in node.text
        for node in nodes
    )


def english(texts: Iterable[dict[str, Any]]) -> set[str]:
    """Runs of lower-case words outside code; no name, model or zone of the samples has one."""
    said = (re.sub(r"```.*?```|`[^`]*`|<[^>]*>", "", text["text"], flags=re.DOTALL) for text in texts)
    return {found for text in said for found in re.findall(r"\b[a-z]{2,}(?:[ ,]+[a-z]{2,})*\b", text)} - NO_ENGLISH


@pytest.mark.parametrize("language", sorted(i18n.languages()))
@pytest.mark.parametrize("refusal", [each for each in REFUSALS if each not in FAMILIES], ids=lambda each: each.__name__)
def test_a_refusal(refusal: type[errors.Refusal], language: str) -> None:
    for _, maker in _makers(language):
        refused, reader = maker.make(refusal), maker.make(Reader)
        check(wording.answer(refused, reader, purpose=maker.text("purpose")))
        assert wording.words(refused, reader)


@pytest.mark.parametrize("kind", list(Kind))
def test_in_the_channel_only_who_may_start_is_woken(kind: Kind) -> None:
    for size, maker in _makers("en"):
        owed = maker.build(Owed, kind=kind, data=maker.notice_data(), reservation=maker.make(facts.Reservation))
        held = owed.reservation
        batch = maker.build(Batch, owed=(owed,), rewritten=(), post=None)
        woken = _woken(announcements.to_channel(batch, maker.make(Reader), NOW))
        starts = kind is Kind.START and not held.maintenance
        assert woken == ({held.holder.slack_id} if starts else set()), size


# Besides that, all that everybody in a channel reads.
IN_CHANNELS = ("board.board", "period.added", "period.begins", "period.removed", "summary.posted", "welcome.to_channel")


@pytest.mark.parametrize("name", IN_CHANNELS)
def test_nothing_else_in_a_channel_wakes_anybody(name: str) -> None:
    for size, maker in _makers("en"):
        given = maker.arguments(SHOWN[name])
        if name not in GIVEN or GIVEN[name](given):
            assert _woken(SHOWN[name](**given)) == set(), size


def _woken(message: Message) -> set[str]:
    return {found for text in _texts(list(message.blocks)) for found in re.findall(r"<[@!](?!date)(\w+)", text["text"])}


# --- what Slack takes ---


def check(payload: Any) -> None:
    if isinstance(payload, Message):
        _check_message(payload)
        blocks = list(payload.blocks)
    elif isinstance(payload, dict) and payload["type"] in {"modal", "home"}:
        block_kit.check_view(payload, payload["type"])
        SlackView(**payload).validate_json()
        blocks = payload["blocks"]
    else:
        found = payload if isinstance(payload, list) else [payload]
        blocks = [_standing(block) for block in found if block is not None]
    _check_blocks(blocks)
    for text in _texts(blocks):
        _check_text(text)
    for button in _elements(blocks, "button"):
        assert kit.width(button["text"]["text"]) <= _room(button), button["text"]["text"]


def _room(button: dict[str, Any]) -> int:
    """What a phone shows of a label; with a time it cuts nothing that matters."""
    has_time = re.search(r"\d\d:\d\d", button["text"]["text"])
    return kit.LABEL_WITH_TIME if has_time else kit.LABEL


def _standing(block: dict[str, Any]) -> dict[str, Any]:
    """An element alone, in a block where it may stand."""
    return block if block["type"] in block_kit.BLOCKS else {"type": "actions", "elements": [block]}


def _check_message(message: Message) -> None:
    assert message.text.strip(), "a notification would be empty"
    assert len(message.text) <= 3_000
    assert len(message.blocks) <= 50
    assert "<!date" not in message.text, "a notification shows no date tokens"
    _check_mrkdwn(message.text)
    read = [block for block in message.blocks if block["type"] not in {"actions", "input"}]
    assert sum(len(text["text"]) for text in _texts(read)) <= MOST_CHARACTERS


def _check_blocks(blocks: list[dict[str, Any]]) -> None:
    actions = [block for block in blocks if block["type"] != "input"]
    block_kit.check_message(actions[:50])
    parsed = SlackBlock.parse_all(blocks)
    assert len(parsed) == len(blocks)
    for block in parsed:
        block.validate_json()


def _texts(thing: Any) -> Iterator[dict[str, Any]]:
    """Every text object, however deep."""
    if isinstance(thing, dict):
        if thing.get("type") in {"mrkdwn", "plain_text"}:
            yield thing
        thing = list(thing.values())
    if isinstance(thing, list | tuple):
        for each in thing:
            yield from _texts(each)


def _elements(blocks: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    for block in blocks:
        yield from (element for element in block_kit.elements_of(block) if element["type"] == kind)


def _check_text(text: dict[str, Any]) -> None:
    if text["type"] == "mrkdwn":
        _check_mrkdwn(text["text"])
    else:
        assert not re.search(r"&(?:amp|lt|gt);|<!date", text["text"]), f"escaped where nothing is read: {text['text']}"


def _check_mrkdwn(text: str) -> None:
    assert SHOUT not in text, "what people wrote must not wake a channel"
    assert "<@U0EVIL>" not in text
    assert not re.search(r"&(?!amp;|lt;|gt;)", text), f"an entity is cut: {text[-80:]}"
    assert not re.search(r"<[^>]*$", text), f"a token is cut: {text[-80:]}"
