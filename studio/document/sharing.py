"""Shared weights: which layers have the same ones, and what keeps some that should from doing so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.core.errors import InvalidArgumentError
from studio.document.analysis import Problem
from studio.document.flat import Flat


def owner(flat: Flat, counts: Mapping[str, int], id: str) -> str:
    """Return the name that a node's weights go by: its own, or one that it has in common with others."""
    return flat.shares.get(id, id) if counts.get(id) else id


def total(flat: Flat, counts: Mapping[str, int]) -> int:
    """Return how many parameters there are, those that are shared counted once."""
    return sum({owner(flat, counts, id): count for id, count in counts.items()}.values())


def problems(flat: Flat, counts: Mapping[str, int]) -> Iterator[Problem]:
    """Yield why layers that are to share their weights cannot: they are told other things, or take other shapes."""
    first: dict[str, str] = {}
    for id, share in flat.shares.items():
        if not counts.get(id):
            continue
        other = first.setdefault(share, id)
        if flat.document.nodes[other].params != flat.document.nodes[id].params:
            yield _problem("It is to share the weights of '{other}', which has other parameters.", other, id)
        elif counts[other] != counts[id]:
            yield _problem("It is to share the weights of '{other}', which takes tensors of another shape.", other, id)


def _problem(template: str, other: str, id: str) -> Problem:
    hint = "Let one of the two functions have weights of its own, or make them alike."
    return Problem(InvalidArgumentError(template, hint=hint, other=other, node=id), id)
