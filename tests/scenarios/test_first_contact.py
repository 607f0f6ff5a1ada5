"""The first time: somebody's first command, and the bot in a new channel. And how quiet it is afterwards."""

from __future__ import annotations

import time

from tests.scenarios.conftest import World


def ticks(world: World) -> None:
    """What came in is taken up, and what that owes is told."""
    world.slack.settle(lambda: bool(world.slack.delivered))
    time.sleep(0.1)  # acknowledged, it is given to a listener
    world.rest()
    world.later(seconds=30)


def test_the_first_command_is_answered_with_a_welcome_and_no_other(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    first = alice.waits_for("#gpu", "1 of 1 GPU is free now.")
    assert "Welcome! I book the lab's GPUs. I read and write times in CET." in first.words
    assert first.text.startswith("1 of 1 GPU is free now."), "a notification says the fact first"
    alice.types("#gpu", "/gpu mine")
    assert "Welcome" not in alice.waits_for("#gpu", "You have nothing booked.").words
    alice.types("@gpu", "status")
    assert "Welcome" not in alice.waits_for("@gpu", "free now").words


def test_everybody_is_welcomed_once(world: World) -> None:
    world.person("alice").types("#gpu", "/gpu help")
    world.person("alice").waits_for("#gpu", "Welcome!")
    world.person("haruka").types("#gpu", "/gpu tomorrow 13-14")
    assert "JST" in world.person("haruka").waits_for("#gpu", "/gpu").words


def test_in_a_new_channel_it_introduces_itself_and_an_admin_can_make_it_the_labs(world: World) -> None:
    elsewhere = world.slack.add_channel("#vision", bot_in=False)
    world.slack.invite_bot("#vision")
    world.slack.fail("chat.postMessage", reset=True)
    ticks(world)
    world.slack.deliver_again()
    ticks(world)
    ticks(world)
    hello = world.person("haruka").waits_for("#vision", "Hello! I book the lab's GPUs")
    hello.press("Make it the lab's")
    world.person("haruka").waits_for("#vision", "✗")
    world.person("alice").waits_for("#vision", "Hello!").press("Make it the lab's")
    world.person("alice").waits_for("#vision", "is the lab's channel now")
    world.book("alice", "now for 1h")
    world.tick()
    assert "GPU0" in world.person("minjun").waits_for("#vision", "is yours now").words
    assert elsewhere
    said = [message.words for message in world.person("haruka").sees("#vision")]
    assert sum("Hello!" in words for words in said) == 1


def test_in_the_labs_own_channel_nothing_is_offered(world: World) -> None:
    world.slack.kick_bot("#gpu")
    world.slack.invite_bot("#gpu")
    ticks(world)
    hello = world.person("alice").waits_for("#gpu", "Hello! I book the lab's GPUs")
    assert "This is the lab's channel" in hello.words
    assert hello.buttons == []


def test_booked_right_before_it_starts_nobody_is_reminded_of_the_start(world: World) -> None:
    world.book("alice", "10:20-11:20")
    world.book("alice", "11:30-12:30")
    world.tick()
    alice = world.person("alice")
    world.later(minutes=15)
    assert not any("Starts in" in message.words for message in alice.sees("@gpu"))
    world.later(minutes=65)
    alice.waits_for("@gpu", "Starts in 10 min")


def test_an_admins_home_leads_through_the_set_up_until_it_is_done(world: World) -> None:
    alice = world.person("alice")
    home = alice.opens_home().waits_for("Set up your lab")
    assert "☑ Channel" in home.words
    assert "☐ GPUs: add all that the lab has" in home.words
    home.press("Send a test")
    world.person("minjun").waits_for("#gpu", "This is a test")
    home.waits_for("☑ Test message")
    world.add_gpu("lab-node-1", "GPU1")
    home.press("Refresh")
    home.waits_for("☑ GPUs")
    home.press("Hide this list")
    alice.wait(lambda: None if "Set up your lab" in home.words else home, 60, lambda: home.words)
    assert "Set up" not in world.person("haruka").opens_home().waits_for("GPU0").words


def test_a_test_message_that_does_not_arrive_is_said_with_the_cure(world: World) -> None:
    home = world.person("alice").opens_home().waits_for("Set up your lab")
    world.slack.kick_bot("#gpu")
    home.press("Send a test")
    assert "/invite" in home.waits_for("did not take the test message").words
    assert "☐ Test message" in home.words
