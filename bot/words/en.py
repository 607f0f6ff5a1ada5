"""English."""

from __future__ import annotations

from bot.words.shape import Words

ENGLISH = Words(
    code="en",
    verbs={
        "book": ("book <when> [on <gpu>] [for <purpose>]", "reserve, take"),
        "status": ("status [<day>]", "list"),
        "board": ("board [off]", ""),
        "who": ("who", ""),
        "free": ("free [<when>]", "what is free, what's free, which are free, anything free, is anything free"),
        "picture": ("picture [day|tomorrow|week|next week|last week] [node]", "chart, image"),
        "summary": ("summary [last week]", "usage, report"),
        "mine": ("mine", "my, me"),
        "extend": ("extend <length>", "longer, prolong"),
        "end": ("end [<gpu>]", "release, stop, done"),
        "change": ("change [<day>|all] [to <when>] [on <gpu>] [for <purpose>]", "move, edit, reschedule"),
        "cancel": ("cancel [<day>] [<gpu>]", "delete"),
        "ask": ("ask [<when>] [on <gpu>] [for <purpose>]", "ask for"),
        "wait": ("wait [<length>|off] [on <gpu>] [before <when>]", "waitlist, queue, wait for"),
        "busy": ("busy [<gpu>]", "still busy, occupied"),
        "quiet": ("quiet [22:00-8:00|off|lab]", "quiet hours"),
        "history": ("history", "past"),
        "admin": ("admin [down <gpu> <when> <why>]", ""),
        "audit": ("audit [csv]", "log"),
        "health": ("health", ""),
        "help": ("help", "?"),
    },
    spans={
        "day": "day, today",
        "tomorrow": "tomorrow",
        "week": "week, this week, weekly, week picture, weekly picture",
        "next week": "next week",
        "last week": "last week",
    },
    counters=r"gpus?\b|cards?\b",
    spread=r"(?:on\s+)?(?:any|different|several)\s+nodes?(?=\s|$)",
    quiet={"off": "off, none", "lab": "lab"},
    admin_verbs={"down": "down", "retire": "retire"},
    numbers={"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    manners=(
        r"(?:^|(?<=\s))(?:please|pls|plz|thanks|thank you|thx|book(?: me)?|gpus?|i(?:'d| would) like|can i have)"
        r"(?=[\s,.!?]|$)"
    ),
    fillers="on|and|my|the|at|it|is|has|now|all|uses|using|bookings?|reservations?",
    off=r"off|stop|no more|cancel",
    waits_no_more=r"(?:stop|cancel|end|leave)\s+(?:the\s+)?(?:wait(?:ing|\s?list)?|queue)",
    whole=r"(?<!\S)(?:all(?:\s+(?:of\s+)?(?:them|it))?|every\s+one|(?:the\s+)?(?:whole\s+)?series)(?!\S)",
    changed_to=r"(?:^|(?<=\s))to\s+",
    running=(
        r"(?<!\S)(?:(?:it\s+)?(?:already\s+)?(?:running|started|in\s+use|using(?:\s+it)?)(?:\s+(?:since|at|from))?|since)"
        r"(?=\s+(?:\d|noon\b|midnight\b|half\b|an?\b))\s+"
        r"|(?<!\S)(?:it(?:'s|\s+is)\s+)?already\s+(?:running|started|in\s+use|using(?:\s+it)?)\s+"
        r"(?=(?:until|till|to|for)\b)"
    ),
    ago=r"\bago\b",
)
