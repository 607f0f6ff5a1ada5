"""Command text → one frozen dataclass per command. Pure: no clock, no database; what time is meant is read later.

The table `VERBS` is what people may ask for, `bot.words` in which words; `/gpu help` prints both.
"""

from bot.commands.behind import picture
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
    Thanks,
    TooMuch,
    Unclear,
    Wait,
    Who,
)
from bot.commands.parts import addressed, purpose_in, split_running, without_manners
from bot.commands.sentences import LONGEST, parse
from bot.commands.table import VERBS, Verb
from bot.commands.verbs import names_another, nearest

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
    "Thanks",
    "TooMuch",
    "Unclear",
    "Verb",
    "Wait",
    "Who",
    "addressed",
    "names_another",
    "nearest",
    "parse",
    "picture",
    "purpose_in",
    "split_running",
    "without_manners",
]
