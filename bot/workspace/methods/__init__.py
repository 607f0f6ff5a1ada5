"""The Web API's methods, one file per family. Each is a function of `(api, args)` in the table `METHODS`."""

from __future__ import annotations

from bot.workspace.methods import apps, chat, conversations, files, users, views
from bot.workspace.methods.base import Method

METHODS: dict[str, Method] = {
    method.name: method
    for family in (apps, chat, conversations, files, users, views)
    for method in vars(family).values()
    if isinstance(method, Method)
}
