"""What the canvas knows of a document beside its nodes and wires: specs, problems and pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from studio.canvas.node_item import Severity
from studio.canvas.picture import Picture, picture_of
from studio.document.analysis import Analysis, Problem
from studio.document.document import PortRef
from studio.run.messages import TensorInfo
from studio.ui.i18n import describe


class Status:
    """The latest analysis and the latest preview, by node."""

    def __init__(self) -> None:
        self.specs: Mapping[PortRef, TensorSpec] = {}
        self.parameters: Mapping[str, int] = {}
        self._shown: dict[str, TensorInfo] = {}
        self._pictures: dict[str, tuple[TensorInfo, str, Picture]] = {}
        self.stale: set[str] = set()
        """Nodes whose picture is of an earlier run; it stays, paler, so that nothing jumps."""
        self._tensors: dict[str, TensorInfo] = {}
        self.carried: Mapping[PortRef, TensorInfo] = {}
        """What the wires carried in the latest preview."""
        self._problems: Mapping[str, list[Problem]] = {}
        self._errors: Mapping[str, EngineError] = {}

    def set_analysis(self, analysis: Analysis) -> set[str]:
        """Take over an analysis and return the nodes for which something differs."""
        old, new = self.specs, analysis.specs
        changed = {ref.node for ref, spec in new.items() if (o := old.get(ref)) is not spec and o != spec}
        changed |= {ref.node for ref in old.keys() - new.keys()}
        problems: dict[str, list[Problem]] = defaultdict(list)
        for problem in analysis.problems:
            if problem.node is not None:
                problems[problem.node].append(problem)
        changed |= self._problems.keys() | problems.keys()
        self.specs, self._problems = dict(new), dict(problems)
        self.parameters = analysis.parameters
        return changed

    def set_preview(self, tensors: Mapping[PortRef, TensorInfo], errors: Mapping[str, EngineError]) -> set[str]:
        """Take over a preview and return the nodes for which something differs.

        A node that has no value this time keeps its picture as a stale one; an empty preview takes all away.
        """
        latest: dict[str, TensorInfo] = {}
        self.carried = tensors
        for ref, info in tensors.items():
            if info.picture is not None:
                latest.setdefault(ref.node, info)  # the first output stands for the node
        changed = self._errors.keys() | errors.keys()
        for id, info in latest.items():
            if self._tensors.get(id) is not info:
                self._shown[id] = info
                changed.add(id)
        stale = self._shown.keys() - latest.keys()
        changed |= stale ^ self.stale
        if not tensors and not errors:
            changed |= self._shown.keys()
            self._shown.clear()
            self._pictures.clear()
            stale = set()
        self.stale, self._tensors, self._errors = set(stale), latest, dict(errors)
        return set(changed)

    def has_picture(self, id: str, kind: str) -> bool:
        """Return whether there is something to show of a node, as one of `PICTURES`."""
        return id in self._shown and kind != "none"

    def picture(self, id: str, kind: str) -> Picture | None:
        """Return the picture of a node's value, as one of `PICTURES`."""
        if not self.has_picture(id, kind):
            return None
        info, known = self._shown[id], self._pictures.get(id)
        if known is None or known[0] is not info or known[1] != kind:
            known = self._pictures[id] = info, kind, picture_of(info, kind)
        return known[2]

    def forget(self, id: str) -> None:
        """Drop the picture of a node that is gone."""
        self._shown.pop(id, None)
        self._pictures.pop(id, None)
        self._tensors.pop(id, None)
        self.stale.discard(id)

    def severity(self, id: str) -> Severity:
        """Return how bad the worst problem of a node is."""
        found: set[Severity] = {problem.severity for problem in self._problems.get(id, ())}
        if id in self._errors:
            found.add("error")
        return "error" if "error" in found else "warning" if found else ""

    def nodes_with(self, severity: Severity) -> list[str]:
        """Return the nodes whose worst problem is of this severity."""
        return [id for id in self._problems.keys() | self._errors.keys() if self.severity(id) == severity]

    def problems(self, id: str) -> list[Problem]:
        """Return what the analysis says is wrong with a node, the worst first."""
        return sorted(self._problems.get(id, ()), key=lambda problem: problem.severity != "error")

    def words(self, id: str) -> list[str]:
        """Return the problems of a node in the language in use, the worst first, each once."""
        texts = [describe(problem.error) for problem in self.problems(id)]
        if id in self._errors:
            texts.append(describe(self._errors[id]))
        return list(dict.fromkeys(texts))
