"""The demo's clock: moved from the page, for everybody and every process at once."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from bot.workspace import Workspace
from bot.workspace.clock import MovableClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Open = Callable[..., Page]

TELL = """
import sys
from pathlib import Path
from bot.workspace.clock import MovableClock
print(MovableClock(Path(sys.argv[1]))())
"""


def test_whoever_opens_it_moves_with_it(tmp_path: Path) -> None:
    clock, other = MovableClock(tmp_path / "clock"), MovableClock(tmp_path / "clock")
    assert clock() == pytest.approx(time.time(), abs=5)
    clock.forward(3600)
    assert other() == pytest.approx(time.time() + 3600, abs=5)
    assert other.now().timestamp() == pytest.approx(other(), abs=5)
    told = subprocess.run([sys.executable, "-c", TELL, tmp_path / "clock"], capture_output=True, text=True, check=True)
    assert float(told.stdout) == pytest.approx(clock(), abs=20)
    with pytest.raises(ValueError, match="forward"):
        clock.forward(-1)


def test_messages_come_later_after_it_was_moved(tmp_path: Path) -> None:
    with Workspace(clock=MovableClock(tmp_path / "clock")) as slack:
        alice = slack.person("alice")
        alice.types("#general", "before")
        slack.forward(600)
        alice.types("#general", "after")
        before, after = (float(message.ts) for message in alice.sees("#general"))
        assert 600 <= after - before < 660


def test_another_clock_cannot_be_moved() -> None:
    with Workspace() as slack, pytest.raises(LookupError):
        slack.forward(1)


@pytest.mark.browser
def test_it_is_moved_on_the_page(tmp_path: Path, browser: Open) -> None:
    clock = MovableClock(tmp_path / "clock")
    with Workspace(clock=clock) as slack:
        page, other = browser(slack.url), browser(f"{slack.url}/?as=haruka")
        shown = other.locator("#clock").inner_text()
        page.get_by_role("button", name="+10 min").click()
        expect(other.locator("#clock")).not_to_have_text(shown)
        assert clock.ahead == 600
        page.get_by_role("button", name="To the next reminder").click()
        expect(page.get_by_role("status")).to_contain_text("nothing is due")
        slack.state.next_moment = lambda: clock() + 7200
        page.get_by_role("button", name="To the next reminder").click()
        page.wait_for_function("() => true")
        slack.settle(lambda: clock.ahead > 7200)


@pytest.mark.browser
def test_a_phone_shows_the_same_page(browser: Open) -> None:
    with Workspace() as slack:
        phone = browser(f"{slack.url}/phone?as=haruka").frame_locator("iframe")
        phone.get_by_role("textbox", name="Message #gpu").fill("もしもし")
        phone.get_by_role("button", name="Send").click()
        expect(phone.get_by_role("log")).to_contain_text("もしもし")
        phone.get_by_role("button", name="Show conversations").click()
        expect(phone.get_by_role("link", name="general")).to_be_visible()
