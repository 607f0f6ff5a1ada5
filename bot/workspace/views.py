"""Modals and Home tabs: opening, stacking, updating, closing."""

from __future__ import annotations

import copy
import secrets
from typing import TYPE_CHECKING, Any

from bot.workspace import blocks as block_kit
from bot.workspace import forms
from bot.workspace.errors import SlackError
from bot.workspace.state import Change, State, View

if TYPE_CHECKING:
    from bot.workspace.files import Files

Json = dict[str, Any]

MOST_STACKED = 3


class Views:
    """Keeps each person's modals in a stack and their Home tab beside it."""

    def __init__(self, state: State, files: Files) -> None:
        self._state = state
        self._files = files

    def open(self, person_id: str, payload: Json) -> View:
        """Open a modal in front of a person."""
        block_kit.check_view(payload, "modal")
        view = self._make(person_id, payload)
        self._state.modals[person_id] = [view]
        self._changed(view)
        return view

    def push(self, person_id: str, payload: Json) -> View:
        """Put a modal on top of the open ones."""
        block_kit.check_view(payload, "modal")
        stack = self._state.modals.setdefault(person_id, [])
        if len(stack) >= MOST_STACKED:
            raise SlackError("push_limit_reached")
        view = self._make(person_id, payload, below=stack[-1] if stack else None)
        stack.append(view)
        self._changed(view)
        return view

    def update(self, view: View, payload: Json, expected_hash: str | None = None) -> View:
        """Show something else in the same place; what was typed stays where the ids stay."""
        block_kit.check_view(payload, view.type)
        self._check_hash(view, expected_hash)
        view.payload = self._prepared(payload)
        view.external_id = payload.get("external_id", view.external_id)
        view.filled = forms.keep(view.payload["blocks"], view.filled)
        view.errors = {}
        view.trouble = False
        view.hash = self._new_hash()
        self._changed(view)
        return view

    def publish(self, person_id: str, payload: Json, expected_hash: str | None = None) -> View:
        """Put a Home tab in place."""
        home = self._state.homes.get(person_id)
        if home is not None:
            return self.update(home, payload, expected_hash)
        block_kit.check_view(payload, "home")
        home = self._make(person_id, payload)
        self._state.homes[person_id] = home
        self._changed(home)
        return home

    def find(self, view_id: str | None, external_id: str | None) -> View:
        """An open view, by Slack's id or the app's own."""
        for view in self._state.views.values():
            if (view_id and view.id == view_id) or (external_id and view.external_id == external_id):
                return view
        raise SlackError("not_found")

    def close(self, view: View) -> None:
        """Close one modal; the one below shows again."""
        stack = self._state.modals.get(view.person_id, [])
        if view in stack:
            stack.remove(view)
        self._state.views.pop(view.id, None)
        self._changed(view)

    def clear(self, person_id: str) -> None:
        """Close all of a person's modals."""
        for view in list(self._state.modals.get(person_id, [])):
            self.close(view)

    def as_json(self, view: View) -> Json:
        """The view as Slack hands it to the app."""
        shown = copy.deepcopy(view.payload)
        return shown | {
            "id": view.id,
            "team_id": self._state.team_id,
            "state": {"values": forms.values(view.payload["blocks"], view.filled)},
            "hash": view.hash,
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": self._state.own.app_id,
            "external_id": view.external_id,
            "app_installed_team_id": self._state.team_id,
            "bot_id": self._state.own.id,
        }

    def _make(self, person_id: str, payload: Json, below: View | None = None) -> View:
        external_id = payload.get("external_id", "")
        if external_id and any(view.external_id == external_id for view in self._state.views.values()):
            raise SlackError("duplicate_external_id")
        view_id = self._state.new_id("V")
        view = View(
            view_id,
            person_id,
            payload["type"],
            self._prepared(payload),
            self._new_hash(),
            root_id=below.root_id if below else view_id,
            previous_id=below.id if below else None,
            external_id=external_id,
        )
        self._state.views[view.id] = view
        return view

    def _prepared(self, payload: Json) -> Json:
        """The payload with everything Slack fills in."""
        self._files.check(payload["blocks"], "/view/blocks")
        defaults: Json = {
            "private_metadata": "",
            "callback_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
        }
        if payload["type"] == "modal":
            defaults |= {"close": None, "submit": None, "submit_disabled": False}
        return defaults | copy.deepcopy(payload) | {"blocks": block_kit.with_ids(payload["blocks"])}

    def _new_hash(self) -> str:
        return f"{int(self._state.clock())}.{secrets.token_hex(4)}"

    def _check_hash(self, view: View, expected: str | None) -> None:
        if expected and expected != view.hash:
            raise SlackError("hash_conflict")

    def _changed(self, view: View) -> None:
        self._state.feed.publish(Change("home" if view.type == "home" else "view", person_id=view.person_id))
