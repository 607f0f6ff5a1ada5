"""A day or a week of the lab as a picture: in direct messages, readable for everybody, in their own zone."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.scenarios.conftest import World


@pytest.fixture(autouse=True)
def _looked_at_soon(world: World) -> None:
    """Slack takes a second to look at an upload; here a moment, so that every story meets it."""
    world.slack.file_seconds = 0.05


def test_a_week_comes_to_whoever_asks_and_says_where(world: World) -> None:
    world.book("haruka", "20:00-23:00 for evals")  # 11:00-14:00 UTC
    alice = world.person("alice")
    alice.types("#gpu", "/gpu picture")

    said = alice.waits_for("#gpu", "The picture is in your direct messages with me.")
    assert said.ephemeral
    shown = alice.waits_for("@gpu", "Mon 30 Nov – Sun 6 Dec")
    assert "1 GPU, 2 % booked · times in CET" in shown.text
    (picture,) = shown.pictures
    assert "GPU0: 佐藤遥 Thu 3 Dec, 12:00–15:00." in picture.alt  # in the asker's zone
    drawn = Image.open(io.BytesIO(picture.data))
    assert drawn.size[0] == 1600
    assert shown.buttons == ["Today", "Tomorrow", "Next week"]


def test_its_buttons_change_it_in_place(world: World) -> None:
    world.book("alice", "tomorrow 9-12")
    alice = world.person("alice")
    alice.types("@gpu", "picture")
    shown = alice.waits_for("@gpu", "Mon 30 Nov – Sun 6 Dec")
    shown.press("Tomorrow")
    assert alice.waits_for("@gpu", "Fri 4 Dec · 1 GPU").ts == shown.ts
    assert "GPU0: Alice Weber Fri 4 Dec, 09:00–12:00." in shown.pictures[0].alt
    shown.press("Next week")
    alice.waits_for("@gpu", "Mon 7 Dec – Sun 13 Dec")
    assert "Nothing is booked." in shown.pictures[0].alt
    # What was said beside a command in a channel is not said where the picture itself is.
    assert not any("The picture is in" in message.words for message in alice.sees("@gpu"))


def test_a_picture_that_can_be_edited_no_longer_comes_anew(world: World) -> None:
    alice = world.person("alice")
    alice.types("@gpu", "picture")
    shown = alice.waits_for("@gpu", "Mon 30 Nov")
    world.slack.edit_window = 60
    world.clock.forward(minutes=5)
    shown.press("Today")
    assert alice.waits_for("@gpu", "Thu 3 Dec · ").ts > shown.ts


@pytest.mark.parametrize("text", ["picture tomorrow", "図 明日", "그림 내일", "picture 2026-12-04", "chart friday"])
def test_of_a_day_in_any_words(world: World, text: str) -> None:
    haruka = world.person("haruka")
    haruka.types("#gpu", f"/gpu {text}")
    assert haruka.waits_for("@gpu", "times in JST").pictures


def test_of_what_cannot_be_read_it_says_what_would_work(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu picture everything <!channel>")
    said = alice.waits_for("#gpu", "“everything <!channel>” is no time and no node that I can draw.")
    assert said.buttons == ["Today", "Tomorrow", "This week", "Next week"]
    said.press("Tomorrow")
    alice.waits_for("@gpu", "Fri 4 Dec")


def test_without_the_scope_it_is_told_in_words_with_the_cure(world: World) -> None:
    world.book("alice", "13-15")
    alice = world.person("alice")
    world.slack.fail("files.getUploadURLExternal", error="missing_scope")
    alice.types("#gpu", "/gpu picture today")
    said = alice.waits_for("#gpu", "I need the scope files:write")
    assert "GPU0: Alice Weber Thu 3 Dec, 13:00–15:00." in said.words


def test_an_upload_that_fails_is_told_in_words(world: World) -> None:
    alice = world.person("alice")
    world.slack.fail("files.completeUploadExternal", error="file_update_failed")
    alice.types("#gpu", "/gpu picture today")
    alice.waits_for("#gpu", "Slack says: file_update_failed")


def test_a_picture_that_slack_never_takes_is_told_in_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.files.WAITS", (0.01, 0.01))
    world.slack.file_seconds = 60
    alice = world.person("alice")
    alice.types("#gpu", "/gpu picture today")
    alice.waits_for("#gpu", "Slack says: invalid_blocks")


def test_one_node_by_its_name_from_the_menu_and_all_again(world: World) -> None:
    world.slack.file_seconds = 0.05
    for number in range(1, 5):
        world.add_gpu(f"n{number}", "GPU0")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu picture N3 tomorrow")
    shown = alice.waits_for("@gpu", "n3 · Fri 4 Dec · 1 GPU")
    shown.press("All nodes")
    whole = alice.waits_for("@gpu", "Fri 4 Dec · 5 GPUs")
    whole.choose("One node…", "n2")
    alice.waits_for("@gpu", "n2 · Fri 4 Dec · 1 GPU")
    alice.types("#gpu", "/gpu 図 今週 n4")
    alice.waits_for("@gpu", "n4 · Mon 30 Nov – Sun 6 Dec · 1 GPU")
    alice.types("#gpu", "/gpu picture n9")
    alice.waits_for("#gpu", "“n9” is no time and no node that I can draw.")


def test_hundreds_of_gpus_are_several_pictures(world: World) -> None:
    world.slack.file_seconds = 0.05
    for number in range(124):
        world.add_gpu(f"n{number // 8}", f"GPU{number % 8}")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu picture")
    alice.waits_for("@gpu", "125 GPUs, 0 % booked").press("GPUs 114–125 of 125")
    alice.waits_for("@gpu", "· GPUs 114–125 of 125").press("GPUs 1–113 of 125")
    alice.waits_for("@gpu", "· GPUs 1–113 of 125")
