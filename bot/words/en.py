"""English."""

from __future__ import annotations

from bot.words.shape import Words

_TELL = ("tell me", "let me know", "lmk", "notify me", "ping me", "wake me")

ENGLISH = Words(
    code="en",
    verbs={
        "book": (
            "book <when> [on <gpu>] [for <purpose>]",
            (
                "reserve, take, grab, hold, schedule, booking, reservation, new booking, new reservation, "
                "make a booking, make a reservation, set up a booking"
            ),
        ),
        "status": ("status [<day>]", "list, show, overview, availability, the schedule, what is booked, what's booked"),
        "board": ("board [off]", ""),
        "who": ("who", "whos, who's"),
        "free": ("free [<when>]", "available, what is free, what's free"),
        "picture": ("picture [day|tomorrow|week|next week|last week] [node]", "chart, image, calendar"),
        "summary": ("summary [last week]", "usage, report, how much did we use, how much did i use"),
        "mine": (
            "mine",
            (
                "my, me, bookings, reservations, what's mine, what do i have, what have i, do i have, "
                "what am i, what did i, did i book, did i reserve, what time does my, what time is my, "
                "when am i, when is my, when does my, how much time do i have"
            ),
        ),
        "extend": ("extend <length>", "longer, prolong, keep, keep it, add"),
        "end": (
            "end [<gpu>]",
            (
                "release, stop, done, done with, all done, finish, finished, finished with, ended, free up, "
                "give back, giving back, return, my job is done, my job finished, my run is done, my run finished"
            ),
        ),
        "change": (
            "change [<day>|all] [to <when>] [on <gpu>] [for <purpose>]",
            "move, edit, reschedule, push, shift, switch, swap, make it",
        ),
        "cancel": ("cancel [<day>] [<gpu>]", "delete, remove my, drop my"),
        "ask": ("ask [<when>] [on <gpu>] [for <purpose>]", "ask for"),
        "wait": (
            "wait [<length>|off] [on <gpu>] [before <when>]",
            (
                "waitlist, waiting list, queue, queue me, wait for, put me on the waitlist, "
                "put me on the waiting list, put me on the list, add me to the waitlist, "
            )
            + ", ".join(f"{tell} {when}" for tell in _TELL for when in ("when", "if", "once", "as soon as")),
        ),
        "busy": ("busy [<gpu>]", "still busy, occupied"),
        "quiet": (
            "quiet [22:00-8:00|off|lab]",
            (
                "quiet hours, mute, do not disturb, don't disturb, stop notifying me, no notifications, "
                "stop pinging me, "
                "dont ping me, don't ping me"
            ),
        ),
        "history": ("history", "past"),
        "admin": ("admin [down <gpu> <when> <why>]", ""),
        "audit": ("audit [csv]", "log"),
        "health": ("health", ""),
        "help": (
            "help",
            (
                "?, commands, info, how do i, how can i, how to, how does this work, how do you work, "
                "what can you do, what commands"
            ),
        ),
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
    admin_verbs={"down": "down", "retire": "retire", "period": "period"},
    numbers={"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    manners=(
        r"(?:^|(?<=\s))(?:please|pls|plz|thanks|thank you|thx|book(?: me)?|gpus?|i(?:'d| would) like|can i have)"
        r"(?=[\s,.!?]|$)"
    ),
    before=(
        r"(?:(?:hi|hello|hey)(?:\s+(?:there|all|gpu|guys|everyone|folks|bot))?[\s,.!]+"
        r"|(?:mind\s+if|is\s+it\s+(?:ok|okay|fine|possible)\s+if|any\s+chance)\s+(?:i|we)\s+(?:could\s+|can\s+)?(?:use\s+)?"
        r"|(?:would|is)\s+it\s+(?:be\s+)?(?:ok|okay|possible)\s+(?:for\s+me\s+)?to\s+"
        r"|(?:(?:i(?:'m|m|\s+am)|we(?:'re|\s+are))\s+)?(?:gonna|going\s+to|planning\s+to)\s+(?:use\s+|need\s+|run\s+on\s+)?"
        r"|(?:i|we)(?:'d|\s+would)\s+need\s+"
        r"|(?:please|pls|plz|ok|okay|oh|sorry|forget\s+it|actually|never\s?mind|nvm|great|cool|perfect)[\s,.!]+"
        r"|(?:can|could|would|will|may)\s+(?:you|i|we|some(?:one|body)|any(?:one|body))\s+(?:have\s+)?|(?:i|we)(?:'d|\s+would)\s+like\s+(?:to\s+(?:use\s+|have\s+)?)?"
        r"|(?:i|we)\s+(?:want|need|have)\s+to\s+(?:use\s+|have\s+)?|(?:(?:i|we)\s+)?(?:want|need)\s+"
        r"|(?:i(?:'m|m|\s+am)|we(?:'re|\s+are))\s+(?=done|finished)|(?:i|we)\s+(?:have\s+)?(?=finished)|just\s+|(?:i|we)(?:'ll|\s+will)\s+|let\s+(?:me|us)\s+(?:have\s+|(?!know))"
        r"|(?:give|get)\s+(?:me|us)\s+|gimme\s+|(?:give|get)\s+(?=\S*gpu|\d|an?\s))"
    ),
    after=(
        r"(?:many\s+)?(?:thanks|thank\s+(?:you|u)|thx|tnx|ty|cheers)(?:\s+(?:a\s+lot|so\s+much"
        r"|very\s+much|all|everyone|guys))?"
    ),
    shows=r"(?:show|list|see|view|display|check|what\s+are|what\s+is|what's)\s+(?:me\s+)?(?:the\s+)?|current\s+",
    for_me=(
        r"(?:^|(?<=\s))(?:for\s+(?:me|us|myself)|(?<=book\s)me(?:\s+in)?|(?<=reserve\s)me"
        r"|(?<=extend\s)me)(?=[\s,.!?]|$)"
    ),
    asks_free=(
        r"(?:when|what|which|is|are|any|anything|anyone|anybody|someone|how|do\s+(?:you|we)\s+have|gpus?|cards?)\b.*\b"
        r"(?:free|available|idle|taken|busy|in\s+use|using|running)\b.*"
        r"|when\s+can\s+(?:i|we)\b.*|(?:what|which)\s+(?:gpus?|cards?)\b.*"
    ),
    free_words=(
        r"\b(?:when|what(?:'s)?|which|how(?:\s+(?:many|long))?|is|are|be|will|does|do|can|could|i|we|you|in\s+use|use|using|rn|atm|running|have|some(?:one|body)|any(?:one|body)|there|a|any|anything"
        r"|something|becomes?|gets?|(?:frees|opens)\s+up|free|available|idle|taken|busy|again|all|the|gpus?(?![\w/-])|cards?"
        r"|next\s+(?:free\s+|available\s+)?(?:slots?|time|one)|slots?)\b"
    ),
    not_yet=r"\b(?:not|never|don't|yet|almost|nearly|soon)\b|^later\b",
    mentions={
        "mine": r"^(?:(?!\bfor\b).)*\bmy\s+(?:\w+\s+)?(?:bookings?|reservations?|slots?)\b",
        "who": r"\bwho\b",
        "help": r"\bhow\b|\bcommands?\b",
        "free": r"\b(?:free|available)\b",
    },
    more=r"^\+\s*(?=\d)|\b(?:more|extra|longer)\b|\banother\s+(?=\d)|(?<=\ban)other\b",
    greetings=(
        r"(?:hi|hello|hey|hiya|yo|howdy|good\s+(?:morning|afternoon|evening))(?:\s+(?:there|all"
        r"|gpu|bot|everyone))?"
    ),
    thanks=(
        r"(?:many\s+)?(?:thanks|thank\s+(?:you|u)|thx|tnx|ty|cheers)(?:\s+(?:a\s+lot|a\s+bunch"
        r"|so\s+much|very\s+much|all))?"
    ),
    fillers=(
        "on|and|my|the|at|it|is|are|has|have|having|now|right|currently|early|all|any|every|everything|of|for|next|left|uses|session|purpose|time|gpus?|slots?|just|jobs?|used|using|booked|holds"
        "|running|bookings?|reservations?|ends?"
    ),
    off=r"off|stop|no more|cancel",
    waits_no_more=(
        r"(?:stop|cancel|end|leave)\s+(?:the\s+)?(?:wait(?:ing|\s?list)?|queue)"
        r"|(?:take|remove)\s+me\s+(?:off|from)\s+(?:the\s+)?(?:wait(?:ing)?\s?list|list|queue)"
    ),
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
