"""The bot is at hand wherever people are: mentioned in a channel, in a thread, by shortcuts."""

from __future__ import annotations

import pytest

from bot.workspace.driver import MessageHandle
from tests.scenarios.conftest import World


def said(world: World, who: str, words: str, *, thread: MessageHandle | None = None) -> MessageHandle:
    person = world.person(who)
    person.types("#gpu", words, thread=thread)
    return next(
        message for message in reversed(person.sees("#gpu")) if message.words.endswith(words.rsplit(maxsplit=1)[-1])
    )


def answer(world: World, who: str, words: str) -> MessageHandle:
    found = world.person(who).waits_for("#gpu", words)
    assert found.ephemeral
    return found


def test_a_mention_books_like_the_command(world: World) -> None:
    said(world, "alice", "@gpu tomorrow 13-18 please")
    booked = answer(world, "alice", "✓ Booked")
    assert "Fri 4 Dec, 13:00–18:00 CET" in booked.words
    assert "please" not in booked.words


def test_in_a_thread_the_answer_is_in_the_thread(world: World) -> None:
    world.book("alice", "now for 2h")
    above = said(world, "alice", "running my evals")
    said(world, "alice", "@gpu extend 2h", thread=above)
    extended = answer(world, "alice", "✓ Extended to 14:00")
    assert extended.thread_ts == above.ts


@pytest.mark.parametrize(
    "words",
    [
        "hey @gpu tomorrow 13-14",
        "please @gpu, tomorrow 13-14",
        "すみません、@gpu 明日13-14",
        "can you @gpu tomorrow 13-14",
    ],
)
def test_a_greeting_before_it_changes_nothing(world: World, words: str) -> None:
    said(world, "alice", words)
    answer(world, "alice", "✓ Booked")


def test_who_is_only_spoken_of_books_nothing(world: World) -> None:
    said(world, "alice", "I would ask @gpu tomorrow 13-18")
    offered = answer(world, "alice", "Fri 4 Dec, 13:00–18:00")
    assert "Booked" not in offered.words
    assert offered.buttons[0] == "Book it"
    alice = world.person("alice")
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have nothing booked.")


@pytest.mark.parametrize("words", ["@gpu you are great", "@gpu :-)"])
def test_what_is_no_request_gets_a_short_helpful_answer(world: World, words: str) -> None:
    said(world, "alice", words)
    helped = answer(world, "alice", "To book, write a time")
    assert len(helped.words.partition("Welcome")[0]) < 200


def test_it_is_spoken_to_as_a_colleague_is(world: World) -> None:
    alice = world.person("alice")
    for words, told in (
        ("hi, can you book GPU0 for me tomorrow 13-15?", "Free: GPU0"),
        ("reserve a gpu for me now for 2h", "✓ Booked GPU0"),
        ("who has GPU0 right now?", "1 person holds GPUs now"),
        ("is GPU0 free this afternoon?", "12:00–18:00"),
        ("i need 30 more minutes", "✓ Extended to 12:30"),
        ("can I extend?", "Running: GPU0"),
        ("okay, i'm done", "✓ Cancelled: GPU0"),
        ("when is GPU0 free", "1 of 1 GPU is free now."),
        ("thanks!", "Any time."),
    ):
        alice.types("@gpu", words)
        alice.waits_for("@gpu", told)


def test_whoever_says_thanks_is_answered_in_kind(world: World) -> None:
    said(world, "alice", "thanks @gpu !")
    answer(world, "alice", "Any time.")


def test_a_mention_alone_shows_the_status(world: World) -> None:
    said(world, "alice", "@gpu")
    answer(world, "alice", "1 of 1 GPU is free now.")


@pytest.mark.parametrize("username", ["", "deploys"], ids=["as its account", "by webhook"])
def test_other_bots_are_not_answered(world: World, username: str) -> None:
    """Two bots would talk for ever. What a person says to it between them is answered."""
    other = world.slack.add_app("ci")
    for words in ("@gpu tomorrow 13-14", "@gpu status"):
        assert other.posts("#gpu", words, username=username).ok
    said(world, "alice", "@gpu mine")
    answer(world, "alice", "You have nothing booked")
    world.rest()
    assert [call.method for call in world.slack.calls if call.method.startswith("chat.")] == ["chat.postEphemeral"]
    assert world.person("alice").sees("#gpu")[0].author == (username or "ci")


def test_its_own_words_are_not_answered(world: World) -> None:
    before = len(world.slack.calls)
    world.desk.client.chat_postMessage(
        channel=world.slack.channel_id("#gpu"), text=f"<@{world.slack.user_id('gpu')}> tomorrow 13-14"
    )
    world.slack.settle(lambda: bool(world.slack.delivered))
    world.rest()
    called = [call.method for call in list(world.slack.calls)[before:]]
    assert [method for method in called if method != "auth.test"] == ["chat.postMessage"]  # the other asks who we are


def test_the_global_shortcut_opens_the_form_and_answers_directly(world: World) -> None:
    alice = world.person("alice")
    alice.uses_shortcut("Book a GPU")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "tomorrow 13-14")
    assert form.submit() == {}
    assert "13:00–14:00 CET" in alice.waits_for("@gpu", "✓ Booked").words


def test_the_message_shortcut_links_the_message_as_purpose(world: World) -> None:
    message = said(world, "haruka", "who wants to rerun table 3?")
    alice = world.person("alice")
    seen = next(each for each in alice.sees("#gpu") if each.ts == message.ts)
    seen.uses_shortcut("Book a GPU for this")
    form = alice.waits_for_form("Book a GPU")
    link = form.values["Purpose"]
    assert link.endswith(f"/p{message.ts.replace('.', '')}")
    form.fill("When", "tomorrow 13-14")
    assert form.submit() == {}
    assert link in answer(world, "alice", "✓ Booked").words


def test_a_message_that_the_bot_may_not_see_has_no_link(world: World) -> None:
    message = said(world, "haruka", "who wants to rerun table 3?")
    world.slack.fail("chat.getPermalink", error="channel_not_found")
    alice = world.person("alice")
    next(each for each in alice.sees("#gpu") if each.ts == message.ts).uses_shortcut("Book a GPU for this")
    assert not alice.waits_for_form("Book a GPU").values["Purpose"]
