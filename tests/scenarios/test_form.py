"""The form and Home."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.app import WORKERS
from tests.scenarios.conftest import World


def test_booking_by_form_with_words(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "tomorrow 2pm for 3h")
    form.fill("Purpose", "thesis runs")
    assert form.submit() == {}
    answer = alice.waits_for("#gpu", "✓ Booked")
    assert answer.ephemeral
    assert 'Fri 4 Dec, 14:00–17:00 CET · 3 h · "thesis runs"' in answer.words


def test_a_purpose_without_a_time_stands_in_the_form(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book GPU0 for thesis runs")
    form = alice.waits_for_form("Book a GPU")
    assert form.values["Purpose"] == "thesis runs"
    form.fill("When", "tomorrow 2pm for 3h")
    assert form.submit() == {}
    assert '14:00–17:00 CET · 3 h · "thesis runs"' in alice.waits_for("#gpu", "✓ Booked").words


def test_booking_by_form_with_start_and_length(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.choose("Length", "4 h")
    assert form.submit() == {}
    assert "10:15–14:15 CET" in alice.waits_for("#gpu", "✓ Booked").words


def test_mistakes_stand_at_their_field_and_nothing_typed_is_lost(world: World) -> None:
    world.book("haruka", "20:00-22:00")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.fill("Purpose", "thesis runs")
    form.fill("When", "soonish")
    assert "Write" in form.submit()["When"]
    form.fill("When", "13:00-15:00")
    taken = form.submit()["When"]
    assert taken.startswith("Taken: GPU0: ")
    assert "What would work: GPU0 14:00–16:00; GPU0 14:00–15:00." in taken
    assert form.values["Purpose"] == "thesis runs"
    form.fill("When", "14:00-15:00")
    assert form.submit() == {}
    assert '"thesis runs"' in alice.waits_for("#gpu", "✓ Booked").words


def test_of_any_gpu_a_form_names_who_is_first_on_each(world: World) -> None:
    """Twice in the way on one GPU is told once, and of the GPUs that find no room it is said how many there are."""
    for number in range(1, 5):
        world.add_gpu("lab-node-1", f"GPU{number}")
    for hours in ("13-14 on GPU0", "14-15 on GPU0", "13-15 on GPU1,GPU2,GPU3,GPU4"):
        world.book("alice", hours)
    haruka = world.speaks("haruka", "ja-JP")
    haruka.types("#gpu", "/gpu 予約")
    form = haruka.waits_for_form("GPUを予約")
    form.fill("日時", "21-23")
    said = form.submit()["日時"]
    assert [said.count(f"GPU{number}: Alice Weber") for number in range(5)] == [1, 1, 1, 0, 0]
    assert "、ほか2件。予約できる候補: " in said
    assert "。空きを待つには" in said


def test_submitting_twice_makes_one_reservation(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "tomorrow 13-18")
    form.submit_twice()
    alice.waits_for("#gpu", "✓ Booked")
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have 1 booking.")


def test_changing_by_form(world: World) -> None:
    world.book("alice", "tomorrow 13-18 for thesis runs").press("Change")
    alice = world.person("alice")
    form = alice.waits_for_form("Change booking")
    assert form.values["Purpose"] == "thesis runs"
    form.fill("When", "tomorrow 14-16")
    assert form.submit() == {}
    assert 'Fri 4 Dec, 14:00–16:00 CET · 2 h · "thesis runs"' in alice.waits_for("#gpu", "✓ Changed").words


def test_a_message_without_a_time_in_direct_messages_leads_to_the_form(world: World) -> None:
    alice = world.person("alice")
    alice.types("@gpu", "book")
    alice.waits_for("@gpu", "fill in the form").press("Book a GPU")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "tomorrow 13-14")
    assert form.submit() == {}
    alice.waits_for("@gpu", "✓ Booked")


def test_home_shows_now_and_mine_and_books(world: World) -> None:
    world.book("haruka", "now for 2h")
    world.book("alice", "tomorrow 13-18")
    alice = world.person("alice")
    home = alice.opens_home()
    home.waits_for("My bookings")
    assert "in use:" in home.words
    assert "Fri 4 Dec, 13:00–18:00 CET" in home.words
    assert home.buttons[:2] == ["Book a GPU", "Refresh"]
    assert {"From 12:00", "From tomorrow 18:00"} <= set(home.buttons)
    assert home.buttons[-3:] == ["Change", "Cancel", "Settings"]
    home.press("Cancel")
    home.waits_for("✓ Cancelled")
    home.waits_for("You have nothing booked.")

    home.press("Book a GPU")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "tomorrow 9-10")
    assert form.submit() == {}
    home.waits_for("✓ Booked")
    assert "Fri 4 Dec, 09:00–10:00 CET" in home.words


def test_a_slow_database_is_said_in_the_form_and_nothing_is_booked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "tomorrow 13-18")
    monkeypatch.setattr("bot.desk.HURRIED_PATIENCE", timedelta(seconds=0.5))
    with world.desk.database.begin(world.clock()) as work:
        work.session.execute(text("UPDATE gpus SET notes = 'somebody is at it'"))
        problem = form.submit()
    assert "nothing was done" in problem["When"]


def test_the_form_remembers_what_was_asked_for(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book 2 gpus")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "tomorrow 13-14")
    assert form.submit() == {}
    assert "GPU0, GPU1 (RTX 5090)" in alice.waits_for("#gpu", "✓ Booked").words


def test_changing_only_the_purpose_changes_nothing_else(world: World) -> None:
    world.clock.forward(seconds=22.35)
    world.book("alice", "now for 8h").press("Change")
    alice = world.person("alice")
    form = alice.waits_for_form("Change booking")
    form.fill("Purpose", "evals")
    assert form.submit() == {}
    assert '10:00–18:00 CET · 8 h · "evals"' in alice.waits_for("#gpu", "✓ Changed").words
    world.tick()
    assert not any("is now" in message.words for message in world.person("minjun").sees("#gpu"))


def test_a_form_that_slack_has_given_up_books_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All the bot's hands are full for longer than Slack waits."""
    hands_are_free = threading.Event()
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "tomorrow 13-18")
    for _ in range(WORKERS):
        world.hands.submit(hands_are_free.wait)
    monkeypatch.setattr("bot.desk.HURRIED_PATIENCE", timedelta(seconds=0.3))
    world.slack.ack_seconds = 0.5
    form.submit()
    assert "trouble" in form.trouble or form.errors
    world.slack.ack_seconds = 60
    hands_are_free.set()
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have nothing booked")


def test_in_a_large_lab_gpus_are_chosen_by_node(world: World) -> None:
    """Slack takes no more than a hundred in one list."""
    for number in range(130):
        world.add_gpu(f"lab-node-{2 + number // 8}", f"GPU{number % 8}")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.choose("GPUs", "lab-node-18/GPU1 · RTX 5090 32 GB", "lab-node-2/GPU0 · RTX 5090 32 GB")
    form.fill("When", "13:00-14:00")
    assert form.submit() == {}
    assert "GPU1 (RTX 5090) on lab-node-18" in alice.waits_for("#gpu", "✓ Booked").words
