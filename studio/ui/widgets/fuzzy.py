"""Finding what is meant by a few letters. Knows no widget."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

K = TypeVar("K")


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Return `text` without capitals and accents, so that "capa" is found by "Cápa"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@dataclass(frozen=True)
class Candidate(Generic[K]):
    """Something to be found: its key, its names with their weights, and prose of which only words are found."""

    key: K
    names: tuple[tuple[str, float], ...]
    prose: str = ""

    @classmethod
    def of(cls, key: K, *names: tuple[str, float], prose: str = "") -> Candidate[K]:
        """Return a candidate with folded texts."""
        return cls(key, tuple(dict.fromkeys((fold(name), weight) for name, weight in names if name)), fold(prose))

    def score(self, query: str) -> float:
        """Return how well the candidate fits one folded word."""
        best = max((score(query, name) * weight for name, weight in self.names), default=0.0)
        if best >= _PROSE or len(query) < 2:
            return best
        return _PROSE if self.prose.startswith(query) or f" {query}" in self.prose else best


# A word of the description counts less than any part of a name, more than letters in the right order.
_PROSE = 0.3
# What is used much comes before its equals, but not before what fits better by far.
_BONUS = 0.12


def score(query: str, text: str) -> float:
    """Return how well a folded `query` fits a folded `text`, from 0 (not at all) to 1 (they are equal).

    A beginning is better than the beginning of a later word, that better than a place within a word, and that better
    than letters that are only in the right order; shorter texts are better than longer ones.

    Examples
    --------
    >>> score("den", "dense") > score("den", "a dense") > score("ens", "dense") > score("dns", "dense") > 0
    True
    """
    if query == text:
        return 1.0
    share = len(query) / max(len(text), len(query), 1)
    place = text.find(query)
    if place == 0:
        return 0.8 + 0.15 * share
    if place > 0:
        word_start = f" {query}" in text
        return (0.6 if word_start else 0.4) + 0.15 * share
    return 0.1 + 0.2 * share if _in_order(query, text) else 0.0


def _in_order(query: str, text: str) -> bool:
    at = -1
    for letter in query:
        if (at := text.find(letter, at + 1)) < 0:
            return False
    return len(query) > 1


def rank(query: str, candidates: Iterable[Candidate[K]], bonus: Callable[[K], float] | None = None) -> list[K]:
    """Return the keys of the candidates that fit all words of `query`, the best first; all of them if it is empty.

    Parameters
    ----------
    query, candidates
        What is searched for, and among what.
    bonus
        Says of a key how likely it is meant, whatever is typed, from 0 to about 1.

    Examples
    --------
    >>> candidates = [Candidate.of(name, (name, 1.0)) for name in ("dense", "drop", "a dot")]
    >>> rank("d", candidates, {"dense": 0.0, "drop": 1.0, "a dot": 1.0}.__getitem__)
    ['drop', 'dense', 'a dot']
    """
    parts: Sequence[str] = fold(query).split()
    found = []
    for position, candidate in enumerate(candidates):
        scores = [candidate.score(part) for part in parts]
        if all(scores):
            more = bonus(candidate.key) if bonus is not None else 0.0
            found.append((-sum(scores) - _BONUS * more, position, candidate.key))
    return [key for _score, _position, key in sorted(found, key=lambda item: item[:2])]
