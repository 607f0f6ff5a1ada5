"""English."""

from __future__ import annotations

from bot.words.shape import Words

ENGLISH = Words(
    code="en",
    verbs={
        "book": ("book <when> [on <gpu>] [for <purpose>]", "reserve, take, get, grab, hold, schedule, new booking, new reservation, make a booking, make a reservation"),
        "status": ("status [<day>]", "list, show, overview, availability, the schedule, what is booked, what's booked"),
        "board": ("board [off]", ""),
        "who": ("who", "whos, who's"),
        "free": ("free [<when>]", "available, what is free, what's free"),
        "picture": ("picture [day|tomorrow|week|next week|last week] [node]", "chart, image, calendar"),
        "summary": ("summary [last week]", "usage, report"),
        "mine": ("mine", "my, me, what do i have, do i have, what have i, have i"),
        "extend": ("extend <length>", "longer, prolong"),
        "end": ("end [<gpu>]", "release, stop, done, done with, finish, finished, finished with, free up, give back, return"),
        "change": ("change [<day>|all] [to <when>] [on <gpu>] [for <purpose>]", "move, edit, reschedule"),
        "cancel": ("cancel [<day>] [<gpu>]", "delete, remove my, drop my"),
        "ask": ("ask [<when>] [on <gpu>] [for <purpose>]", "ask for"),
        "wait": ("wait [<length>|off] [on <gpu>] [before <when>]", "waitlist, queue, wait for, notify me when, tell me when, let me know when, let me know if, ping me when"),
        "busy": ("busy [<gpu>]", "still busy, occupied"),
        "quiet": ("quiet [22:00-8:00|off|lab]", "quiet hours"),
        "history": ("history", "past"),
        "admin": ("admin [down <gpu> <when> <why>]", ""),
        "audit": ("audit [csv]", "log"),
        "health": ("health", ""),
        "help": ("help", "?, commands, how do i, how does this work, how do you work, what can you do"),
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
    before=(
        r"(?:(?:hi|hello|hey)(?:\s+(?:there|all|gpu))?[\s,.!]+|(?:please|pls|plz|ok|okay)[\s,]+"
        r"|(?:can|could|would|will|may)\s+(?:you|i|we)\s+(?:have\s+)?|(?:i|we)(?:'d|\s+would)\s+like\s+(?:to\s+)?"
        r"|(?:i|we)\s+(?:want|need|have)\s+to\s+|(?:(?:i|we)\s+)?(?:want|need)\s+"
        r"|(?:i(?:'m|m|\s+am)|we(?:'re|\s+are))\s+(?=done|finished)|(?:i|we)(?:'ll|\s+will)\s+|let\s+(?:me|us)\s+(?:have\s+|(?!know)))"
    ),
    shows=r"(?:show|list|see|view|display|check|give|what\s+are|what\s+is)\s+(?:me\s+)?",
    for_me=r"(?:^|(?<=\s))(?:for\s+(?:me|us|myself)|(?<=book\s)me|(?<=get\s)me|(?<=reserve\s)me)(?=[\s,.!?]|$)",
    asks_free=(
        r"(?:when|what|which|is|are|any|anything|how\s+many)\b.*\b(?:free|available|idle)\b.*"
        r"|when\s+can\s+(?:i|we)\b.*"
    ),
    free_words=(
        r"\b(?:when|what|which|how\s+many|is|are|be|will|does|do|can|could|i|we|use|have|get|there|any|anything|something|one"
        r"|becomes?|gets?|free|available|idle|next|slots?|time)\b"
    ),
    more=r"^\+\s*(?=\d)|\b(?:more|extra|longer)\b|(?<=\ban)other\b",
    greetings=r"(?:hi|hello|hey|good\s+(?:morning|afternoon|evening))(?:\s+(?:there|all|gpu|everyone))?",
    thanks=r"(?:many\s+)?(?:thanks|thank\s+you|thx|ty|cheers)(?:\s+(?:a\s+lot|so\s+much|very\s+much|all))?",
    fillers=(
        "on|and|my|the|at|it|is|are|has|have|having|now|right|currently|all|any|every|everything|of|uses|used|using|booked|holds"
        "|bookings?|reservations?"
    ),
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
