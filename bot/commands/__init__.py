"""Command text → one frozen dataclass per command. Pure: no clock, no database, no reading of time.

The table `VERBS` is what people may ask for, `bot.words` in which words; `/gpu help` prints both.
"""

from bot.commands.kinds import (
    Admin,
    Ask,
    Audit,
    Board,
    Book,
    Cancel,
    Change,
    Command,
    End,
    Extend,
    Health,
    Help,
    History,
    Mine,
    Picture,
    Quiet,
    Span,
    Status,
    StillBusy,
    Summary,
    TooMuch,
    Unclear,
    Wait,
    Who,
)
from bot.commands.parts import purpose_in, split_running, without_manners
from bot.commands.table import LONGEST, VERBS, Verb, parse
from bot.commands.verbs import nearest

__all__ = [
    "LONGEST",
    "VERBS",
    "Admin",
    "Ask",
    "Audit",
    "Board",
    "Book",
    "Cancel",
    "Change",
    "Command",
    "End",
    "Extend",
    "Health",
    "Help",
    "History",
    "Mine",
    "Picture",
    "Quiet",
    "Span",
    "Status",
    "StillBusy",
    "Summary",
    "TooMuch",
    "Unclear",
    "Verb",
    "Wait",
    "Who",
    "nearest",
    "parse",
    "purpose_in",
    "split_running",
    "without_manners",
]
