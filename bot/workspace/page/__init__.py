"""The web page: what people see and press. Python draws the HTML; a little JavaScript keeps it alive."""

from bot.workspace.page.site import Page

__all__ = ["Page"]
