"""The page, in a real browser: what people type, press and see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from bot.workspace import Workspace
from tests.bot.workspace import hello_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    Open = Callable[..., Page]

pytestmark = pytest.mark.browser


@pytest.fixture
def hello(slack: Workspace) -> Iterator[Workspace]:
    slack.ack_seconds = 0.5
    with hello_app.by_socket(slack):
        yield slack


@pytest.fixture
def with_shortcuts() -> Iterator[Workspace]:
    """A workspace whose app has shortcuts. Asked for before `browser`, it outlives the pages and their requests."""
    with Workspace(manifest=hello_app.with_shortcuts()) as slack, hello_app.by_socket(slack):
        yield slack


def messages(page: Page) -> Any:
    return page.get_by_role("log").get_by_role("article")


def write(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    box.fill(words)
    box.press("Enter")


def test_an_empty_channel_invites_to_a_command(hello: Workspace, browser: Open) -> None:
    page = browser(hello.url)

    page.get_by_role("button", name="Try /gpu book 13:00-18:00").click()
    expect(page.get_by_role("textbox", name="Message #gpu")).to_have_value("/gpu book 13:00-18:00")
    page.keyboard.press("Enter")

    answer = messages(page).last
    expect(answer).to_contain_text("hello book 13:00-18:00")
    expect(answer).to_contain_text("Only visible to you")


def test_slash_hints_complete_with_the_keyboard(hello: Workspace, browser: Open) -> None:
    page = browser(hello.url)
    box = page.get_by_role("textbox", name="Message")

    box.press_sequentially("/g")
    expect(page.get_by_role("option")).to_contain_text("/gpu")
    box.press("Tab")
    expect(page.get_by_role("option").first).to_contain_text("[on GPU0]")
    box.press_sequentially("st")
    box.press("Tab")
    expect(box).to_have_value("/gpu status")
    box.press("Shift+Enter")
    expect(box).to_have_value("/gpu status\n")


def test_two_windows_are_two_people(hello: Workspace, browser: Open) -> None:
    alice = browser(f"{hello.url}/?as=alice&in=%23general")
    haruka = browser(f"{hello.url}/?as=haruka")

    write(alice, "おはよう @haruka <b>&amp;")

    room = haruka.get_by_role("link", name="general")
    expect(room).to_contain_text("1")
    room.click()
    expect(messages(haruka).last).to_contain_text("おはよう @佐藤遥 <b>&amp;")
    expect(haruka.locator(".mention.me")).to_have_text("@佐藤遥")
    write(haruka, "두 사람 :tada:")
    expect(messages(alice).last.get_by_role("img", name="tada")).to_be_visible()


def test_buttons_work_and_unanswered_ones_say_so(hello: Workspace, browser: Open) -> None:
    page = browser(hello.url)
    write(page, "/gpu you")
    expect(messages(page).last).to_contain_text("hello you")

    page.get_by_role("button", name="Hang").click()
    expect(page.get_by_role("alert")).to_contain_text("did not answer in time")
    page.get_by_role("button", name="Replace").click()

    expect(messages(page)).to_have_count(1)
    expect(messages(page)).to_contain_text("replaced")


def test_menus_selects_and_questions_before_an_act(hello: Workspace, browser: Open) -> None:
    page = browser(hello.url)
    write(page, "/gpu controls")

    page.get_by_label("Pick").select_option("B")
    expect(messages(page).last).to_contain_text("chose pick b")
    page.get_by_label("More actions").click()
    page.get_by_role("menuitem", name="Drop").click()
    expect(messages(page).last).to_contain_text("chose more drop")
    expect(page.get_by_label("moment")).to_have_value("2099-12-04T05:00")  # Berlin
    page.get_by_label("moment").fill("2099-12-04T06:00")
    expect(messages(page).last).to_contain_text("chose moment 4100043600")

    question = page.get_by_role("dialog", name="Really?")
    page.get_by_role("button", name="End", exact=True).click()
    expect(question).to_contain_text("It ends now.")
    question.get_by_role("button", name="No").click()
    expect(messages(page).last).to_contain_text("chose moment")
    page.get_by_role("button", name="End", exact=True).click()
    question.get_by_role("button", name="Yes, end").click()
    expect(messages(page).last).to_contain_text("chose end end")


def test_a_form_by_keyboard_with_mistakes(hello: Workspace, browser: Open) -> None:
    page = browser(hello.url)
    write(page, "/gpu form")
    form = page.get_by_role("dialog", name="Say hello")

    form.get_by_label("To whom").press("Enter")
    expect(form.get_by_role("alert")).to_have_text("Please complete this required field.")
    form.get_by_label("To whom").fill("nobody")
    page.keyboard.press("Enter")
    expect(form.get_by_role("alert")).to_have_text("There must be somebody.")
    expect(form.get_by_label("To whom")).to_have_value("nobody")
    form.get_by_label("To whom").fill("Bob")
    form.get_by_text("Choose options").click()
    form.get_by_label("Kindly").check()
    form.get_by_role("button", name="Say it").click()

    expect(form).to_be_hidden()
    app = page.get_by_role("link", name="gpu unread")
    expect(app).to_contain_text("1")
    app.click()
    expect(messages(page).last).to_contain_text("hello Bob kind")


def test_escape_closes_a_form(hello: Workspace, browser: Open) -> None:
    page = browser(hello.url)
    write(page, "/gpu form")
    form = page.get_by_role("dialog", name="Say hello")
    expect(form).to_be_visible()

    page.keyboard.press("Escape")

    expect(form).to_be_hidden()
    assert hello.person("alice").form is None


def test_a_form_without_an_answer_keeps_everything(hello: Workspace, browser: Open) -> None:
    page = browser(hello.url)
    write(page, "/gpu form")
    form = page.get_by_role("dialog", name="Say hello")
    form.get_by_label("To whom").fill("nobody listens")

    form.get_by_role("button", name="Say it").click()

    expect(form.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    expect(form.get_by_label("To whom")).to_have_value("nobody listens")


def test_home_and_messages_of_the_app(hello: Workspace, browser: Open) -> None:
    page = browser(f"{hello.url}/?as=minjun&in=@gpu&tab=home")

    home = page.get_by_role("region", name="Home")
    expect(home).to_contain_text("Hello @김민준")
    home.get_by_role("button", name="Wave").click()
    expect(home).to_contain_text("You waved")

    page.get_by_role("link", name="Messages").click()
    write(page, "안녕")
    expect(messages(page).last).to_contain_text("you said 안녕")


def test_dates_are_shown_in_each_persons_zone(hello: Workspace, browser: Open) -> None:
    hello.person("alice").types("#gpu", "/gpu date")
    for name, seen in {
        "alice": "Dec 4, 2099 5:00",
        "haruka": "2099年12月4日 13:00",
        "minjun": "오후 1:00",
    }.items():
        page = browser(f"{hello.url}/?as={name}")
        expect(messages(page).last.locator(".text time")).to_contain_text(seen.replace("5:00", "05:00"))


def test_it_fits_a_phone(hello: Workspace, browser: Open) -> None:
    page = browser(hello.url, viewport={"width": 390, "height": 780})
    hello.person("minjun").types("#gpu", "x" * 300)

    expect(messages(page)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Show conversations").click()
    page.get_by_role("link", name="general").click()
    expect(page.get_by_role("heading", name="general").first).to_be_visible()


def test_switching_person_keeps_the_conversation(hello: Workspace, browser: Open) -> None:
    page = browser(f"{hello.url}/?as=alice&in=%23general")

    page.get_by_label("Switch person").click()
    page.get_by_role("link", name="佐藤遥 Asia/Tokyo").click()

    expect(page.get_by_label("You are 佐藤遥")).to_be_visible()
    expect(page.get_by_role("heading", name="general").first).to_be_visible()


def test_messages_that_arrive_while_home_is_open_are_counted(hello: Workspace, browser: Open) -> None:
    page = browser(f"{hello.url}/?as=minjun&in=@gpu&tab=home")
    expect(page.get_by_role("region", name="Home")).to_contain_text("Hello")

    hello.person("minjun").types("@gpu", "from my phone")

    expect(page.get_by_role("link", name="gpu unread: 1")).to_be_visible()
    page.get_by_role("link", name="Messages").click()
    expect(page.get_by_role("link", name="gpu unread")).to_be_hidden()


def test_the_page_finds_back_after_the_workspace_restarted(browser: Open) -> None:
    with Workspace() as first:
        page = browser(first.url)
        expect(page.get_by_role("textbox", name="Message")).to_be_visible()
        port = int(first.url.rsplit(":", 1)[1])
    with Workspace(port=port) as second:
        second.person("alice").types("#gpu", "back again")
        expect(messages(page)).to_contain_text("back again")


def test_a_thread_stands_beside_its_conversation(with_shortcuts: Workspace, browser: Open) -> None:
    alice, haruka = browser(f"{with_shortcuts.url}/?as=alice"), browser(f"{with_shortcuts.url}/?as=haruka&in=%23gpu")
    write(alice, "who has GPU0?")
    asked = messages(haruka).filter(has_text="who has GPU0?")
    asked.hover()
    asked.get_by_role("button", name="Reply in thread").click()
    haruka.get_by_role("textbox", name="Reply in thread").fill("me <b>, @gpu")
    haruka.keyboard.press("Enter")

    thread = haruka.get_by_role("complementary", name="Thread")
    expect(thread.get_by_role("article")).to_contain_text(["who has GPU0?", "me <b>, @gpu", "you called?"])
    expect(messages(alice)).to_have_count(1)  # the answers are told as a number
    alice.get_by_role("button", name="2 replies").click()
    beside = alice.get_by_role("complementary", name="Thread")
    expect(beside.get_by_role("article")).to_have_count(3)

    with_shortcuts.person("haruka").types("#gpu", "still me", thread=with_shortcuts.person("haruka").sees("#gpu")[0])
    expect(beside.get_by_role("article").last).to_contain_text("still me")
    beside.get_by_role("button", name="Close the thread").click()
    expect(beside).to_be_hidden()

    # Alice is an admin: with its first message the thread goes, for those who look at it too.
    messages(alice).first.hover()
    alice.get_by_label("Message actions").click()
    alice.get_by_role("menuitem", name="Delete message").click()
    expect(messages(alice)).to_have_count(0)
    expect(thread).to_be_hidden()


def test_shortcuts_anywhere_and_at_a_message(with_shortcuts: Workspace, browser: Open) -> None:
    page = browser(f"{with_shortcuts.url}/?as=alice")
    write(page, "evals tomorrow")
    messages(page).first.hover()
    page.get_by_label("Message actions").click()
    page.get_by_role("menuitem", name="Hello there").click()
    expect(messages(page).last).to_contain_text("“evals tomorrow” in gpu")

    page.get_by_label("Shortcuts").click()
    page.get_by_role("menuitem", name="Hello anywhere").click()
    expect(page.get_by_role("dialog", name="Say hello")).to_be_visible()
