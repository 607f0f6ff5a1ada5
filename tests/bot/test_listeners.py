"""Who answers what: two listeners of one button would take each other's presses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from bot.listeners import LISTENERS


class Names:
    """Stands in for the app, and writes down what is registered."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def register(name: object = "", *_more: object, **_constraints: object) -> Callable[[Any], Any]:
            if kind != "event":  # several may hear of one: they sort out by matchers whose it is
                self.seen[f"{kind} {getattr(name, 'pattern', name)}"] += 1
            return lambda listener: listener

        return register


def test_every_button_form_and_shortcut_has_one_listener() -> None:
    app: Any = Names()
    desk: Any = SimpleNamespace(command="/gpu")
    for listener in LISTENERS:
        listener.register(app, desk)
    assert app.seen["command /gpu"] == 1
    assert [name for name, times in app.seen.items() if times > 1] == []
