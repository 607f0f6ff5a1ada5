"""People look at the lab: now, on a day, who is there, what is free; and book from what they see."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import World


def sixteen(world: World) -> None:
    for number in range(1, 16):
        world.add_gpu(f"lab-node-{number // 8 + 1}", f"GPU{number % 8}")


def test_one_gpu_is_a_short_story_with_buttons_for_what_is_free(world: World) -> None:
    world.book("haruka", "now for 2h")  # 10:00 in Berlin
    world.book("minjun", "21:00-24:00")  # in Seoul: 13:00 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    status = alice.waits_for("#gpu", "0 of 1 GPU is free now.")
    assert "in use: 佐藤遥 until 12:00 (2 h left)" in status.words
    assert "then free 12:00–13:00 · 김민준 13:00–16:00 · free after" in status.words
    assert status.buttons[:3] == ["12:00–13:00", "From 16:00", "Other time"]
    assert status.notified == set()
    status.press("12:00–13:00")
    assert "12:00–13:00 CET" in alice.waits_for("#gpu", "✓ Booked").words


def test_from_the_end_of_what_is_booked_opens_the_form_there(world: World) -> None:
    world.book("haruka", "now for 2h")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    alice.waits_for("#gpu", "free now").press("From 12:00")
    form = alice.waits_for_form("Book a GPU")
    assert form.submit() == {}
    assert "12:00–14:00 CET" in alice.waits_for("#gpu", "✓ Booked").words


def test_a_free_gpu_offers_lengths_that_fit(world: World) -> None:
    world.book("haruka", "20:30-22:00")  # 12:30 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu")
    status = alice.waits_for("#gpu", "1 of 1 GPU is free now.")
    assert "free until 12:30" in status.words
    assert status.buttons[:5] == ["1 h", "2 h", "Until 12:30", "Other time", "Now"]
    status.press("Until 12:30")
    assert "10:00–12:30" in alice.waits_for("#gpu", "✓ Booked").words


def test_many_gpus_are_told_node_by_node(world: World) -> None:
    sixteen(world)
    world.book("alice", "now for 2h on lab-node-1/GPU4,lab-node-1/GPU5,lab-node-1/GPU6,lab-node-1/GPU7")
    world.book("haruka", "now for 3h on lab-node-1/GPU0")
    world.book("haruka", "22:00-23:00 on lab-node-2/GPU2")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    status = alice.waits_for("#gpu", "11 of 16 GPUs are free now.")
    assert "lab-node-1 · RTX 5090 · free 1–3 · busy 0 佐藤遥 → 13:00; 4–7 YOU → 12:00" in status.words
    assert "lab-node-2 · RTX 5090 · free 0, 1, 3–7; 2 (to 14:00)" in status.words
    assert "Longest: lab-node-1/GPU1, with nothing booked after." in status.words
    lead = ["Book 1 now", "Book 2+", "Tomorrow", "Week picture"]
    whole = ["Now", "Today", "Tomorrow", "Week picture", "My bookings"]
    assert status.buttons == [*lead[:2], *lead, *lead, *whole], "for any node, for each, and of the whole lab"


def test_each_node_has_buttons_of_its_own(world: World) -> None:
    sixteen(world)
    world.slack.file_seconds = 0.05
    world.book("haruka", "now for 3h on lab-node-1/GPU0")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    status = alice.waits_for("#gpu", "15 of 16")
    status.press("lab-node-2: Book 1 now")
    alice.waits_for("#gpu", "lab-node-2/GPU0 is free. For how long?")
    status.press("lab-node-2: Book 2+")
    form = alice.waits_for_form("Book a GPU")
    assert form.values["GPUs"] == ["lab-node-2/GPU0 · RTX 5090 32 GB", "lab-node-2/GPU1 · RTX 5090 32 GB"]
    form.close()
    status.press("lab-node-2: Week picture")
    picture = alice.waits_for("@gpu", "lab-node-2 · Mon 30 Nov – Sun 6 Dec · 8 GPUs, 0 % booked")
    picture.press("Today")
    alice.waits_for("@gpu", "lab-node-2 · Thu 3 Dec · 8 GPUs")
    status.press("lab-node-1: Tomorrow")
    day = alice.waits_for("#gpu", "lab-node-1 · Fri 4 Dec: 8 of 8 GPUs are free all day.")
    assert "lab-node-1/GPU7 · free all day" in day.words


def test_a_full_node_can_be_booked_for_later_and_looked_at(world: World) -> None:
    sixteen(world)
    world.book("haruka", "now for 3h 8 gpus")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    status = alice.waits_for("#gpu", "8 of 16")
    assert status.buttons[6:9] == ["Book 2+", "Tomorrow", "Week picture"], "of the full one, which comes last"


def test_many_nodes_have_a_menu_each(world: World) -> None:
    """So that nobody scrolls through a wall of buttons."""
    for number in range(8):
        world.add_gpu(f"n{number}", "GPU0")
    world.add_gpu("n8", "GPU1")
    world.book("haruka", "now for 3h on n8/GPU1")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    status = alice.waits_for("#gpu", "9 of 10")
    assert len(status.menus) == 10
    status.choose(status.menus[0], "Book 1 now")
    alice.waits_for("#gpu", "GPU0 is free. For how long?")
    with pytest.raises(AssertionError, match="Tomorrow"):
        status.choose(status.menus[-1], "Book 1 now")


def test_book_one_now_asks_only_for_how_long(world: World) -> None:
    sixteen(world)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    alice.waits_for("#gpu", "16 of 16").press("Book 1 now")
    how_long = alice.waits_for("#gpu", "For how long?")
    assert how_long.buttons == ["1 h", "2 h", "4 h", "Other time"]
    how_long.press("2 h")
    assert "GPU0 (RTX 5090) on lab-node-1" in alice.waits_for("#gpu", "✓ Booked").words
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "10:00–12:00")


def test_book_one_now_when_the_last_was_taken_meanwhile(world: World) -> None:
    sixteen(world)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    status = alice.waits_for("#gpu", "16 of 16")
    world.book("haruka", "now for 3h 16 gpus on any nodes")
    status.press("Book 1 now")
    alice.waits_for("#gpu", "No GPU is free now. The first to come free is lab-node-1/GPU0, at 13:00.")


def test_book_two_or_more_opens_the_form(world: World) -> None:
    sixteen(world)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    alice.waits_for("#gpu", "16 of 16").press("Book 2+")
    form = alice.waits_for_form("Book a GPU")
    assert form.values["GPUs"] == ["Any 2 that are free"]


def test_day_buttons_lead_from_now_to_a_day_and_back(world: World) -> None:
    world.book("haruka", "tomorrow 20:30-22:00")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    alice.waits_for("#gpu", "free now").press("Tomorrow")
    tomorrow = alice.waits_for("#gpu", "Fri 4 Dec: 0 of 1 GPU is free all day.")
    assert "GPU0 · 12:30–14:00 佐藤遥 · free 00:00–12:30, 14:00–24:00" in tomorrow.words
    assert tomorrow.buttons[:2] == ["From tomorrow 00:00", "14:00–24:00"]
    tomorrow.choose("Another day", "2026-12-07")
    alice.waits_for("#gpu", "Mon 7 Dec: 1 of 1 GPU is free all day.").press("Now")
    alice.waits_for("#gpu", "free until tomorrow 12:30")
    alice.types("#gpu", "/gpu status tomorrow")
    alice.waits_for("#gpu", "Fri 4 Dec").choose("Another day", "2026-12-01")
    alice.waits_for("#gpu", "is over. Choose a day")


def test_a_free_part_of_a_day_is_booked_at_one_tap(world: World) -> None:
    world.book("haruka", "tomorrow 20:30-22:00")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu free tomorrow")
    alice.waits_for("#gpu", "Fri 4 Dec").press("14:00–24:00")
    assert "Fri 4 Dec, 14:00–24:00" in alice.waits_for("#gpu", "✓ Booked").words


def test_free_tells_everything_that_is_free_and_books_nothing(world: World) -> None:
    sixteen(world)
    world.book("haruka", "tomorrow 21:00-23:00 on lab-node-1/GPU0")  # 13:00 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu free tomorrow 13-18")
    answer = alice.waits_for("#gpu", "Free: 15 of 16 GPUs · Fri 4 Dec, 13:00–18:00 CET")
    assert "lab-node-1 1–7\nlab-node-2 0–7" in answer.words
    assert answer.buttons == ["Book 1", "Book 2+"]
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have nothing booked.")
    answer.press("Book 1")
    alice.waits_for("#gpu", "✓ Booked")


def test_free_for_a_length_means_from_now(world: World) -> None:
    world.book("haruka", "20:30-22:00")  # 12:30 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu free 2h")
    alice.waits_for("#gpu", "Free: GPU0 · Thu 3 Dec, 10:00–12:00 CET")
    alice.types("#gpu", "/gpu free 4h")
    taken = alice.waits_for("#gpu", "Taken: Thu 3 Dec, 10:00–14:00 CET.")
    assert "GPU0 14:00–18:00" in taken.buttons


def test_who(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu who")
    alice.waits_for("#gpu", "Nobody holds a GPU now.")
    world.add_gpu("lab-node-1", "GPU1")
    world.book("haruka", "now for 2h 2 gpus for <!channel> & co")
    alice.types("#gpu", "/gpu who")
    who = alice.waits_for("#gpu", "1 person holds GPUs now.")
    assert '佐藤遥: GPU0, GPU1 until 12:00 · "<!channel> & co"' in who.words
    assert who.notified == set()
