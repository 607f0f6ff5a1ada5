"""Human time: `read` turns what people type into a checked range, `read_series` into times that come again."""

from bot.when.reader import read, read_length, read_series, tells_time, warm
from bot.when.reading import Kind, Reading, Series, Unreadable

__all__ = ["Kind", "Reading", "Series", "Unreadable", "read", "read_length", "read_series", "tells_time", "warm"]
