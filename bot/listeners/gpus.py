"""Names of GPUs that people write, and that nobody knows."""

from __future__ import annotations

import re

from bot.commands import Book
from bot.desk import Visit
from core import inventory
from core.errors import UnknownGpu


def refuse_unknown(visit: Visit, purpose: str, wish: Book) -> None:
    """`on lab-node-9`: whatever that is, it must not silently become the purpose of booking another GPU."""
    if wish.purpose:
        return
    where = re.match(r"(?:on|@)\s+(\S+)", purpose, re.IGNORECASE)
    if where:
        with visit.read() as work:
            raise UnknownGpu(where[1], inventory.gpus(work, visit.organization_id))
