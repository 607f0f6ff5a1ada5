"""What a language must tell so that commands can be typed in it. A new language is one file that fills in a `Words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one language. Patterns are read without regard to case and width, and must not capture."""

    code: str
    #: Command → how it is typed, for `/gpu help`, beginning with the word we teach; and other words, comma-separated.
    #: A space inside a word may be left out. A word that ends in `…` is read only in front of something.
    verbs: Mapping[str, tuple[str, str]]
    #: A day or week that can be looked at (`bot.commands.Span`) → the words for it, comma-separated.
    spans: Mapping[str, str]
    #: What counts GPUs behind a number, as a pattern: `2 gpus`, `2枚`.
    counters: str
    #: What lets several GPUs come from different nodes, as a pattern.
    spread: str
    #: What an admin does with a GPU (`down`, `retire`), or a special period (`period`) → its words, comma-separated.
    admin_verbs: Mapping[str, str]
    #: Of quiet hours: none (`off`), or those of the lab (`lab`) → the words for it, comma-separated.
    quiet: Mapping[str, str]
    #: Number words that may stand before a counter.
    numbers: Mapping[str, int] = field(default_factory=dict)
    #: What is said around a wish and means nothing to us, as a pattern of whole words.
    manners: str = r"(?!)"
    #: What is said before a wish, as a pattern of whole words: `hi`, `can you`, `i want to`.
    before: str = r"(?!)"
    #: What is said behind a wish, as a pattern: `thanks!`.
    after: str = r"(?!)"
    #: What is grammar and no purpose where it is left over, as a pattern of whole words: `もらえますか`, `합니다`.
    grammar: str = r"(?!)"
    #: What joins a reason to the wish that follows, as a pattern: `終わったので`, `끝나서`.
    because: str = r"(?!)"
    #: What stands between a GPU and another one instead, as a pattern: `GPU0からGPU1に`.
    instead: str = r"(?!)"
    #: What asks to be shown something, before the command that shows it, as a pattern: `show me`.
    shows: str = r"(?!)"
    #: For whom a GPU is booked, where that is who speaks, as a pattern: `for me`.
    for_me: str = r"(?!)"
    #: The whole of a question what is free, as a pattern; and the words that then tell no time and no GPU.
    asks_free: str = r"(?!)"
    free_words: str = r"(?!)"
    #: What says that something is not so, or not yet, as a pattern: `not done yet`, `もうすぐ終わります`.
    not_yet: str = r"(?!)"
    #: Where nothing else can be made of a text: the command that is most likely meant → what shows it, as a pattern.
    mentions: Mapping[str, str] = field(default_factory=dict)
    #: What makes of a length so much longer, as a pattern: `2 more hours`, `もう1時間`.
    more: str = r"(?!)"
    #: The whole of a greeting, and of thanks, as patterns.
    greetings: str = r"(?!)"
    thanks: str = r"(?!)"
    #: Words around the name of a GPU or a booking, as a pattern: `my`, `私の`.
    fillers: str = r"(?!)"
    #: What says that one wants no more of it, as a pattern: `off`, `やめる`.
    off: str = r"(?!)"
    #: The whole of a wish to be off the waiting list, as a pattern: `stop waiting`, `空き待ちをやめる`.
    waits_no_more: str = r"(?!)"
    #: What says that all of a series is meant, as a pattern: `all`, `全部`.
    whole: str = r"(?!)"
    #: What stands between a booking and what it is changed to, as a pattern: `friday to 10-13`, `金曜を10-13に`.
    changed_to: str = r"(?!)"
    #: What turns a verb into a request, as a pattern: `予約して`, `예약해줘`. With any, the verb may come last.
    endings: str = ""
    #: Of those endings the ones that ask whether it may be done, as a pattern: `できますか`, `될까요`.
    asking: str = r"(?!)"
    #: Particles between what is wanted and the verb behind it, as a pattern. It gives nothing back by an atomic group:
    #: Python 3.11.2 loses its place in a possessive one that looks behind.
    joints: str = ""
    #: How what is wanted may begin right behind a verb, with no space, as a pattern.
    attached: str = r"(?!)"
    #: What marks a purpose, as a pattern at its end that says nothing itself: `のため`, `을 위해`.
    purpose_marks: str = r"(?!)"
    #: What says of a time that the work began then, as a pattern: `since`, `使用中`.
    running: str = r"(?!)"
    #: What places a start in the past, as a pattern: `ago`, `前から`.
    ago: str = r"(?!)"

    def of(self, verb: str) -> tuple[str, ...]:
        """Every word for a command, the one we teach first."""
        usage, others = self.verbs.get(verb, ("", ""))
        return tuple(word.strip(" …") for word in [*usage.split()[:1], *others.split(",")] if word.strip())

    def behind(self, verb: str) -> tuple[str, ...]:
        """Those of them that may come last."""
        in_front = {word.strip(" …") for word in self.verbs.get(verb, ("", ""))[1].split(",") if word.endswith("…")}
        return tuple(word for word in self.of(verb) if word not in in_front)
