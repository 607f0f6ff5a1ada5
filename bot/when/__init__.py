"""Human time: `read` turns what people type into a checked range, in seven languages."""

from bot.when.reader import read, read_length, warm
from bot.when.reading import Kind, Reading, Unreadable

__all__ = ["Kind", "Reading", "Unreadable", "read", "read_length", "warm"]
