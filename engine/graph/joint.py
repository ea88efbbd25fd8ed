"""From a graph to two: one that also gives what its gradient needs, and the gradient, which takes that."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.dispatch import interpreting
from engine.graph.gradient import Application, backpropagate
from engine.graph.graph import Graph, Node, Value, input_node
from engine.graph.interpret import replay
from engine.graph.trace import Tracer


@dataclass(frozen=True)
class Joint:
    """A graph and its gradient, so that nothing is computed twice.

    Parameters
    ----------
    forward
        Takes the inputs; gives the outputs, and behind them the `kept` values of its own that `backward` needs.
    backward
        Takes these, then the inputs at `inputs`, then a gradient for each output of `targets`; gives one for each
        input of `sources`.
    """

    forward: Graph
    backward: Graph
    kept: int
    inputs: tuple[int, ...]
    sources: tuple[int, ...]
    targets: tuple[int, ...]


def joint(graph: Graph) -> Joint:
    """Return a graph together with its gradient at every floating input.

    Raises
    ------
    InvalidArgumentError
        If an op on the way has no gradient.
    """
    applications: list[Application] = []
    tracer = Tracer(lambda op, inputs, outputs, attrs: applications.append(Application(op, inputs, outputs, attrs)))
    with interpreting(tracer):
        inputs = [tracer.input(v.spec) for v in graph.inputs]
        outputs = [tracer.convert(t) for t in replay(graph, inputs)]
        forward = list(applications)
        targets = [i for i, t in enumerate(outputs) if t.dtype.is_floating]
        seeds = [tracer.input(outputs[t].spec) for t in targets]
        floats = [i for i, t in enumerate(inputs) if t.dtype.is_floating]
        slopes = backpropagate(
            forward, zip([outputs[t] for t in targets], seeds, strict=True), [inputs[i] for i in floats]
        )
    found = [(i, slope) for i, slope in zip(floats, slopes, strict=True) if slope is not None]
    whole = tracer.graph([*outputs, *[slope for _, slope in found]])
    return _split(whole, len(inputs), len(outputs), tuple(i for i, _ in found), tuple(targets))


def _split(whole: Graph, inputs: int, outputs: int, sources: tuple[int, ...], targets: tuple[int, ...]) -> Joint:
    """Cut a graph between what depends on the seeds, its last inputs, and what does not."""
    seeds = whole.inputs[inputs:]
    behind: set[Node] = {v.node for v in seeds}
    for node in whole.nodes:
        if any(v.node in behind for v in node.inputs):
            behind.add(node)
    later = [n for n in whole.nodes if n in behind and n.op.name != "placeholder"]
    needed = dict.fromkeys(v for n in later for v in n.inputs if v.node not in behind)
    needed.update(dict.fromkeys(v for v in whole.outputs[outputs:] if v.node not in behind))
    position = {v: i for i, v in enumerate(whole.inputs)}
    given = [v for v in needed if v in position]
    constants = [v for v in needed if v.node.op.name == "constant"]
    kept = [v for v in needed if v not in position and v.node.op.name != "constant"]
    first = Graph(
        whole.inputs[:inputs], tuple(n for n in whole.nodes if n not in behind), (*whole.outputs[:outputs], *kept)
    )
    new: dict[Value, Value] = {v: input_node(v.spec).outputs[0] for v in (*kept, *given, *seeds)}
    nodes = [v.node for v in new.values()] + [v.node for v in constants]
    new.update({v: v for v in constants})
    for node in later:
        moved = Node(node.op, tuple(new[v] for v in node.inputs), node.attrs, node.specs, node.origin)
        nodes.append(moved)
        new.update(zip(node.outputs, moved.outputs, strict=True))
    taken = tuple(new[v] for v in (*kept, *given, *seeds))
    second = Graph(taken, tuple(nodes), tuple(new[v] for v in whole.outputs[outputs:]))
    return Joint(first, second, len(kept), tuple(position[v] for v in given), sources, targets)
