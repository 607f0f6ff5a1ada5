"""What a message says to each reader: markup, mentions, dates, controls."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.workspace.manifest import Manifest
from bot.workspace.mrkdwn import Code, Emoji, Link, Mention, Quote, Styled, Text, parse
from bot.workspace.page import draw
from bot.workspace.people import DEMO_PEOPLE
from bot.workspace.state import Person, State
from bot.workspace.words import Reader, block_words, text_words

NOON = int(datetime(2026, 12, 3, 12, tzinfo=UTC).timestamp())


@pytest.fixture
def state() -> State:
    state = State(manifest=Manifest.load(), clock=lambda: NOON - 3600, team_id="T1", team_name="Lab")
    for facts in DEMO_PEOPLE:
        state.add_person(Person(**facts))
    return state


def reads(state: State, name: str, text: str | dict[str, Any]) -> str:
    return text_words(text, Reader(state, state.person_named(name)))


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("*bold*", (Styled("bold", (Text("bold"),)),)),
        ("_*both*_", (Styled("italic", (Styled("bold", (Text("both"),)),)),)),
        ("CUDA_VISIBLE_DEVICES", (Text("CUDA_VISIBLE_DEVICES"),)),
        ("2 * 3 * 4", (Text("2 * 3 * 4"),)),
        ("*太字*です", (Text("*太字*です"),)),  # Slack wants a space there, in Japanese too
        ("*a\nb*", (Text("*a\nb*"),)),
        ("`*x* &lt;`", (Code("*x* <"),)),
        ("a &amp;lt; b", (Text("a &lt; b"),)),
        ("<https://a.b|c>", (Link("https://a.b", "c"),)),
        ("<@U1>!", (Mention("person", "U1"), Text("!"))),
        ("<!here>", (Mention("everyone", "here"),)),
        (":tada: :nosuch:", (Emoji("tada"), Text(" :nosuch:"))),
        ("&gt; said\nfree", (Quote((Text("said"),)), Text("free"))),
        ("a\n```x *y*```\nb", (Text("a"), Code("x *y*", block=True), Text("b"))),
    ],
)
def test_markup(text: str, nodes: tuple[object, ...]) -> None:
    assert parse(text) == nodes


@pytest.mark.parametrize(
    ("name", "template", "seen"),
    [
        ("alice", "{date_short_pretty} {time}", "today 13:00"),
        ("haruka", "{date_short_pretty} {time}", "今日 21:00"),
        ("minjun", "{date_short_pretty} {time}", "오늘 오후 9:00"),
        ("alice", "{date} · {date_short} · {date_num}", "December 3rd, 2026 · Dec 3, 2026 · 2026-12-03"),
        ("alice", "{date_long}", "Thursday, December 3rd, 2026"),
        ("haruka", "{date_long}", "2026年12月3日木曜日"),
        ("minjun", "{date_long}", "2026년 12월 3일 목요일"),
        ("alice", "{ago} {nonsense}", "in 1 hour {nonsense}"),
    ],
)
def test_dates_in_each_persons_zone_and_language(state: State, name: str, template: str, seen: str) -> None:
    assert reads(state, name, f"<!date^{NOON}^{template}|fallback>") == seen


def test_dates_and_mentions_need_mrkdwn(state: State) -> None:
    token = f"<!date^{NOON}^{{time}}|x>"

    assert reads(state, "alice", {"type": "plain_text", "text": f"{token} <@U1> *b*"}) == f"{token} <@U1> *b*"


def test_people_and_channels_are_named(state: State) -> None:
    channel = state.add_channel("gpu")
    haruka = state.person_named("haruka")

    assert reads(state, "alice", f"<@{haruka.id}> in <#{channel.id}>") == "@佐藤遥 in #gpu"


def test_quotes_and_code_stand_on_lines_of_their_own(state: State) -> None:
    assert reads(state, "alice", "see\n> this\nand\n```that```") == "see\nthis\nand\nthat"


def test_rich_text(state: State) -> None:
    part = {"type": "rich_text_section", "elements": [{"type": "text", "text": "point"}]}
    block = {"type": "rich_text", "elements": [part, {"type": "rich_text_list", "elements": [part, part]}]}

    words = block_words([block], Reader(state, state.person_named("alice")))

    assert words == "point\n• point\n• point"


def test_html_never_comes_from_words(state: State) -> None:
    me = Reader(state, state.person_named("alice"))
    evil = "<script>alert(1)</script> &lt;b&gt; <javascript:alert(1)|click> *<img src=x>*"

    html = draw.rich(evil, me)

    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html
    assert "&lt;b&gt;" in html


def test_the_manifest_decides_what_people_may_type() -> None:
    manifest = Manifest.load()

    assert list(manifest.commands) == ["/gpu"]
    assert manifest.home_tab
    assert "message.im" in manifest.events
