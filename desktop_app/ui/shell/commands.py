"""What the command palette finds: commands with their names, and how well a query fits one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_SYLLABLES_PER_INITIAL = 588


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to do or to go to: ``name`` and ``group`` are translated.

    ``aliases`` are further words that find it (its English name in a Korean window).
    """

    name: str
    run: Callable[[], object]
    group: str = ""
    icon: str = "arrow-right"
    keys: str = ""
    aliases: tuple[str, ...] = ()


def find(commands: Iterable[Command], query: str) -> list[Command]:
    """The commands that ``query`` fits, the best first; all of them for an empty query."""
    asked = _folded(query)
    if not asked:
        return list(commands)
    rated = []
    for place, command in enumerate(commands):
        scores = [score(asked, name) for name in (command.name, *command.aliases)]
        best = max((s for s in scores if s is not None), default=None)
        if best is not None:
            rated.append((-best, place, command))
    return [command for _, _, command in sorted(rated, key=lambda entry: entry[:2])]


def score(query: str, name: str) -> int | None:
    """How well ``query`` fits ``name``; None when it does not.

    The letters of the query must appear in order. Runs of letters and starts of words count more.
    Korean is also found by its initial consonants (ㅅㅇㅈ finds 사용자).
    """
    asked, text = _folded(query).replace(" ", ""), _folded(name)
    plain = _walk(asked, text)
    by_initials = _walk(asked, initials(text)) if _only_initials(asked) else None
    return max((s for s in (plain, by_initials) if s is not None), default=None)


def initials(text: str) -> str:
    """Each Korean syllable replaced by its initial consonant; anything else unchanged."""
    return "".join(
        _INITIALS[(ord(c) - _FIRST_SYLLABLE) // _SYLLABLES_PER_INITIAL]
        if _FIRST_SYLLABLE <= ord(c) <= _LAST_SYLLABLE
        else c
        for c in text
    )


def _only_initials(text: str) -> bool:
    return bool(text) and all(c in _INITIALS for c in text)


def _walk(asked: str, text: str) -> int | None:
    if asked in text:
        at = text.index(asked)
        bonus = 50 if at == 0 else 25 if text[at - 1] == " " else 0
        return 100 + bonus + 10 * len(asked) - min(at, 20)
    total, place, run = 0, -1, 0
    for letter in asked:
        found = text.find(letter, place + 1)
        if found < 0:
            return None
        run = run + 1 if found == place + 1 else 1
        starts_word = found == 0 or text[found - 1] == " "
        total += run + (4 if starts_word else 0)
        place = found
    return total


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()
