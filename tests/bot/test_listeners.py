"""Who answers what, and what is one request: two listeners of one button would take each other's presses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from bot import app
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
    names: Any = Names()
    desk: Any = SimpleNamespace(command="/gpu")
    for listener in LISTENERS:
        listener.register(names, desk)
    assert names.seen["command /gpu"] == 1
    assert [name for name, times in names.seen.items() if times > 1] == []


def pressed(**more: Any) -> dict[str, Any]:
    body = {"message": "1.0", "action": "take:0", "value": "{}", "user": "U1", "trigger": "t1"} | more
    return {
        "type": "block_actions",
        "user": {"id": body["user"]},
        "container": {"type": "message", "message_ts": body["message"]},
        "actions": [{"action_id": body["action"], "value": body["value"]}],
        "trigger_id": body["trigger"],
    }


def test_a_press_is_the_same_only_of_the_same_button_by_the_same_person() -> None:
    same = [pressed(), pressed(trigger="t2")]
    others = [pressed(message="2.0"), pressed(action="take:1"), pressed(value='{"id":2}'), pressed(user="U2")]
    assert len({app._key(body) for body in same}) == 1
    assert len({app._key(body) for body in (*same, *others)}) == 5
