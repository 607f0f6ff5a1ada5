"""Booking as people do it: they type, they tap, they are refused and take what is offered."""

from __future__ import annotations

from tests.scenarios.conftest import World

# It is Thursday 3 December 2026, 09:00 UTC: 10:00 for Alice in Berlin, 18:00 for Haruka in Tokyo and Minjun in Seoul.


def test_the_main_job(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book 13:00-18:00 for thesis runs")

    answer = alice.waits_for("#gpu", "Booked")
    assert answer.ephemeral
    assert '✓ Booked GPU0 (RTX 5090) on lab-node-1 · Thu 3 Dec, 13:00–18:00 CET · 5 h · "thesis runs"' in answer.words
    assert "ssh lab-node-1" in answer.words
    assert "export CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=0" in answer.words
    assert answer.buttons == ["Change", "Cancel"]
    assert answer.text.startswith("✓ Booked GPU0 (RTX 5090) on lab-node-1 · Thu 3 Dec, 13:00–18:00 CET")

    world.tick()
    told = world.person("haruka").waits_for("#gpu", "booked by")
    assert not told.ephemeral
    assert "GPU0 booked by Alice Weber" in told.words
    assert "21:00" in told.words  # in Tokyo
    assert told.notified == set()


def test_the_verb_may_be_missing(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu tomorrow 13-18")
    assert "Fri 4 Dec, 13:00–18:00 CET" in alice.waits_for("#gpu", "Booked").words


def test_a_direct_message_is_read_the_same_way(world: World) -> None:
    alice = world.person("alice")
    alice.types("@gpu", "book tomorrow 2pm for 3h for the R&D demo")
    answer = alice.waits_for("@gpu", "Booked")
    assert not answer.ephemeral
    assert 'Fri 4 Dec, 14:00–17:00 CET · 3 h · "the R&D demo"' in answer.words


def test_a_mention_is_answered_for_its_author_only(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "@gpu tomorrow 13-18 please")
    answer = alice.waits_for("#gpu", "Booked")
    assert answer.ephemeral
    assert "please" not in answer.words


def test_a_refusal_names_everybody_and_one_tap_books_what_is_offered(world: World) -> None:
    haruka, alice = world.person("haruka"), world.person("alice")
    haruka.types("#gpu", "/gpu book 20:00-22:00")  # 12:00-14:00 in Berlin
    haruka.waits_for("#gpu", "Booked")

    alice.types("#gpu", "/gpu book 13:00-18:00 for thesis runs")
    refusal = alice.waits_for("#gpu", "Not booked")
    assert "Thu 3 Dec, 13:00–18:00 CET is taken" in refusal.words
    assert "佐藤" in refusal.words or "Haruka" in refusal.words
    assert "Thu 3 Dec, 12:00–14:00 CET" in refusal.words
    assert "Free in between: 14:00–18:00." in refusal.words
    assert refusal.buttons == ["GPU0 14:00–19:00", "GPU0 14:00–18:00", "Wait for it", "Ask 佐藤遥"]

    refusal.press("GPU0 14:00–18:00")
    booked = alice.waits_for("#gpu", "Booked")
    assert 'Thu 3 Dec, 14:00–18:00 CET · 4 h · "thesis runs"' in booked.words
    assert "is taken" not in booked.words  # the refusal has been replaced


def test_a_refusal_of_any_gpu_tells_of_each_who_comes_first(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    for hour in range(10, 15):
        world.book("haruka", f"tomorrow {hour}:00-{hour}:30 on GPU0,GPU1 for run {hour}")  # from 2:00 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book tomorrow 1:00-8:00")
    refused = alice.waits_for("#gpu", "✗ Not booked")
    assert [line for line in refused.words.splitlines() if line.startswith("•")] == [
        f'• GPU{number} · @佐藤遥 · Fri 4 Dec, 02:00–02:30 CET · "run 10", and 4 more' for number in (0, 1)
    ]


def test_pressing_twice_books_once(world: World) -> None:
    haruka, alice = world.person("haruka"), world.person("alice")
    haruka.types("#gpu", "/gpu book 20:00-22:00")
    haruka.waits_for("#gpu", "Booked")
    alice.types("#gpu", "/gpu book 13:00-18:00")
    refusal = alice.waits_for("#gpu", "Not booked")
    refusal.press("GPU0 14:00–18:00")
    alice.waits_for("#gpu", "Booked")
    world.slack.deliver_again()
    alice.types("#gpu", "/gpu mine")
    assert "You have 1 booking." in alice.waits_for("#gpu", "You have").words


def test_a_command_delivered_twice_books_once(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book 13:00-18:00")
    alice.waits_for("#gpu", "Booked")
    world.slack.deliver_again()
    alice.types("#gpu", "/gpu mine")
    assert "You have 1 booking." in alice.waits_for("#gpu", "You have").words


def test_holding_that_very_time_is_said_and_not_refused(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book 13:00-18:00")
    alice.waits_for("#gpu", "Booked")
    alice.types("#gpu", "/gpu book 13:00-18:00")
    answer = alice.waits_for("#gpu", "You hold that time already")
    assert answer.buttons == ["Change", "Cancel"]


def test_several_gpus(world: World) -> None:
    alice = world.person("alice")
    for number in range(1, 4):
        world.add_gpu("lab-node-1", f"GPU{number}", "A100", 80)
    alice.types("#gpu", "/gpu book 2 gpus 13-18")
    assert "GPU0 (RTX 5090) on lab-node-1, GPU1 (A100) on lab-node-1" in alice.waits_for("#gpu", "Booked").words
    alice.types("#gpu", "/gpu book 13-18 on GPU2,GPU3")
    assert "GPU2, GPU3 (A100) on lab-node-1" in alice.waits_for("#gpu", "GPU2").words
    alice.types("#gpu", "/gpu book any 5090 18-19")
    assert "GPU0 (RTX 5090)" in alice.waits_for("#gpu", "18:00–19:00").words


def test_what_was_understood_is_said_where_it_may_surprise(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book 22:00-06:00")
    answer = alice.waits_for("#gpu", "Booked")
    assert "Thu 3 Dec, 22:00 – Fri 4 Dec, 06:00 CET · 8 h" in answer.words
    assert "I took it to be on the next day" in answer.words
    alice.types("#gpu", "/gpu book 9:00-12:00")
    assert "That time had begun already, so it starts now." in alice.waits_for("#gpu", "10:00–12:00").words


def test_a_zone_in_the_text_wins_and_is_named(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book 13:00-15:00 UTC")
    assert "13:00–15:00 UTC" in alice.waits_for("#gpu", "Booked").words


def test_an_unclear_time_is_asked_about(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book tomorrow 3-5 for evals")
    question = alice.waits_for("#gpu", "more than one way")
    question.press("Fri 15:00–17:00")
    assert 'Fri 4 Dec, 15:00–17:00 CET · 2 h · "evals"' in alice.waits_for("#gpu", "Booked").words


def test_a_day_that_may_be_of_the_purpose_is_asked_about(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book 20:00-22:00 sat solver")
    question = alice.waits_for("#gpu", "more than one way")
    assert question.buttons[:2] == ["20:00–22:00", "Sat 20:00–22:00"]
    question.press("20:00–22:00")
    assert 'Thu 3 Dec, 20:00–22:00 CET · 2 h · "sat solver"' in alice.waits_for("#gpu", "Booked").words


def test_a_start_without_a_length_is_asked_for_one(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book tomorrow from 3pm")
    alice.waits_for("#gpu", "until when?").press("For 2 h")
    assert "Fri 4 Dec, 15:00–17:00 CET" in alice.waits_for("#gpu", "Booked").words


def test_one_of_two_starts_is_chosen_with_a_length(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book tomorrow 2pm or 3pm")
    question = alice.waits_for("#gpu", "more than one way")
    assert question.buttons[:4] == [
        f"Fri {hours}" for hours in ("14:00–15:00", "14:00–16:00", "15:00–16:00", "15:00–17:00")
    ]
    question.press("Fri 15:00–17:00")
    assert "Fri 4 Dec, 15:00–17:00 CET · 2 h" in alice.waits_for("#gpu", "Booked").words


def test_a_question_is_answered_and_not_booked(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu is tomorrow 13-18 free?")
    answer = alice.waits_for("#gpu", "Free: GPU0")
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have nothing booked")
    answer.press("Book it")
    assert "Fri 4 Dec, 13:00–18:00 CET" in alice.waits_for("#gpu", "Booked").words


def test_status_shows_who_until_when_and_what_is_next(world: World) -> None:
    haruka, alice = world.person("haruka"), world.person("alice")
    haruka.types("#gpu", "/gpu now for 2h")
    haruka.waits_for("#gpu", "Booked")
    alice.types("#gpu", "/gpu book 13-14")
    alice.waits_for("#gpu", "Booked")
    alice.types("#gpu", "/gpu")
    status = alice.waits_for("#gpu", "free now")
    assert "0 of 1 GPU is free now." in status.words
    assert "until 12:00 (2 h left)\nthen free 12:00–13:00 · you 13:00–14:00 · free after" in status.words
    assert "Times in CET." in status.words


def test_an_unknown_word_gets_help_and_the_nearest_command(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu statsu")
    assert "Did you mean /gpu status?" in alice.waits_for("#gpu", "I do not understand").words


def test_full_width_and_capitals_are_understood(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu ＢＯＯＫ　１３：００－１８：００　ON gpu0")
    assert "13:00–18:00 CET" in alice.waits_for("#gpu", "Booked").words
