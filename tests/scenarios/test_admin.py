"""Admins see to the lab: in forms, by command, and so that everybody concerned can read of it."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.listeners.admin import limits
from bot.reader import Reader
from bot.views.admin.limits import written
from bot.workspace.driver import MessageHandle, PersonDriver
from bot.workspace.state import Person
from core import organizations, reservations
from core.actors import Operator
from core.facts import Rule
from tests.scenarios.conftest import World


def admin_panel(admin: PersonDriver, after: str = "0") -> MessageHandle:
    """What `/gpu admin` shows."""
    admin.types("#gpu", "/gpu admin")
    return admin.waits_for("#gpu", "Settings of", after=after)


def test_everybody_else_is_told_whom_to_ask(world: World) -> None:
    world.person("alice").types("#gpu", "/gpu mine")
    world.person("alice").waits_for("#gpu", "You have nothing booked.")
    for words in ("/gpu admin", "/gpu audit", "/gpu audit csv", "/gpu admin down GPU0 until tomorrow 10 fan noise"):
        haruka = world.person("haruka")
        before = max((each.ts for each in haruka.sees("#gpu")), default="0")
        haruka.types("#gpu", words)
        haruka.waits_for("#gpu", "Alice Weber", after=before)
    assert not any(each.buttons for each in world.person("haruka").sees("#gpu"))


def test_limits_are_set_in_a_form_and_a_refusal_offers_what_would_pass(world: World) -> None:
    alice, haruka = world.person("alice"), world.person("haruka")
    admin_panel(alice).press("Limits")
    form = alice.waits_for_form("Limits")
    form.fill("Longest booking", "soon")
    form.fill("GPUs at once, per person", "0")
    form.fill("Round times to", "2 d")
    assert form.submit() == {
        "Longest booking": "Write a length of time, like 30 min, 12 h or 7 d.",
        "GPUs at once, per person": "Write a number from 1 to 10000 here.",
        "Round times to": "Write a length from 1 min to 1 d here.",
    }
    form.fill("Longest booking", "4 h")
    form.fill("Round times to", "")
    form.fill("GPUs at once, per person", "none")
    form.fill("GPU hours a week, per person", "100")
    assert form.submit() == {}
    alice.waits_for("#gpu", "The limits are saved.")

    haruka.types("#gpu", "/gpu book tomorrow 13:00-18:00 for evals")
    refusal = haruka.waits_for("#gpu", "✗")
    assert refusal.buttons == ["GPU0 13:00–17:00"]  # no wait makes it any shorter
    refusal.press("GPU0 13:00–17:00")
    haruka.waits_for("#gpu", "✓")


def test_adding_a_gpu_changes_none_that_is_there(world: World) -> None:
    alice = world.person("alice")
    admin_panel(alice).press("Add a GPU")
    form = alice.waits_for_form("Add a GPU")
    for label, words in {"Node": "lab-node-1", "Label": "GPU0", "Model": "H100", "Memory in GB": "lots"}.items():
        form.fill(label, words)
    assert form.submit() == {"Memory in GB": "Please enter a valid number."}
    form.fill("Memory in GB", "0")
    assert form.submit() == {"Memory in GB": "Please enter a number no less than 1."}
    form.fill("Memory in GB", "80")
    assert form.submit() == {"Label": "There is a “lab-node-1/GPU0” already. Choose another name."}
    form.fill("Label", "GPU1")
    assert form.submit() == {}
    alice.types("#gpu", "/gpu")
    alice.waits_for("#gpu", "H100")


def test_a_special_period_is_added_and_removed(world: World) -> None:
    alice = world.person("alice")
    admin_panel(alice).press("Add a special period")
    form = alice.waits_for_form("Special period")
    form.fill("Name", "ICML deadline")
    form.fill("When", "tomorrow 9:00 for 3 days")
    form.fill("Longest booking", "2 h")
    assert form.submit() == {}
    seen = alice.waits_for("#gpu", "✓ Special period “ICML deadline”")
    world.tick()
    alice.waits_for("#gpu", "Special period “ICML deadline”, from tomorrow 09:00 to Dec 7")
    alice.types("#gpu", "/gpu book tomorrow 13:00-18:00")
    alice.waits_for("#gpu", "That is so during “ICML deadline”")
    admin_panel(alice, after=seen.ts).press("Remove")
    alice.waits_for("#gpu", "✓ “ICML deadline” is removed.")
    world.tick()
    told = [each for each in world.person("minjun").sees("#gpu") if "ICML deadline" in each.words]
    assert len(told) == 1, "it stands where it was announced"
    assert "The special period “ICML deadline” is called off: the usual limits hold." in told[0].words
    world.book("alice", "tomorrow 13:00-18:00")


def test_a_special_period_is_typed_and_its_limits_are_filled_in(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu admin period 10 Dec 9:00 to 20 Dec 18:00 ICML-2027 deadline")
    form = alice.waits_for_form("Special period")
    assert form.values["Name"] == "ICML-2027 deadline"
    assert form.values["When"] == "2026-12-10 09:00 - 2026-12-20 18:00"
    form.fill("Longest booking", "12 h")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ Special period “ICML-2027 deadline”: Thu 10 Dec, 09:00 – Sun 20 Dec, 18:00 CET.")
    alice.types("@gpu", "admin period next week crunch")  # where no form can be opened
    alice.waits_for("@gpu", "The form asks for the limits that hold then:").press("Special period")
    form = alice.waits_for_form("Special period")
    form.fill("Name", "crunch")
    form.fill("Longest booking", "12 h")
    assert "is too vague" in form.submit()["When"]
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu admin period tomorrow mine")
    haruka.waits_for("#gpu", "Only an admin of the lab may do that. Ask Alice Weber.")


def test_a_gpu_is_taken_down_after_a_look_and_its_holders_are_told(world: World) -> None:
    alice, haruka = world.person("alice"), world.person("haruka")
    world.add_gpu("lab-node-1", "GPU1")
    world.book("haruka", "20:00-22:00 on GPU0")
    alice.types("#gpu", "/gpu admin down GPU0 until tomorrow 10 fan noise")
    look = alice.waits_for("#gpu", "GPU0 would be out of service Thu 3 Dec, 10:00 – Fri 4 Dec, 10:00 CET.")
    assert "佐藤遥: GPU0" in look.words
    assert "moves to GPU1" in look.words
    look.press("Take it out of service")
    alice.waits_for("#gpu", "✓ Out of service: *GPU0* (RTX 5090) on lab-node-1".replace("*", ""))
    world.tick()
    told = haruka.waits_for("@gpu", "fan noise")
    assert "Alice Weber" in told.words
    alice.waits_for("#gpu", "GPU0 is out of service until")
    haruka.types("#gpu", "/gpu book 21:00-22:00 on GPU0")
    alice.types("#gpu", "/gpu status")
    alice.waits_for("#gpu", "out of service until")


def test_gpus_are_taken_down_and_retired_in_a_form_after_the_same_look(world: World) -> None:
    alice, haruka = world.person("alice"), world.person("haruka")
    world.add_gpu("lab-node-2", "GPU1", model="A100")
    world.book("haruka", "20:00-22:00 on GPU1")
    panel = admin_panel(alice)
    panel.press("Out of service…")
    form = alice.waits_for_form("Out of service")
    form.choose("GPUs", "lab-node-2")
    form.fill("Why", "fan noise")
    assert form.submit() == {"When": "Write until when, or tick that it is for good."}
    form.fill("When", "until yesterday")
    assert "When" in form.submit()
    form.fill("When", "until tomorrow 10:00")
    assert form.submit() == {}
    look = alice.waits_for("#gpu", "lab-node-2 would be out of service Thu 3 Dec, 10:00 – Fri 4 Dec, 10:00 CET.")
    assert "moves to GPU0" in look.words
    assert "another model: RTX 5090 instead of A100" in look.words
    look.press("Take it out of service")
    alice.waits_for("#gpu", "✓ Out of service:")
    world.tick()
    assert "fan noise" in haruka.waits_for("@gpu", "Alice Weber").words

    panel.press("Out of service…")
    form = alice.waits_for_form("Out of service")
    form.choose("GPUs", "GPU0 · RTX 5090")
    form.choose("Or for good", "Retire it")
    form.fill("Why", "sold")
    assert form.submit() == {}
    alice.waits_for("#gpu", "GPU0 would be retired.").press("Retire it")
    alice.waits_for("#gpu", "✓ Retired.")


@pytest.mark.parametrize(
    "words",
    [
        "GPU0 until tomorrow 10 fan noise",
        "GPU0 until Dec 4 10 fan noise",
        "GPU0 明日10時まで fan noise",
        "GPU0を明日10まで fan noise",
        "GPU0 내일 10시까지 fan noise",
    ],
)
def test_until_when_is_read_in_every_language_and_the_rest_is_the_reason(world: World, words: str) -> None:
    alice = world.speaks("alice", "ja-JP") if "明日" in words else world.person("alice")
    alice.types("#gpu", f"/gpu admin down {words}")
    look = alice.waits_for("#gpu", "GPU0")
    assert "12月4日(金) 10:00" in look.words or "Fri 4 Dec, 10:00" in look.words
    with world.desk.database.read(world.clock()) as work:
        assert reservations.ahead(work, world.desk.organization.id) == ()
    look.press(look.buttons[0])
    alice.waits_for("#gpu", "fan noise")


def test_a_day_alone_is_all_of_it_and_what_is_unclear_is_asked_for(world: World) -> None:
    alice = world.person("alice")
    for typed, shown in (
        ("tomorrow fan", "GPU0 would be out of service Fri 4 Dec, 00:00–24:00 CET."),
        ("今日 fan", "GPU0 would be out of service Thu 3 Dec, 10:00–24:00 CET."),
        ("tomorrow morning fan", "✗ From when until when is not clear. Write it like"),
        ("tomorrow 3pm fan", "✗ From when until when is not clear. Write it like"),
        ("yesterday 10-12 fan", "is over already"),
        ("fan noise", "Write which GPU, for how long and why"),
    ):
        alice.types("#gpu", f"/gpu admin down GPU0 {typed}")
        alice.waits_for("#gpu", shown)


def test_who_runs_on_it_gives_it_back_when_the_admin_has_read_of_it(world: World) -> None:
    alice, haruka = world.person("alice"), world.person("haruka")
    world.book("haruka", "now for 2h on GPU0")
    for command, agree, done in [
        ("down GPU0 until tomorrow 10 fan noise", "Take it out of service", "✓ Out of service"),
        ("retire GPU1 sold", "Retire it", "✓ Retired"),
    ]:
        alice.types("#gpu", f"/gpu admin {command}")
        look = alice.waits_for("#gpu", "Whom this concerns")
        assert "is given back, since nothing else is free" in look.words
        world.clock.forward(seconds=90)  # it takes time to read
        look.press(agree)
        alice.waits_for("#gpu", done)
        if agree != "Retire it":
            world.add_gpu("lab-node-1", "GPU1")
            world.book("haruka", "now for 1h on GPU1")
    world.tick()
    haruka.waits_for("@gpu", "fan noise")


def test_an_admin_changes_somebodys_booking_and_says_why(world: World) -> None:
    alice, haruka = world.person("alice"), world.person("haruka")
    world.book("haruka", "tomorrow 20:00-22:00")
    admin_panel(alice).press("Everybody’s bookings")
    alice.waits_for("#gpu", "1 booking runs or is to come.").press("Change or cancel…")
    form = alice.waits_for_form("Change for somebody")
    form.choose("Or give it back", "Cancel it")
    form.fill("Why", "power cut <!channel>")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ 佐藤遥 will read of it.")
    world.tick()
    assert "power cut <!channel>" in haruka.waits_for("@gpu", "Alice Weber").words

    haruka.types("#gpu", "/gpu history")
    told = haruka.waits_for("#gpu", "power cut")
    assert "JST" in told.words
    alice.types("#gpu", "/gpu audit")
    told = alice.waits_for("#gpu", "What was changed, the newest first:")
    assert "Alice Weber cancelled 佐藤遥’s GPU0 · Fri 4 Dec, 12:00–14:00" in told.words


@pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)
def test_two_people_of_one_name_are_not_taken_for_one_another(world: World) -> None:
    world.slack.add_person(Person(name="twin", real_name="Alice Weber"))
    world.book("twin", "tomorrow 20:00-22:00")
    alice = world.person("alice")
    admin_panel(alice).press("Everybody’s bookings")
    alice.waits_for("#gpu", "1 booking runs or is to come.").press("Change or cancel…")
    form = alice.waits_for_form("Change for somebody")
    form.choose("Or give it back", "Cancel it")
    form.fill("Why", "power cut")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ Alice Weber will read of it.")
    alice.types("#gpu", "/gpu audit")
    told = alice.waits_for("#gpu", "What was changed, the newest first:").words
    assert "Alice Weber booked GPU0" in told
    assert "Alice Weber cancelled Alice Weber’s GPU0" in told


def test_an_admin_cancels_a_whole_series_and_its_holder_is_told_once(world: World) -> None:
    alice, haruka = world.person("alice"), world.person("haruka")
    haruka.types("#gpu", "/gpu every day 20:00-21:00 until Dec 6")
    haruka.waits_for("#gpu", "✓ Booked 4 times")
    world.tick()
    admin_panel(alice).press("Everybody’s bookings")
    alice.waits_for("#gpu", "4 bookings run or are to come.").press("Change or cancel…")
    form = alice.waits_for_form("Change for somebody")
    form.choose("Or give it back", "Cancel it")
    form.choose("It is one of a series", "Do so to all 4 that remain")
    form.fill("Why", "power cut")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ 佐藤遥 will read of it.")
    world.tick()
    told = haruka.waits_for("@gpu", "Alice Weber cancelled 4 times of your series: GPU0").words
    assert "power cut" in told
    assert sum("power cut" in message.words for message in haruka.sees("@gpu")) == 1
    alice.waits_for("#gpu", "GPU0 · Alice Weber cancelled 4 of 佐藤遥’s series: ")


def test_what_deactivated_people_hold_is_given_back_in_one_tap_each(world: World) -> None:
    alice = world.person("alice")
    world.book("haruka", "tomorrow 20:00-22:00")
    world.book("haruka", "tomorrow 23:00-23:30")
    world.slack.deactivate("haruka")
    world.clock.forward(hours=2)
    alice.types("#gpu", "/gpu admin")
    panel = alice.waits_for("#gpu", "These are held by people whose accounts are deactivated:")
    assert panel.buttons.count("Give it back") == 2
    panel.press("Give it back")
    panel = alice.waits_for("#gpu", "✓ Given back: 佐藤遥")
    assert panel.buttons.count("Give it back") == 1
    last = next(line for line in panel.words.splitlines() if line.startswith("佐藤遥 · "))
    panel.press("Give it back")
    alice.waits_for("#gpu", f"✓ Given back: 佐藤遥, {last.removeprefix('佐藤遥 · ')}")
    with world.desk.database.read(world.clock()) as work:
        assert reservations.left_behind(work, world.desk.organization.id) == ()
    world.book("alice", "tomorrow 13:00-14:00")
    alice.types("#gpu", "/gpu audit")
    alice.waits_for("#gpu", "The account is deactivated.")


def test_an_admin_names_another_and_the_last_one_stays(world: World) -> None:
    alice, haruka = world.person("alice"), world.person("haruka")
    admin_panel(alice).choose("Role and limits of…", haruka.id)
    form = alice.waits_for_form("Role and limits")
    form.choose("Role", "Admin of the lab")
    form.fill("Longest booking", "14 d")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ Role and limits of 佐藤遥 are saved.")
    haruka.types("#gpu", "/gpu admin")
    panel = haruka.waits_for("#gpu", "Alice Weber, 佐藤遥")
    assert panel.buttons


def test_gpus_are_added_and_edited(world: World) -> None:
    alice = world.person("alice")
    panel = admin_panel(alice)
    panel.press("Add a GPU")
    form = alice.waits_for_form("Add a GPU")
    for label, words in (("Node", "lab-node-2"), ("Label", "GPU1"), ("Model", "A100"), ("Memory in GB", "80")):
        form.fill(label, words)
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ lab-node-2/GPU1 is saved.")
    admin_panel(alice, after=panel.ts).choose("Edit a GPU…", "GPU1 · A100")
    form = alice.waits_for_form("Edit GPU")
    assert "Empty: 7 d." in form.words
    form.fill("Longest booking", "1 h")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ lab-node-2/GPU1 is saved.", after=panel.ts)
    alice.types("#gpu", "/gpu book tomorrow 13-15 on GPU1")
    alice.waits_for("#gpu", "That is so for GPU1.")


def test_the_channel_hears_what_follows_at_once_on_something_out_of_service(world: World) -> None:
    alice = world.person("alice")
    for time, why in (("12:00-13:00", "dust"), ("13:00-14:00", "fan")):
        alice.types("#gpu", f"/gpu admin down GPU0 {time} {why}")
        alice.waits_for("#gpu", f"GPU0 would be out of service Thu 3 Dec, {time[:5]}").press("Take it out of service")
        alice.waits_for("#gpu", f'· "{why}"')
    world.book("haruka", "22:00-23:00")  # 14:00 in Berlin
    for hours, told in [(2, "until 13:00"), (1, "until 14:00"), (1, "is back in service and yours now, @佐藤遥")]:
        assert world.later(hours=hours) > 0
        last = alice.sees("#gpu")[-1]
        assert told in last.words
        assert "moves" not in last.words
        assert "⇄" not in last.words


def test_a_node_is_edited_and_taken_down_whole(world: World) -> None:
    alice = world.person("alice")
    for label in ("GPU1", "GPU2"):
        world.add_gpu("lab-node-2", label)
    admin_panel(alice).choose("Edit a node…", "lab-node-2")
    form = alice.waits_for_form("Edit node")
    form.fill("Host name", "lab-node-1")
    assert form.submit() == {"Host name": "There is a “lab-node-1” already. Choose another name."}
    form.fill("Host name", "hal-9000")
    form.fill("RAM in GB", "512")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ hal-9000 is saved.")
    alice.types("#gpu", "/gpu admin down hal-9000 until tomorrow 10 power")
    look = alice.waits_for("#gpu", "hal-9000 would be out of service Thu 3 Dec, 10:00 – Fri 4 Dec, 10:00 CET.")
    look.press("Take it out of service")
    done = alice.waits_for("#gpu", "✓ Out of service:")
    assert "GPU1" in done.words
    assert "GPU2" in done.words
    alice.types("#gpu", "/gpu audit")
    alice.waits_for("#gpu", "Host name: lab-node-2 → hal-9000")


def test_settings_of_the_lab_in_a_form(world: World) -> None:
    alice = world.person("alice")
    admin_panel(alice).press("Settings")
    form = alice.waits_for_form("Settings")
    form.fill("Time zone", "Atlantis")
    assert form.submit() == {"Time zone": "There is no such zone. Write one like Asia/Tokyo."}
    form.fill("Time zone", "Europe/Berlin")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ The settings are saved.")
    alice.types("#gpu", "/gpu audit")
    alice.waits_for("#gpu", "Time zone: Asia/Tokyo → Europe/Berlin")


def test_a_newcomer_has_the_labs_zone_and_language_as_they_are_now(world: World) -> None:
    alice = world.person("alice")
    admin_panel(alice).press("Settings")
    form = alice.waits_for_form("Settings")
    form.fill("Time zone", "Europe/Berlin")
    form.choose("Language", "日本語")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ The settings are saved.")
    world.slack.fail("users.info", status=500, times=3)
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu book 21:00-22:00")
    assert "21:00–22:00 CET" in haruka.waits_for("#gpu", "予約").words


def test_the_board_typed_elsewhere_stands_in_the_labs_channel_as_it_is_now(world: World) -> None:
    lab = Operator(world.desk.organization.id)
    with world.desk.database.begin(world.clock()) as work:
        organizations.change(work, lab, channel=world.slack.channel_id("#general"))
    alice = world.person("alice")
    alice.types("@gpu", "/gpu board")
    alice.waits_for("@gpu", "The board stands in")
    alice.waits_for("#general", "1 of 1 GPU is free now.")


def test_the_audit_comes_as_a_file_that_no_spreadsheet_takes_for_formulas(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have nothing booked.")
    held = world.book("alice", "tomorrow 13:00-18:00 for thesis")
    held.press("Cancel")
    alice.waits_for("#gpu", "✓ Cancelled")
    alice.types("#gpu", "/gpu audit csv")
    alice.waits_for("#gpu", "changes to your direct messages, as a CSV file.")
    (file,) = [file for each in alice.sees("@gpu") for file in each.pictures]
    rows = list(csv.DictReader(io.StringIO(file.data.decode())))
    assert [row["action"] for row in rows] == ["cancelled", "reserved", "added"]
    assert not any(cell[:1] in {"=", "+", "@"} for row in rows for cell in row.values())


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_what_a_field_shows_may_be_sent_back(language: str) -> None:
    reader = Reader.of(language, "Asia/Tokyo")
    visit = SimpleNamespace(reader=reader)
    lengths = [timedelta(minutes=each) for each in (1, 15, 60, 90, 24 * 60, 7 * 24 * 60, 2 * 24 * 60 + 245)]
    for rule, length in itertools.product((Rule.LONGEST, Rule.WEEK), lengths):
        assert limits._limit(visit, rule, written(rule, length, reader)) == length  # type: ignore[arg-type]
    assert limits._limit(visit, Rule.LONGEST, written(Rule.LONGEST, None, reader)) is None  # type: ignore[arg-type]


def test_fair_use_is_seen_in_the_form_and_in_the_answer(world: World) -> None:
    world.book("haruka", "20:00-22:00")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    assert "Your GPU time this week: 0 h, 0 % of the lab’s. The median is 2 h." in form.words
    form.fill("When", "today 16:00-20:00")
    assert form.submit() == {}
    answer = alice.waits_for("#gpu", "✓ Booked")
    assert "Your GPU time this week: 4 h, 67 % of the lab’s. The median is 3 h." in answer.words


def test_quiet_hours_and_reminders_are_set_in_a_form(world: World) -> None:
    alice = world.person("alice")
    admin_panel(alice).press("Settings")
    form = alice.waits_for_form("Settings")
    form.fill("Remind before the start", "30")
    form.fill("Quiet hours from", "22:00")
    assert form.submit() == {"Quiet hours until": "Pick both the start and the end of the quiet hours, or neither."}
    form.fill("Quiet hours until", "08:00")
    form.fill("Hold offers for", "20")
    assert form.submit() == {}
    world.book("alice", "13:00-14:00")
    alice.types("#gpu", "/gpu audit")
    alice.waits_for(
        "#gpu",
        "Remind before the start: 10 min → 30 min, Hold offers for: 10 min → 20 min, Quiet hours from: – → 22:00",
    )


def test_a_form_that_was_opened_on_home_is_answered_there(world: World) -> None:
    alice = world.person("alice")
    home = alice.opens_home().waits_for("Set up your lab")
    home.press("Limits")
    form = alice.waits_for_form("Limits")
    form.fill("Longest booking", "4 h")
    assert form.submit() == {}
    alice.home.waits_for("✓ The limits are saved.")
