"""The README says what the code does: every command, every setting, every file it names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot import words
from bot.commands import VERBS, Verb
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_command_is_there(verb: Verb) -> None:
    usage = words.usage(verb.name, "en").replace("|", r"\|")  # a bare one would begin another cell
    assert f"| `{usage}` |" in README


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_there(name: str) -> None:
    assert f"| `{name.upper()}` |" in README


def test_it_says_what_is_not_promised_without_the_scopes_to_look() -> None:
    """tests/scenarios/test_faults.py shows that it is so."""
    assert "Without the `history` scopes" in README
    assert "one may come twice after a crash, and still none is lost" in " ".join(README.split())


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    needed = [requirement for group in groups for requirement in group]
    table = README[README.index("## What it stands on") :].casefold()
    for requirement in needed:
        name = re.split(r"[\[<>=]", requirement)[0].casefold()
        if name != "gpu-slots" and not name.startswith("types-"):
            assert name in table, name


def test_every_module_is_in_the_layout() -> None:
    layout = README[README.index("    core/  ") : README.index("    tests/  ")]
    core, bot = layout.split("    bot/  ")
    for words_of, room in ((core, "core"), (bot, "bot")):
        named = set(re.findall(r"\w+", words_of))
        there = {
            path.stem for path in (ROOT / room).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
        }
        assert {name for name in there if name[0] != "_"} <= named


def test_every_picture_and_page_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
