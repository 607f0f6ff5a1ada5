"""The words people type, one file for each language; any of them is understood, whatever somebody's own is."""

from __future__ import annotations

from bot.words.en import ENGLISH
from bot.words.ja import JAPANESE
from bot.words.ko import KOREAN
from bot.words.shape import Words

LANGUAGES: dict[str, Words] = {words.code: words for words in (ENGLISH, JAPANESE, KOREAN)}


def usage(verb: str, language: str) -> str:
    """How a command is typed, `book <when> [on <gpu>] [for <purpose>]`; in English where the language does not say."""
    verbs = LANGUAGES.get(language, ENGLISH).verbs
    return verbs.get(verb, ENGLISH.verbs[verb])[0]


def taught(verb: str, language: str) -> str:
    """The word for a command that hints name."""
    return usage(verb, language).split()[0]


__all__ = ["ENGLISH", "LANGUAGES", "Words", "taught", "usage"]
