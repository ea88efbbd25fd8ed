"""Trials: whether a wire would fit, and what would come out, found without changing the document or running it.

What is not known yet is given the benefit of the doubt: inputs that nobody has wired take whatever makes the node
work, and so do parameters that must be given and are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, Final

from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from engine.graph.graph import freeze
from studio.document.document import Document, PortRef, Wire
from studio.document.flat import unfolded
from studio.document.function import Definition
from studio.document.function_outcome import function_outcome
from studio.document.nodetype import Catalogue, NodeType, Port
from studio.document.outcome import Outcome, outcome_of

#: Outcomes that are kept; beyond, all are forgotten.
_KEPT: Final = 20_000
#: Attempts to complete what is not known of a node before it counts as one that does not work.
_ATTEMPTS: Final = 32
#: Functions that unfold to more nodes are not tried: a try takes 0.2 ms a node, and finding out which conversions help
#: takes hundreds. What is wrong with them shows in the analysis all the same.
LARGE: Final = 100
#: Kinds of parameters whose values depend on the rank of the input.
_BY_RANK: Final = ("ints", "axes", "value")

Specs = Mapping[PortRef, TensorSpec]


@dataclass(frozen=True)
class Fit:
    """A port that takes a tensor, and what comes out of the node then."""

    port: str
    outputs: tuple[TensorSpec, ...]


class Trials:
    """Tries wires and nodes, and remembers what came of it.

    Parameters
    ----------
    catalogue
        The node types.
    like
        Other trials, with which what is learned is shared.

    Examples
    --------
    >>> from studio.document.catalogue import CATALOGUE
    >>> trials, images = Trials(CATALOGUE), TensorSpec([None, 28, 28, 1])
    >>> trials.fit(CATALOGUE["layer.Conv2D"], images).port
    'inputs'
    >>> print(trials.fit(CATALOGUE["layer.Conv1D"], images))
    None
    """

    def __init__(self, catalogue: Catalogue, like: Trials | None = None) -> None:
        self.catalogue = catalogue
        self._known: dict[Any, Outcome] = {} if like is None else like._known
        self._attempts: dict[Any, Outcome] = {} if like is None else like._attempts

    # ---------------------------------------------------------------------------------------------- a wire

    def objection(
        self, document: Document, specs: Specs, wire: Wire, without: Wire | None = None
    ) -> EngineError | None:
        """Return why the node at the end of `wire` could not work with what the wire brings.

        None says that it can, or that it is not known: the wire brings nothing yet, a type is unknown. `without` is a
        wire that will be gone.
        """
        spec = specs.get(wire.source)
        return self.objection_to(document, specs, wire.target, spec, without) if spec is not None else None

    def objection_to(
        self, document: Document, specs: Specs, target: PortRef, spec: TensorSpec, without: Wire | None = None
    ) -> EngineError | None:
        """Return why a node could not work with a tensor of this spec at its input `target`, None if it could."""
        node = document.nodes.get(target.node)
        node_type = self.catalogue.get(node.type) if node is not None else None
        if node is None or node_type is None or node.mode or not _can_be_tried(node_type, node.params):
            return None
        wired = document.inputs_of(target.node)
        if without is not None and without.target.node == target.node:
            wired.pop(without.target.port, None)
        known = {**{port: specs.get(source) for port, source in wired.items()}, target.port: spec}
        outcome = self._attempt(node_type, node.params, known, spec)
        return outcome if isinstance(outcome, EngineError) else None

    # ----------------------------------------------------------------------------------------------- a type

    def fit(
        self,
        node_type: NodeType,
        spec: TensorSpec,
        params: Mapping[str, Any] | None = None,
        ports: Iterable[Port] | None = None,
    ) -> Fit | None:
        """Return the first port of a node of this type that takes a tensor, of all or of `ports`; None if none does."""
        for port in node_type.inputs if ports is None else ports:
            if port.control:
                continue
            if not _can_be_tried(node_type, params or {}):
                return Fit(port.name, ())
            outcome = self._attempt(node_type, params or {}, {_slot(port): spec}, spec)
            if not isinstance(outcome, EngineError):
                return Fit(port.name, tuple(outcome.specs))
        return None

    def refusal(
        self, node_type: NodeType, spec: TensorSpec, params: Mapping[str, Any] | None = None
    ) -> EngineError | None:
        """Return why the first input of a node of this type does not take a tensor, None if it does."""
        port = next((p for p in node_type.inputs if not p.control), None)
        if port is None or not _can_be_tried(node_type, params or {}):
            return None
        outcome = self._attempt(node_type, params or {}, {_slot(port): spec}, spec)
        return outcome if isinstance(outcome, EngineError) else None

    def outputs_of(
        self, node_type: NodeType, params: Mapping[str, Any], known: Mapping[str, TensorSpec | None]
    ) -> Sequence[TensorSpec] | EngineError | None:
        """Return what comes out of a node whose inputs are `known`, or why nothing does.

        None says that nobody can tell: nothing comes in yet, or a parameter is missing that what follows depends on.
        """
        spec = next((spec for spec in known.values() if spec is not None), None)
        if not _can_be_tried(node_type, params) or (spec is None and node_type.inputs):
            return None
        outcome = self._attempt(node_type, params, known, spec or TensorSpec([]))
        if isinstance(outcome, EngineError):
            return outcome
        return None if node_type.missing(params) else outcome.specs

    def suffices(self, node_type: NodeType, params: Mapping[str, Any], known: Mapping[str, TensorSpec | None]) -> bool:
        """Return whether a node works with what is `known` to come in and nothing else, as far as one can tell."""
        if any(not p.among(known) and not p.optional and not p.control for p in node_type.inputs):
            return False
        inputs = [spec for name in node_type.inputs_among(known) if (spec := known[name]) is not None]
        if len(inputs) < len(known) or not _can_be_tried(node_type, params):
            return True
        ways = _complete_params(node_type, params, inputs[0] if inputs else TensorSpec([]))
        return any(not isinstance(self._outcome(node_type, way, inputs), EngineError) for way in ways)

    def outputs(self, node_type: NodeType) -> Sequence[TensorSpec]:
        """Return what comes out of a node that has no inputs; nothing if it cannot be known."""
        if node_type.inputs or node_type.category != "data":
            return ()
        outcome = self._attempt(node_type, {}, {}, TensorSpec([]))
        return () if isinstance(outcome, EngineError) else outcome.specs

    # ------------------------------------------------------------------------------------------------ trying

    def _attempt(
        self, node_type: NodeType, given: Mapping[str, Any], known: Mapping[str, TensorSpec | None], spec: TensorSpec
    ) -> Outcome:
        """Return the first outcome that is no error, of all ways to complete inputs and parameters; else the error."""
        key = node_type.key, _frozen(given), tuple(sorted(known.items(), key=lambda item: item[0])), spec
        if key not in self._attempts:
            if len(self._attempts) >= _KEPT:
                self._attempts.clear()
            self._attempts[key] = self._try_all(node_type, given, known, spec)
        return self._attempts[key]

    def _try_all(
        self, node_type: NodeType, given: Mapping[str, Any], known: Mapping[str, TensorSpec | None], spec: TensorSpec
    ) -> Outcome:
        first: EngineError | None = None
        ways = (
            (params, inputs)
            for inputs in _complete_inputs(node_type, known, spec)
            for params in _complete_params(node_type, given, spec)
        )
        for params, inputs in islice(ways, _ATTEMPTS):
            outcome = self._outcome(node_type, params, inputs)
            if not isinstance(outcome, EngineError):
                return outcome
            first = first or outcome
        assert first is not None, "there is at least one way"
        return first

    def _outcome(self, node_type: NodeType, params: Mapping[str, Any], inputs: Sequence[TensorSpec]) -> Outcome:
        key = node_type.key, _frozen(params), tuple(inputs)
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            make = node_type.make
            if isinstance(make, Definition):
                outcome = function_outcome(make, params, inputs)
            else:
                outcome = outcome_of(node_type, params, inputs)
            if isinstance(outcome, EngineError):  # its traceback would keep all that was traced
                outcome = outcome.with_traceback(None)
                outcome.__cause__ = outcome.__context__ = None
            self._known[key] = outcome
        return self._known[key]


def _can_be_tried(node_type: NodeType, given: Mapping[str, Any]) -> bool:
    """Return whether a node can tell what it takes: no formula is missing, and what it was told is right."""
    formula = any(p.kind == "text" for p in node_type.missing(given).values())
    make = node_type.make
    if isinstance(make, Definition) and unfolded(make.functions, make.id) > LARGE:
        return False
    return make is not None and not formula and _is_valid(node_type, given)


def _is_valid(node_type: NodeType, given: Mapping[str, Any]) -> bool:
    try:
        for name, value in given.items():
            node_type.params[name].validate(value, name)
    except (KeyError, EngineError):
        return False
    return True


def _frozen(params: Mapping[str, Any]) -> Any:
    return freeze(tuple(sorted(params.items()))) if params else ()


def _slot(port: Port) -> str:
    return f"{port.name}[0]" if port.variadic else port.name


def _complete_inputs(
    node_type: NodeType, known: Mapping[str, TensorSpec | None], spec: TensorSpec
) -> Iterator[list[TensorSpec]]:
    """Yield complete inputs: what is known, and for the others one after another of what may stand in for them."""
    missing = [p for p in node_type.inputs if not p.among(known) and not p.optional and not p.control]
    others = [spec, None] if len(missing) > 1 else [None]
    for stand_in, other in product(_stand_ins(spec), others):
        inputs: list[TensorSpec] = []
        alone = False
        for port in node_type.inputs:
            wired = port.among(known)
            unknown = other if other is not None and port is not missing[0] else stand_in
            inputs += [known[name] or unknown for name in wired] or ([unknown] if port in missing else [])
            alone = alone or (port.variadic and len(wired) == 1)
        yield inputs
        if alone:  # one more wire may be to come
            yield [*inputs, stand_in]
        elif not missing and all(known.values()):
            return


def _stand_ins(spec: TensorSpec) -> Iterator[TensorSpec]:
    """Yield what usually goes with a tensor: its like, another dtype, labels, a kernel, a vector as long as it."""
    shape = tuple(spec.shape)
    yield spec
    for dtype in ("float32", "int32", "bool"):
        yield TensorSpec(shape, dtype)
    yield TensorSpec((*shape, 10), "float32")
    if shape:
        yield TensorSpec(shape[:-1], "int32")
        yield TensorSpec(shape[-1:], spec.dtype)
        yield TensorSpec((*(1,) * (len(shape) - 2), shape[-1], 1), spec.dtype)
    yield TensorSpec((), spec.dtype)
    yield TensorSpec((), "int32")


def _complete_params(node_type: NodeType, given: Mapping[str, Any], spec: TensorSpec) -> Iterator[dict[str, Any]]:
    """Yield the parameters that are given with others for those that must be and are not."""
    missing = node_type.missing(given)
    yield {**given, **{n: p.example for n, p in missing.items()}}
    by_rank = [n for n, p in missing.items() if p.kind in _BY_RANK]
    if by_rank:
        others = {n: p.example for n, p in missing.items() if n not in by_rank}
        for value in _lists(spec.shape.rank or 0):
            yield {**given, **others, **dict.fromkeys(by_rank, value)}


def _lists(rank: int) -> Iterator[tuple[Any, ...]]:
    yield (1,) * rank
    if rank:
        yield tuple(range(1, rank))  # a permutation of the axes behind the batch
        yield (0,) * rank
    yield (1,) * max(rank - 1, 0)
    yield ((0, 0),) * rank
