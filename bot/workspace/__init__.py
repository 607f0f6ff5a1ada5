"""A Slack workspace on this machine: real Web API, Socket Mode and signed HTTP, a page, and a test driver.

It knows nothing of the product: what the app may do comes from the manifest alone. Product code never
imports it.
"""

from bot.workspace.state import Person
from bot.workspace.workspace import Workspace

__all__ = ["Person", "Workspace"]
