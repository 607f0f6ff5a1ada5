"""Which GPUs a text names or counts; what is left of it is time, or purpose."""

from __future__ import annotations

import re

from bot import when, words
from bot.commands.parts import content
from bot.commands.text import ascii_width, fold, take, without
from core.inventory import Wanted

# Possessive all through: what people write must not be tried in every way that it could be cut. Letters and digits are
# ASCII here, so that `GPU0で予約` names GPU0.
_FLAGS = re.IGNORECASE | re.ASCII
_BEFORE = r"(?<![!-~])"
_AFTER = r"(?=[\s,.;!?]|[^\x00-\x7f]|$)"
_COUNTER = "|".join(language.counters for language in words.LANGUAGES.values())
_NUMBERS = {word: number for language in words.LANGUAGES.values() for word, number in language.numbers.items()}
_NUMBER = rf"(?:-?[0-9]+|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_NODE = r"(?=[\d.-]*+[a-z_])[\w.-]++/"
# A number that stands apart is a name where it can be no time: `gpu 0 tomorrow`, but `gpu 9 to 12`.
_APART = r"\s\d(?=\s*+$|\s++(?!\d|(?:to|till?|until|am|pm|h|hours?|min|minutes?|days?|weeks?)\b)[a-z(@#]|[,.;!?])"
_NAME = rf"(?:(?:{_NODE})?gpu(?:(?:[a-z_-]*+\d)[\w-]*+|{_APART})|{_NODE}[a-z]*+\d++)"
_AND = r"(?:\s*+[,&+、と]\s*+|\s*+(?:와|과|하고)\s++|\s++and\s++|\s++)"
_NAMES = re.compile(
    rf"{_BEFORE}(?:on\s++|@\s*+)?+(?P<names>{_NAME}(?>(?:{_AND}{_NAME})*)){_AFTER}(?!{_COUNTER})", _FLAGS
)
_MODEL = (
    r"(?:(?:rtx|gtx|tesla|quadro)[\s-]?(?:\d{4}(?:\s?ti)?|[at]\d{1,4})|[1-5]0[5-9]0(?:\s?ti)?"
    r"|l40s|(?:gh|gb|mi|[ahlvbpt])\d{1,4}x?|titan)"
)
_COUNTED = re.compile(
    rf"{_BEFORE}(?:on\s+)?(?:(?P<any>any|an?)\s+(?:(?:free|available|idle)\s+)?)?(?:gpu(?=\d+(?:{_COUNTER})))?"
    rf"(?:(?P<count>{_NUMBER})(?=\s*[x×*]|\s+{_MODEL}|\s*(?:{_COUNTER}))\s*)?(?P<times>[x×*]\s*)?"
    rf"(?:(?P<model>{_MODEL})(?P<plural>s)?\b"
    rf"(?:\s*[x×*]\s?(?P<after>\d+)\b|\s*[をの를을]?\s*(?P<behind>{_NUMBER})(?=\s*(?:{_COUNTER})))?\s*)?"
    rf"(?:(?P<unit>{_COUNTER})(?:\s+(?:of\s+)?(?=\S{{4}})(?P<last>{_MODEL}))?)?"  # short ones, as V2, mean a version
    rf"(?:\s?の\s?(?P<kind>{_MODEL}))?{_AFTER}",
    _FLAGS,
)
_SPREAD = re.compile(rf"{_BEFORE}(?:{'|'.join(language.spread for language in words.LANGUAGES.values())})", _FLAGS)


def split_gpus(text: str) -> tuple[Wanted, str]:
    """Which GPUs, and the text without them."""
    text = ascii_width(text)
    spread, text = take(_SPREAD, text)
    named = _NAMES.search(text)
    if named:
        return Wanted(names=_names(named["names"])), without(text, named)
    for match in _COUNTED.finditer(text):
        if _counts_gpus(match):
            count = _number(match["count"] or match["after"] or match["behind"] or "1")
            return Wanted(count=count, model=_model(match), spread=spread), without(text, match)
    return Wanted(spread=spread), text


def _counts_gpus(match: re.Match[str]) -> bool:
    """`2 gpus`, `2枚`, `2x5090`, `any 5090`, `on a100` count; a bare `2` or `5090` does not."""
    if match["unit"]:
        return bool(match["count"] or match["any"] or match["model"])
    if match["model"]:
        asked = match["any"] or match["times"] or match["plural"] or match[0].casefold().startswith("on")
        return bool(asked or not match["model"].strip().isdigit())
    return False


def _number(written: str) -> int:
    return _NUMBERS.get(fold(written)) or int(written)


def _model(match: re.Match[str]) -> str | None:
    model = match["model"] or match["kind"] or match["last"]
    return model.strip() if model else None


def named(text: str) -> tuple[str, ...]:
    """Whatever stands there as a name, so that what is no GPU is told so."""
    named = _NAMES.search(ascii_width(text))
    return _names(named["names"]) if named else tuple(word for word in content(text) if _may_name(word))


def _may_name(word: str) -> bool:
    """No machine is called as in `実験終わりました`; but whoever says `明日終了` does not mean what runs now."""
    return bool(re.search(r"[\x00-\x7f]", word)) or when.names_day(word)


def _names(said: str) -> tuple[str, ...]:
    """Each once, and in one word."""
    return tuple(dict.fromkeys(name.replace(" ", "") for name in re.findall(_NAME, said, _FLAGS)))
