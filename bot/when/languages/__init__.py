"""The languages, one file each."""

from __future__ import annotations

from bot.when.languages.en import ENGLISH
from bot.when.languages.shape import Language

LANGUAGES: dict[str, Language] = {language.code: language for language in (ENGLISH,)}

__all__ = ["LANGUAGES", "Language"]
