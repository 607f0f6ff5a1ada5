"""The languages, one file each."""

from __future__ import annotations

from bot.when.languages.de import GERMAN
from bot.when.languages.en import ENGLISH
from bot.when.languages.es import SPANISH
from bot.when.languages.fr import FRENCH
from bot.when.languages.ja import JAPANESE
from bot.when.languages.ko import KOREAN
from bot.when.languages.shape import Language
from bot.when.languages.zh import CHINESE

LANGUAGES: dict[str, Language] = {
    language.code: language for language in (ENGLISH, JAPANESE, KOREAN, CHINESE, GERMAN, FRENCH, SPANISH)
}

__all__ = ["LANGUAGES", "Language"]
