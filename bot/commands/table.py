"""The table of commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.commands import behind
from bot.commands.gpus import named
from bot.commands.kinds import Ask, Command, End, Health, Help, History, Mine, StillBusy, Unclear


@dataclass(frozen=True)
class Verb:
    name: str  # as `bot.words` calls it
    parse: Callable[[str], Command | None]  # None: for words that mean nothing behind it
    changes: bool = False  # something, so that it is never taken from a question

    def read(self, rest: str) -> Command:
        return self.parse(rest) or Unclear(self.name, rest)


VERBS = (
    Verb("book", behind.book, changes=True),
    Verb("status", behind.status),
    Verb("who", behind.who),
    Verb("board", behind.board, changes=True),
    Verb("free", behind.free),
    Verb("picture", behind.picture),
    Verb("summary", behind.summary),
    Verb("mine", lambda _text: Mine()),
    Verb("extend", behind.extend, changes=True),
    Verb("end", lambda text: End(named(text)), changes=True),
    Verb("change", behind.change, changes=True),
    Verb("cancel", behind.cancel, changes=True),
    Verb("ask", lambda text: Ask(behind.book(text)), changes=True),
    Verb("wait", behind.wait, changes=True),
    Verb("busy", lambda text: StillBusy(named(text)), changes=True),
    Verb("quiet", behind.quiet, changes=True),
    Verb("history", behind.alone(History())),
    Verb("admin", behind.admin),
    Verb("audit", behind.audit),
    Verb("health", behind.alone(Health())),
    Verb("help", lambda _text: Help()),
)
