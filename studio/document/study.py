"""A study of a document: what flows along every wire, and what is wrong, the functions unfolded."""

from __future__ import annotations

from dataclasses import replace

from studio.document import sharing
from studio.document.advice import advise
from studio.document.analysis import Analysis, Problem
from studio.document.document import Document
from studio.document.flat import Flat
from studio.document.flattened import Flattened
from studio.document.infer import Inference
from studio.document.nodetype import Catalogue


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
        return self._inference.advance(self.flat.document, seconds)

    def result(self) -> Analysis:
        """Return what is known of the flat graph, all of which has been learned."""
        flat = self.flat
        return complete(flat, self._inference.result(flat.document))


def complete(flat: Flat, analysis: Analysis) -> Analysis:
    """Return the analysis of a flat graph with what is wrong with its functions, and what is most likely not meant."""
    wrong = {p.node for p in analysis.problems}
    advice = [p for p in advise(flat.document, analysis.specs) if p.node not in wrong]
    if not flat.problems and not flat.shares and not advice:
        return analysis
    of_functions = [Problem(error, id) for id, error in flat.problems.items()]
    rest = (p for p in analysis.problems if p.node not in flat.problems)
    shared = sharing.problems(flat, analysis.parameters)
    return replace(analysis, problems=(*of_functions, *rest, *shared, *advice))
