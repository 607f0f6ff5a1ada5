"""Human time: `read` turns what people type into a checked range, `read_series` into times that come again."""

from bot.when.reader import flaw_in, names_day, read, read_length, read_series, warm
from bot.when.reading import Kind, Reading, Series, Unreadable

__all__ = [
    "Kind",
    "Reading",
    "Series",
    "Unreadable",
    "flaw_in",
    "names_day",
    "read",
    "read_length",
    "read_series",
    "warm",
]
