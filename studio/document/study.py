"""A study of a document: what flows along every wire, and what is wrong, the functions unfolded."""

from __future__ import annotations

import time
from dataclasses import replace

from studio.document import sharing
from studio.document.advice import advise
from studio.document.analysis import Analysis, Problem
from studio.document.document import Document
from studio.document.flat import Flat, flatten
from studio.document.flattened import Flattened
from studio.document.infer import Inference
from studio.document.nodetype import Catalogue
from studio.document.reroute import REROUTE_TYPE
from studio.document.wiring_errors import not_connected


class Study:
    """Analyses a document that is being edited, in slices. Close it when the document is let go.

    Parameters
    ----------
    document
        What is studied.
    catalogue
        The types of the program; those of the document's functions follow from it.
    """

    def __init__(self, document: Document, catalogue: Catalogue) -> None:
        self._flattened = Flattened(document)
        self._inference = Inference(catalogue)

    def close(self) -> None:
        """Stop following the document."""
        self._flattened.close()

    @property
    def flat(self) -> Flat:
        """The document as it is now, its functions unfolded: what the analysis is about."""
        return self._flattened.now()

    def advance(self, seconds: float = float("inf")) -> bool:
        """Learn what is new in the document, for so many seconds at most; return whether that is all."""
        end = time.perf_counter() + seconds
        if not self._flattened.advance(seconds):
            return False
        return self._inference.advance(self.flat.document, end - time.perf_counter())

    def result(self) -> Analysis:
        """Return what is known of the flat graph, all of which has been learned."""
        flat = self.flat
        return complete(flat, self._inference.result(flat.document))


def study(document: Document, catalogue: Catalogue) -> Analysis:
    """Return what is known of a document, its functions unfolded."""
    flat = flatten(document)
    return complete(flat, Inference(catalogue).analyse(flat.document))


def complete(flat: Flat, analysis: Analysis) -> Analysis:
    """Return the analysis of a flat graph with what is wrong with its functions, and what is most likely not meant."""
    if flat.entries:
        analysis = replace(analysis, problems=tuple(_at_home(flat, problem) for problem in analysis.problems))
    wrong = {p.node for p in analysis.problems}
    advice = [p for p in advise(flat.document, analysis.specs) if p.node not in wrong]
    if not flat.problems and not flat.shares and not advice:
        return analysis
    of_functions = [Problem(error, id) for id, error in flat.problems.items()]
    rest = (p for p in analysis.problems if p.node not in flat.problems)
    shared = sharing.problems(flat, analysis.parameters)
    return replace(analysis, problems=(*of_functions, *rest, *shared, *advice))


def _at_home(flat: Flat, problem: Problem) -> Problem:
    """Return a problem of an input of a function as one of the node that stands for it: there is its wire missing."""
    entry = flat.entries.get(problem.node or "")
    if entry is None or problem.port != REROUTE_TYPE.inputs[0].name:
        return problem
    return Problem(not_connected(entry.title, node=entry.node), entry.node, entry.port, problem.severity)
