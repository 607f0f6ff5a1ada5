"""A workspace per test, with the demo's people in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace() as workspace:
        yield workspace
