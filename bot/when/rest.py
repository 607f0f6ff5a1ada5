"""What is left of a text once its time is read: the purpose, in its own spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.when import kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.fold import Folded
    from bot.when.kinds import Token

#: The letters of what says nothing between two times.
SAYS_NOTHING = " @g():?_"
#: Small words, which join what is about time; by themselves they are no purpose.
_SMALL = SAYS_NOTHING + ",+FfTK&m|"
_TRIMMED = " \t\r\n,;:：、。，.-–—~〜～→>()（）「」[]|/"


def rest_of(row: Sequence[Token], used: set[int], folded: Folded) -> str:
    """The text without the tokens at the places that were used."""
    taken = used | {i for i, token in enumerate(row) if token.kind == kinds.TAKEN}
    taken |= _between(row, taken)
    pieces: list[str] = []
    run: list[Token] = []
    for index, token in enumerate([*row, None]):
        if token is not None and index not in taken:
            run.append(token)
        else:
            if not all(each.kind in _SMALL or each.value == "topic" for each in run):
                pieces.append(folded.cut(run[0].start, run[-1].end).strip(_TRIMMED))
            run = []
    return " ".join(piece for piece in pieces if piece)


def _between(row: Sequence[Token], taken: set[int]) -> set[int]:
    """The small words that stand between used ones, and the particles right after them."""
    found: set[int] = set()
    run: list[int] = []
    for index, token in enumerate(row):
        if index in taken:
            found.update(run)
            run = []
        elif token.kind in _SMALL and (run or index - 1 in taken):
            run.append(index)
            if token.kind == kinds.GLUE and row[index - 1].kind != kinds.SPACE:
                found.add(index)
        else:
            run = []
    return found
