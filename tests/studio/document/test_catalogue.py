"""Every node type says what it is, and follows the engine's registries."""

from __future__ import annotations

import pytest

from engine.core.kinds import KINDS
from engine.core.op import OPS
from engine.data import DATASETS
from engine.keras.layers import LAYERS
from engine.keras.losses import LOSSES
from engine.keras.metrics import METRICS
from engine.keras.optimizers import OPTIMIZERS
from studio.document.catalogue import CATALOGUE, FIT_PARAMS
from studio.document.document import canonical
from studio.document.function import INPUT, OUTPUT
from studio.document.kinds import KINDS as NODE_KINDS
from studio.document.kinds import bound
from studio.document.nodetype import CATEGORIES, NodeType

every_type = pytest.mark.parametrize("node_type", CATALOGUE.values(), ids=CATALOGUE)


@every_type
def test_it_says_what_it_is(node_type: NodeType) -> None:
    assert node_type.category in CATEGORIES
    assert node_type.id.partition(".")[0] in NODE_KINDS or node_type.id in (INPUT, OUTPUT)  # these become wires
    assert node_type.title
    assert node_type.summary.endswith(".")
    assert "\n" not in node_type.summary
    assert node_type.summary.rstrip(".")[:20] in node_type.help.replace("\n", " ")


@every_type
def test_every_parameter_is_explained(node_type: NodeType) -> None:
    for name, param in node_type.params.items():
        assert param.kind in KINDS
        assert param.help.endswith("."), name
        assert param.expected, name


@every_type
def test_its_ports_have_names_of_their_own(node_type: NodeType) -> None:
    for ports in (node_type.inputs, node_type.outputs):
        names = [p.name for p in ports]
        assert len(set(names)) == len(names)
        assert all(name.isidentifier() for name in names)


@every_type
def test_what_it_takes_can_be_saved_and_read_back(node_type: NodeType) -> None:
    written = {name: canonical(p.to_json(p.example)) for name, p in node_type.params.items()}
    read = bound(node_type, written)
    assert list(read) == list(node_type.params)
    for name, param in node_type.params.items():
        assert canonical(param.to_json(read[name])) == written[name], name


def test_everything_that_is_declared_is_a_node() -> None:
    def ids(kind: str) -> set[str]:
        return {id.partition(".")[2] for id in CATALOGUE if id.startswith(f"{kind}.")}

    def classes(registry: dict[str, type]) -> set[str]:
        return {cls.__name__ for cls in registry.values()}

    assert ids("op") == {op.name for op in OPS.values() if not op.internal}
    assert ids("data") >= set(DATASETS)
    assert ids("layer") == classes(LAYERS)
    assert ids("loss") == classes(LOSSES)
    assert ids("metric") == classes(METRICS)
    assert ids("train") == classes(OPTIMIZERS)


@pytest.mark.parametrize("id", [id for id in CATALOGUE if id.startswith("train.")])
def test_trainers_can_be_told_how_to_fit(id: str) -> None:
    params = CATALOGUE[id].params
    assert set(FIT_PARAMS) <= set(params)
    assert next(iter(params)) == "learning_rate"


def test_a_slot_belongs_to_its_variadic_port() -> None:
    concat, split = CATALOGUE["op.concat"], CATALOGUE["op.split"]
    assert concat.input("values[3]") is concat.inputs[0]
    assert concat.input("values") is None
    assert split.output("values[0]") is split.outputs[0]
    assert CATALOGUE["op.add"].input("x[0]") is None
