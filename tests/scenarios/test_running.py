"""A run that has begun without a booking, and is booked afterwards: said so, never by accident."""

from __future__ import annotations

from tests.scenarios.conftest import World

# It is Thursday 3 December 2026, 10:00 in Berlin, where Alice is.


def test_booking_what_already_runs_by_text(world: World) -> None:
    answer = world.book("alice", "since 9:40 until 13:00 for thesis runs")
    assert 'Thu 3 Dec, 09:40–13:00 CET · 3 h 20 min · "thesis runs"' in answer.words
    assert "starts now" not in answer.words
    world.tick()
    told = world.person("minjun").waits_for("#gpu", "GPU0 is yours now")
    assert "late" not in told.words
    world.later(hours=2, minutes=45)
    world.person("alice").waits_for("@gpu", "Ends in 15 min")


def test_how_long_ago_may_be_said_instead(world: World) -> None:
    assert "09:40–12:40 CET" in world.book("alice", "started 20 min ago for 3h").words


def test_without_saying_so_nothing_is_booked_in_the_past(world: World) -> None:
    answer = world.book("alice", "9:40-13:00")
    assert "10:00–13:00 CET" in answer.words
    assert "That time had begun already, so it starts now." in answer.words


def test_too_long_ago_is_refused_with_what_would_work(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book since 9:00 until 13:00")
    refusal = alice.waits_for("#gpu", "A run that began up to 30 min ago can still be booked, and 09:00 is longer ago.")
    assert "/gpu book now for 2h" in refusal.words


def test_a_time_that_somebody_held_is_refused_and_the_rest_offered(world: World) -> None:
    world.book("haruka", "now for 2h")
    world.clock.forward(minutes=10)
    haruka, alice = world.person("haruka"), world.person("alice")
    haruka.types("#gpu", "/gpu end")
    haruka.waits_for("#gpu", "✓ Ended")
    world.clock.forward(minutes=10)
    alice.types("#gpu", "/gpu book since 10:05 until 13:00")
    refusal = alice.waits_for("#gpu", "Not booked: Thu 3 Dec, 10:05–13:00 CET is taken.")
    assert "10:00–10:10" in refusal.words
    refusal.press("GPU0 10:20–13:00")
    assert "10:20–13:00 CET" in alice.waits_for("#gpu", "✓ Booked").words


def test_a_start_alone_is_the_last_one_and_asks_until_when(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book since 9:45")
    alice.waits_for("#gpu", "From Thu 3 Dec, 09:45, until when?").press("For 2 h")
    assert "09:45–11:45 CET" in alice.waits_for("#gpu", "✓ Booked").words


def test_by_form_it_takes_a_tick(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.fill("Start", str(int(world.clock.forward(minutes=12).timestamp()) - 12 * 60))
    form.choose("Length", "4 h")
    form.choose("Already running", "I have started already: book from the start on")
    assert form.submit() == {}
    assert "10:00–14:00 CET" in alice.waits_for("#gpu", "✓ Booked").words


def test_the_form_reads_it_as_well_and_refuses_at_the_field(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "since 9:00 until 13:00")
    assert "longer ago" in form.submit()["When"]
    form.fill("When", "since 9:45 until 13:00")
    assert form.submit() == {}
    assert "09:45–13:00 CET" in alice.waits_for("#gpu", "✓ Booked").words


def test_without_a_start_it_is_asked_since_when(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu already running until 18:00 for evals")
    question = alice.waits_for("#gpu", "Since when has it been running?")
    assert question.buttons == ["Just now", "5 min ago", "10 min ago", "15 min ago", "30 min ago"]
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have nothing booked")
    question.press("15 min ago")
    assert '09:45–18:00 CET · 8 h 15 min · "evals"' in alice.waits_for("#gpu", "✓ Booked").words
