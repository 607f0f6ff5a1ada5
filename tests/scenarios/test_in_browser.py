"""The whole product in a real browser: what a newcomer sees in `make demo`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.scenarios.conftest import World

# One way of running is enough here: the other tells its stories without a page.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("world", ["socket-sqlite"], indirect=True)]

Open = Callable[..., Page]


def messages(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("article")


def write(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    box.fill(words)
    box.press("Enter")


def last(page: Page, words: str) -> Locator:
    """The newest message with these words."""
    found = messages(page).filter(has_text=words).last
    expect(found).to_be_visible()
    return found


def test_a_day_at_the_lab(world: World, browser: Open) -> None:
    alice, haruka = browser(f"{world.slack.url}/?as=alice"), browser(f"{world.slack.url}/?as=haruka")

    # Typed, at the invitation of the empty channel.
    alice.get_by_role("button", name="Try /gpu book 13:00-18:00").click()
    alice.keyboard.press("Enter")
    booked = last(alice, "✓ Booked GPU0 (RTX 5090) on lab-node-1 · Thu 3 Dec, 13:00–18:00 CET · 5 h")
    expect(booked).to_contain_text("Only visible to you")
    expect(booked).to_contain_text("ssh lab-node-1")
    world.tick()
    last(haruka, "GPU0 booked by Alice Weber")

    # A conflict, and the alternative at one tap.
    write(haruka, "/gpu book 22:00-23:00 for evals")
    refusal = last(haruka, "Not booked: Thu 3 Dec, 22:00–23:00 JST is taken.")
    refusal.get_by_role("button", name="GPU0 Fri 02:00–03:00").click()
    last(haruka, '✓ Booked GPU0 (RTX 5090) on lab-node-1 · Fri 4 Dec, 02:00–03:00 JST · 1 h · "evals"')
    expect(messages(haruka).filter(has_text="Not booked")).to_have_count(0)

    # By form, with a mistake on the way.
    write(alice, "/gpu book")
    form = alice.get_by_role("dialog", name="Book a GPU")
    form.get_by_label("When").fill("13:00-14:00")
    form.get_by_label("Purpose").fill("demo")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(form.get_by_role("alert")).to_have_text("You hold that time already.")
    form.get_by_label("When").fill("tomorrow 9-10")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(form).to_be_hidden()
    last(alice, 'Fri 4 Dec, 09:00–10:00 CET · 1 h · "demo"')

    # The reminders arrive where they belong.
    world.later(hours=2, minutes=50)
    alice.get_by_role("link", name="gpu unread").click()
    last(alice, "Starts in 10 min")
    world.later(minutes=10)
    last(haruka, "GPU0 is yours now, @Alice Weber")
    world.later(hours=4, minutes=45)
    ending = last(alice, "Ends in 15 min")
    expect(ending).to_contain_text("@佐藤遥 is next")

    # Home: what I hold, and the end of it.
    alice.get_by_role("link", name="Home").click()
    home = alice.get_by_role("region", name="Home")
    expect(home).to_contain_text("in use: you until 18:00")
    home.get_by_role("button", name="End now").click()
    alice.get_by_role("dialog", name="End it now?").get_by_role("button", name="End now").click()
    expect(home).to_contain_text("✓ Ended GPU0")
    world.tick()
    last(haruka, "GPU0 is free: Alice Weber has ended early")


def test_extending_at_one_tap(world: World, browser: Open) -> None:
    alice = browser(f"{world.slack.url}/?as=alice")
    write(alice, "/gpu now for 2h")
    last(alice, "✓ Booked").get_by_role("button", name="Extend by 1 h").click()
    last(alice, "✓ Extended to 13:00")


def test_changing_in_the_form(world: World, browser: Open) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.book("haruka", "tomorrow 22-24 on GPU0")  # 14:00-16:00 in Berlin
    alice = browser(f"{world.slack.url}/?as=alice")
    write(alice, "/gpu book tomorrow 13-14 on GPU0 for thesis")
    last(alice, "✓ Booked GPU0").get_by_role("button", name="Change this booking").click()
    form = alice.get_by_role("dialog", name="Change booking")
    expect(form.get_by_label("Purpose")).to_have_value("thesis")
    form.get_by_label("When").fill("tomorrow 13-15")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("Taken: GPU0: 佐藤遥")

    form.locator("summary").click()
    form.get_by_label("GPU0 · RTX 5090 32 GB").uncheck()
    form.get_by_label("GPU1 · RTX 5090 32 GB").check()
    form.get_by_label("Purpose").fill("evals")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    last(alice, '✓ Changed: GPU1 (RTX 5090) on lab-node-1 · Fri 4 Dec, 13:00–15:00 CET · 2 h · "evals"')
    world.tick()
    last(browser(f"{world.slack.url}/?as=haruka"), "GPU1 booked by Alice Weber")


def test_a_series_by_form(world: World, browser: Open) -> None:
    alice = browser(f"{world.slack.url}/?as=alice")
    write(alice, "/gpu book")
    form = alice.get_by_role("dialog", name="Book a GPU")
    form.get_by_label("When").fill("tomorrow 9-12")
    form.get_by_label("Repeat").select_option("Every weekday")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(form.get_by_role("alert")).to_have_text("Pick the last day of the series.")
    form.get_by_label("Until").fill("2026-12-11")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(form).to_be_hidden()
    last(alice, "✓ Booked 6 times: GPU0 (RTX 5090) on lab-node-1 · every weekday, 09:00–12:00 CET")

    # One of them, and then all that remain.
    write(alice, "/gpu mine")
    last(alice, "every weekday, 6 times").get_by_role("button", name="Pick any time of this series").click()
    last(alice, "Which time of this series").get_by_role("combobox").select_option("Wed 9 Dec, 09:00–12:00")
    last(alice, "Booked: GPU0").get_by_role("button", name="Cancel this booking").click()
    last(alice, "✓ Cancelled: GPU0 (RTX 5090) on lab-node-1 · Wed 9 Dec")
    write(alice, "/gpu mine")
    last(alice, "every weekday, 5 times").get_by_role("button", name="Change all that remain of this series").click()
    form = alice.get_by_role("dialog", name="Change series")
    form.get_by_label("From").fill("13:00")
    form.get_by_label("To", exact=True).fill("15:00")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    last(alice, "✓ Changed 5 times: GPU0 (RTX 5090) on lab-node-1 · every weekday, 13:00–15:00 CET")


def test_asking_for_it_and_handing_it_over(world: World, browser: Open) -> None:
    world.book("alice", "13-18 for thesis runs")
    haruka, alice = browser(f"{world.slack.url}/?as=haruka"), browser(f"{world.slack.url}/?as=alice")
    write(haruka, "/gpu book 22:00-24:00 for a demo")
    last(haruka, "Not booked").get_by_role("button", name="Ask Alice Weber").click()
    last(haruka, "✓ Asked Alice Weber for GPU0 · Thu 3 Dec, 22:00–24:00 JST · 2 h.")
    world.tick()

    alice.get_by_role("link", name="gpu unread").click()
    question = last(alice, "佐藤遥 asks you for GPU0 · Thu 3 Dec, 14:00–16:00 CET")
    question.get_by_role("button", name="Yes, hand it over").click()
    answer = last(alice, "✓ Handed over to 佐藤遥: GPU0 · Thu 3 Dec, 14:00–16:00 CET")
    expect(answer).to_contain_text("You keep:")
    expect(answer).to_contain_text("13:00–14:00 CET")
    expect(messages(alice).filter(has_text="asks you for")).to_have_count(0)
    world.later(seconds=5)
    last(haruka, "GPU0 · Alice Weber has handed it over to 佐藤遥")
    haruka.get_by_role("link", name="gpu unread").click()
    last(haruka, "✓ Alice Weber has handed it over to you: GPU0")


def test_an_admin_sets_a_limit_and_looks_before_a_gpu_goes_down(world: World, browser: Open) -> None:
    world.book("alice", "tomorrow 13:00-18:00")
    alice = browser(f"{world.slack.url}/?as=alice")
    write(alice, "/gpu admin")
    last(alice, "Settings of Lab").get_by_role("button", name="Limits").click()
    form = alice.get_by_role("dialog", name="Limits")
    form.get_by_label("Longest booking").fill("often")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_have_text("Write a length of time, like 30 min, 12 h or 7 d.")
    form.get_by_label("Longest booking").fill("4 h")
    form.get_by_role("button", name="Save").click()
    last(alice, "✓ The limits are saved.")

    write(alice, "/gpu book Sat 9:00-17:00")
    last(alice, "the longest booking is 4 h").get_by_role("button", name="GPU0 09:00–13:00").click()
    last(alice, "✓ Booked GPU0 (RTX 5090) on lab-node-1 · Sat 5 Dec, 09:00–13:00 CET")

    write(alice, "/gpu admin down GPU0 until tomorrow 15:00 fan noise")
    look = last(alice, "GPU0 would be out of service")
    expect(look).to_contain_text("moves to GPU0 Fri 4 Dec, 15:00–20:00 CET")
    look.get_by_role("button", name="Take it out of service").click()
    last(alice, "✓ Out of service")


def test_taking_what_comes_free(world: World, browser: Open) -> None:
    alice, haruka = browser(f"{world.slack.url}/?as=alice"), browser(f"{world.slack.url}/?as=haruka")
    write(alice, "/gpu now for 6h")
    booked = last(alice, "✓ Booked")
    write(haruka, "/gpu now for 4h")
    last(haruka, "Not booked").get_by_role("button", name="Wait until it comes free").click()
    last(haruka, "✓ You wait for 4 h on 1 GPU.")
    booked.get_by_role("button", name="End now").click()
    alice.get_by_role("dialog", name="End it now?").get_by_role("button", name="End now").click()
    last(alice, "Cancelled")
    world.tick()
    haruka.get_by_role("link", name="gpu unread").click()
    last(haruka, "Come free for you").get_by_role("button", name="Take it").click()
    last(haruka, "✓ Booked GPU0")


def six(world: World) -> None:
    for node, label in (("lab-node-1", "GPU1"), *(("lab-node-2", f"GPU{number}") for number in range(4))):
        world.add_gpu(node, label)


def open_home(page: Page) -> Locator:
    page.get_by_role("link", name="gpu", exact=False).last.click()
    page.get_by_role("link", name="Home").click()
    return page.get_by_role("region", name="Home")


def test_seeing_the_lab_and_its_week(world: World, browser: Open) -> None:
    """Status with buttons for each node, the picture on a dark screen, and the week in numbers."""
    six(world)
    world.slack.file_seconds = 0.05
    world.book("haruka", "now for 3h on lab-node-2/GPU0 for evals")
    alice = browser(f"{world.slack.url}/?as=alice", color_scheme="dark")
    write(alice, "/gpu status")
    status = last(alice, "5 of 6 GPUs are free now.")
    expect(status).to_contain_text("lab-node-2 · RTX 5090 · free 1–3 · busy 0 佐藤遥 → 13:00")
    status.get_by_role("button", name="lab-node-2: Week picture").click()
    last(alice, "The picture is in your direct messages with me.")
    alice.get_by_role("link", name="gpu unread").click()
    shown = last(alice, "lab-node-2 · Mon 30 Nov – Sun 6 Dec · 4 GPUs")
    picture = shown.get_by_role("img", name="lab-node-2/GPU0: 佐藤遥 Thu 3 Dec, 10:00–13:00.")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1600

    write(alice, "summary")
    told = last(alice, "GPUs, Mon 30 Nov – Sun 6 Dec")
    expect(told).to_contain_text("Booked 3 h of 1008 h (0 %): 0 h used so far, 3 h to come, 0 h given back early.")
    told.get_by_role("button", name="Picture of that week").click()
    last(alice, "Mon 30 Nov – Sun 6 Dec · 6 GPUs")


def test_home_in_korean_goes_along_with_the_lab(world: World, browser: Open) -> None:
    six(world)
    world.speaks("minjun", "ko-KR")
    home = open_home(browser(f"{world.slack.url}/?as=minjun"))
    expect(home).to_contain_text("지금 비어 있는 GPU: 6장 중 6장.")
    expect(home).to_contain_text("12월 4일(금) · 6장 중 6장 종일 비어 있음, 예약률 0%")
    world.book("alice", "tomorrow 9-12 on lab-node-1/GPU0")
    world.later(seconds=6)
    expect(home).to_contain_text("12월 4일(금) · 6장 중 5장 종일 비어 있음, 예약률 2%")
    home.get_by_role("button", name="12월 4일(금) 보기").click()
    expect(home).to_contain_text("12월 4일(금): 종일 비어 있는 GPU: 6장 중 5장.")
    expect(home).to_contain_text("• 0: 17:00–20:00 Alice Weber")


def test_home_and_picture_in_japanese_on_a_phone(world: World, browser: Open) -> None:
    six(world)
    world.slack.file_seconds = 0.05
    world.speaks("haruka", "ja-JP")
    world.person("haruka").types("#gpu", "/gpu 予約 明日13-18")
    phone = browser(f"{world.slack.url}/?as=haruka&in=%40gpu", viewport={"width": 390, "height": 844})
    write(phone, "今週の図")
    shown = last(phone, "GPU 6枚")
    expect(shown.get_by_role("img", name="佐藤遥 12月4日(金) 13:00–18:00")).to_be_in_viewport(ratio=1)
    phone.get_by_role("link", name="Home").click()
    home = phone.get_by_role("region", name="Home")
    expect(home).to_contain_text("自分のGPU 1枚")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390, "nothing reaches out of a phone"
    home.get_by_label("More actions").first.click()
    home.get_by_role("menuitem", name="今すぐ1枚予約").click()
    expect(home).to_contain_text("どのくらい使いますか")
