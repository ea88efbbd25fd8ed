"""Names of dimensions that are not known until something runs: the batch, time, height and width.

Where a tensor comes from data, its axes are named by convention, channels last. Behind a node, the names are found by
asking it what it makes of numbers that stand for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from studio.document.document import Document, PortRef
from studio.document.function import Definition
from studio.document.infer import output_refs
from studio.document.outcome import outcome_of
from studio.document.reroute import origin
from studio.document.trial import Specs, Trials

BATCH: Final = "batch"
Dimension = int | str | None
"""A size, a name, or None for one that nobody can name, such as how many values of a tensor are true."""

_AXES: Final[Mapping[int, tuple[str, ...]]] = {3: ("time",), 4: ("height", "width"), 5: ("depth", "height", "width")}
#: What stands for the names while a node is asked: primes, none of which a network has by chance.
_STAND_INS: Final = {"batch": 1_009, "time": 1_013, "height": 1_019, "width": 1_021, "depth": 1_031}
#: Nodes between a tensor and the data beyond which its axes are named by convention: each is traced once more.
_MOST: Final = 60


def conventional(spec: TensorSpec) -> tuple[Dimension, ...]:
    """Return the dimensions of a tensor that comes from data, named by convention.

    Examples
    --------
    >>> conventional(TensorSpec([None, None, 64])), conventional(TensorSpec([None, 28, 28, 1]))
    (('batch', 'time', 64), ('batch', 28, 28, 1))
    """
    rank = spec.shape.rank
    names = (BATCH, *_AXES.get(rank, ()))
    found = zip(spec.shape, (*names, *(None,) * rank), strict=False)
    return tuple(name if size is None else size for size, name in found)


def dimensions(trials: Trials, document: Document, specs: Specs, ref: PortRef) -> tuple[Dimension, ...]:
    """Return the dimensions of the tensor at an output, the unknown ones by their names.

    Examples
    --------
    >>> from studio.document.catalogue import CATALOGUE
    >>> from studio.document.document import Node, Wire
    >>> from studio.document.edits import AddNode, AddWire
    >>> from studio.document.infer import Inference
    >>> document = Document()
    >>> for node in (Node("x", "data.digits"), Node("t", "op.transpose", {"perm": (2, 1, 0)})):
    ...     _ = document.apply(AddNode(node))
    >>> _ = document.apply(AddWire(Wire(PortRef("x", "x"), PortRef("t", "a"))))
    >>> specs = Inference(CATALOGUE).analyse(document).specs
    >>> dimensions(Trials(CATALOGUE), document, specs, PortRef("t", "output"))
    (8, 8, 'batch')
    """
    return _Names(trials, document, specs).of(origin(document, ref))


class _Names:
    def __init__(self, trials: Trials, document: Document, specs: Specs) -> None:
        self._trials, self._document, self._specs = trials, document, specs
        self._known: dict[PortRef, tuple[Dimension, ...]] = {}
        self._left = _MOST

    def of(self, ref: PortRef) -> tuple[Dimension, ...]:
        spec = self._specs.get(ref)
        if spec is None:
            return ()
        if None not in tuple(spec.shape):
            return tuple(spec.shape)
        if ref not in self._known:
            self._known[ref] = conventional(spec)  # for wires that lead in a circle
            self._known[ref] = self._found(ref, spec)
        return self._known[ref]

    def _found(self, ref: PortRef, spec: TensorSpec) -> tuple[Dimension, ...]:
        node = self._document.nodes.get(ref.node)
        node_type = self._trials.catalogue.get(node.type) if node is not None else None
        self._left -= 1
        if node is None or node_type is None or not node_type.inputs or self._left < 0:
            return conventional(spec)
        wired = self._document.inputs_of(node.id)
        sources = [origin(self._document, wired[name]) for name in node_type.inputs_among(wired)]
        inputs = [_filled(self._specs[s], self.of(s)) for s in sources if s in self._specs]
        if isinstance(node_type.make, Definition) or len(inputs) < len(sources):
            return conventional(spec)
        outcome = outcome_of(node_type, node.params, inputs)
        if isinstance(outcome, EngineError):
            return conventional(spec)
        refs = output_refs(node.id, node_type, len(outcome.specs))
        made = dict(zip(refs, outcome.specs, strict=True)).get(ref)
        if made is None or made.shape.rank != spec.shape.rank:
            return conventional(spec)
        pairs = zip(spec.shape, made.shape, strict=True)
        return tuple(_named(size) if before is None else before for before, size in pairs)


def _filled(spec: TensorSpec, names: tuple[Dimension, ...]) -> TensorSpec:
    """Return a spec with a number for each name."""
    return TensorSpec([_STAND_INS.get(name, None) if isinstance(name, str) else name for name in names], spec.dtype)


def _named(size: int | None) -> Dimension:
    """Return the name that a number stands for; of a multiple, such as of the batch and time laid out as one, both."""
    if size is None:
        return None
    rest, names = size, []
    for name, number in _STAND_INS.items():
        while rest % number == 0:
            rest //= number
            names.append(name)
    if not names:
        return size
    return "·".join([*([str(rest)] if rest > 1 else []), *names])
