"""Deleting heals what led through; replacing keeps what is wired."""

from __future__ import annotations

from typing import Any

import pytest
from graphs import build, example, moons, port
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import IDS, documents, fitting_edits

from studio.document.catalogue import CATALOGUE
from studio.document.document import Document, PortRef
from studio.document.edits import Edit
from studio.document.heal import remove_and_heal
from studio.document.infer import Inference
from studio.document.replace import replace_node, replacements
from studio.document.suggest import SAMPLES
from studio.document.trial import Specs, Trials

TRIALS = Trials(CATALOGUE)


def specs_of(document: Document) -> Specs:
    return Inference(CATALOGUE).analyse(document).specs


def deleted(document: Document, *ids: str, specs: Specs | None = None) -> Edit:
    """Delete nodes and return the edit that brings them back."""
    found = specs_of(document) if specs is None else specs
    return document.apply(remove_and_heal(TRIALS, document, found, ids))


# ----------------------------------------------------------------------------------------------------- delete


def test_what_led_through_a_node_is_joined() -> None:
    document = moons()
    undo = deleted(document, "hidden")
    assert document.inputs_of("output") == {"inputs": port("data.x")}
    document.apply(undo)
    assert document == moons()


def test_every_wire_of_the_output_is_joined() -> None:
    document = moons()
    deleted(document, "output")
    assert document.inputs_of("loss")["y_pred"] == document.inputs_of("accuracy")["y_pred"] == port("hidden.output")


def test_a_chain_is_joined_across_all_of_it() -> None:
    document = example("mnist_cnn")
    deleted(document, "conv_2", "pool_2", "pool_1")
    assert document.inputs_of("flatten") == {"inputs": port("conv_1.output")}


def test_a_long_chain_of_nodes_that_part_and_meet_again_is_joined() -> None:
    add = CATALOGUE["op.add"].outputs[0].name
    names = [f"add_{i}" for i in range(1500)]
    sources = ["data.x", *(f"{name}.{add}" for name in names)]
    wires = [f"{source} > {name}.{side}" for source, name in zip(sources, names, strict=False) for side in "xy"]
    document = build(
        {"data": "data.moons", **dict.fromkeys(names, "op.add"), "end": "layer.Flatten"},
        "\n".join((*wires, f"{sources[-1]} > end.inputs")),
    )
    specs = dict.fromkeys(map(port, sources), SAMPLES[1])
    deleted(document, *names, specs=specs)
    assert document.inputs_of("end") == {"inputs": port("data.x")}


def test_what_does_not_fit_is_left_open() -> None:
    document = moons()
    deleted(document, "loss")
    assert document.inputs_of("trainer") == {}  # neither the labels nor the prediction are a loss
    document = example("mnist_cnn")
    deleted(document, "image")
    assert document.inputs_of("conv_1") == {}  # (batch, 28, 28) has no channels


def test_of_several_inputs_the_first_that_fits_is_taken() -> None:
    nodes = {
        "data": "data.moons",
        "a": ("layer.Dense", {"units": 3}),
        "cast": ("op.cast", {"dtype": "bool"}),
        "which": "op.where",
        "end": "op.exp",
    }
    wires = """
        data.x > a.inputs
        a.output > cast.x
        cast.y > which.condition
        a.output > which.x
        a.output > which.y
        which.output > end.x
    """
    names = {"cast": CATALOGUE["op.cast"].outputs[0].name, "which": CATALOGUE["op.where"].outputs[0].name}
    wires = wires.replace("cast.y", f"cast.{names['cast']}").replace("which.output", f"which.{names['which']}")
    document = build(nodes, wires)
    assert document.inputs_of("end") == {"x": PortRef("which", names["which"])}
    deleted(document, "which")
    assert document.inputs_of("end") == {"x": port("a.output")}  # truth values have no exponential


@pytest.mark.parametrize(("type_id", "joined"), [("layer.Flatten", True), ("op.add", False), ("layer.NoMore", False)])
def test_without_shapes_only_one_way_through_is_trusted(type_id: str, joined: bool) -> None:
    known = CATALOGUE.get(type_id)
    name = known.inputs[0].name if known else "x"
    out = known.outputs[0].name if known else "y"
    document = build(
        {"a": "layer.Flatten", "b": type_id, "c": "layer.Flatten"},
        f"a.output > b.{name}\nb.{out} > c.inputs",
    )
    deleted(document, "b", specs={})
    assert document.inputs_of("c") == ({"inputs": port("a.output")} if joined else {})


def test_nodes_in_a_circle_are_deleted_without_a_way_out() -> None:
    document = build(
        {"a": "layer.Flatten", "b": "layer.Flatten", "c": "layer.Flatten"},
        """
        b.output > a.inputs
        a.output > b.inputs
        b.output > c.inputs
        """,
    )
    deleted(document, "a", "b")
    assert document.inputs_of("c") == {}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_deletion_is_undone_to_the_letter(data: Any) -> None:
    document = data.draw(documents())
    for _ in range(data.draw(st.integers(0, 8))):
        document.apply(data.draw(fitting_edits(document)))
    ids = data.draw(st.lists(st.sampled_from(IDS), max_size=4))
    present = [id for id in [*ids, *list(document.nodes)[:1]] if document.has(id)]
    nodes, wires, notes = list(document.nodes.items()), dict(document.wires), list(document.notes.items())
    undo = deleted(document, *present)
    assert not any(document.has(id) for id in present)
    document.apply(undo)
    assert list(document.nodes.items()) == nodes
    assert list(document.notes.items()) == notes
    assert document.wires == wires


# ---------------------------------------------------------------------------------------------------- replace


def replaced(document: Document, id: str, type_id: str) -> tuple[str, Edit]:
    old = CATALOGUE.get(document.nodes[id].type)
    edit, new_id = replace_node(document, old, CATALOGUE[type_id], id)
    return new_id, document.apply(edit)


def test_a_replaced_node_keeps_wires_place_name_and_what_both_know() -> None:
    document = moons()
    before = list(document.nodes)
    new_id, undo = replaced(document, "hidden", "layer.LSTM")
    node = document.nodes[new_id]
    assert new_id == "hidden"  # somebody chose it
    assert (node.type, node.position) == ("layer.LSTM", (200.0, 0.0))
    assert node.params == {"units": 8, "activation": "tanh"}
    assert list(document.nodes) == before
    assert set(document.wires.values()) == set(moons().wires.values())
    document.apply(undo)
    assert document == moons()


def test_an_id_that_the_program_gave_follows_the_type() -> None:
    document = build({"data": "data.moons", "dense_2": ("layer.Dense", {"units": 3})}, "data.x > dense_2.inputs")
    new_id, _undo = replaced(document, "dense_2", "op.exp")
    assert new_id == "exp"
    assert document.inputs_of("exp") == {"x": port("data.x")}
    assert document.nodes["exp"].params == {}


def test_wires_go_to_the_same_name_else_to_the_next_port() -> None:
    document = build(
        {"a": "data.moons", "sum": "op.add", "end": "layer.Flatten"},
        f"a.x > sum.x\na.x > sum.y\nsum.{CATALOGUE['op.add'].outputs[0].name} > end.inputs",
    )
    new_id, _undo = replaced(document, "sum", "op.where")
    assert document.inputs_of(new_id) == {"x": port("a.x"), "y": port("a.x")}
    new_id, _undo = replaced(document, new_id, "layer.Add")
    assert document.inputs_of(new_id) == {"inputs[0]": port("a.x"), "inputs[1]": port("a.x")}
    assert document.inputs_of("end") == {"inputs": PortRef(new_id, "output")}


def test_a_wire_without_a_port_on_the_new_type_goes() -> None:
    document = build({"a": "data.moons", "sum": "op.add"}, "a.x > sum.x\na.x > sum.y")
    new_id, undo = replaced(document, "sum", "op.exp")
    assert document.inputs_of(new_id) == {"x": port("a.x")}
    document.apply(undo)
    assert len(document.inputs_of("sum")) == 2


def test_a_value_that_the_new_type_does_not_take_is_left_behind() -> None:
    document = build({"a": ("layer.Dense", {"units": 3, "activation": "linear"})})
    new_id, _undo = replaced(document, "a", "layer.PReLU")
    assert document.nodes[new_id].params == {}


def test_what_could_take_the_place_keeps_all_wires() -> None:
    document = example("mnist_cnn")
    found = replacements(TRIALS, document, specs_of(document), "pool_1")
    assert found[0] == "layer.AveragePooling2D"
    assert {"layer.Dropout", "layer.Conv2D"} <= set(found)
    assert not {"layer.Flatten", "layer.MaxPooling2D", "layer.LSTM", "data.iris", "train.Adam"} & set(found)
    assert found.index("op.exp") < found.index("layer.Add")  # that joins two
    found = replacements(TRIALS, document, specs_of(document), "trainer")
    assert found[:2] == ["train.SGD", "train.AdamW"]
    assert all(id.startswith("train.") for id in found[:7])
    found = replacements(TRIALS, document, specs_of(document), "loss")
    assert "loss.CategoricalCrossentropy" not in found  # the labels are numbers of classes


def test_a_node_of_an_unknown_type_can_be_replaced() -> None:
    document = build({"a": "data.moons", "odd": "layer.NoMore"}, "a.x > odd.value")
    assert "layer.Flatten" in replacements(TRIALS, document, specs_of(document), "odd")
    new_id, _undo = replaced(document, "odd", "layer.Flatten")
    assert document.inputs_of(new_id) == {"inputs": port("a.x")}


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_replacement_is_undone_to_the_letter(data: Any) -> None:
    document = data.draw(documents())
    for _ in range(data.draw(st.integers(0, 6))):
        document.apply(data.draw(fitting_edits(document)))
    if not document.nodes:
        return
    id, type_id = data.draw(st.sampled_from(list(document.nodes))), data.draw(st.sampled_from(list(CATALOGUE)))
    node, nodes, wires = document.nodes[id], list(document.nodes.items()), dict(document.wires)
    new_id, undo = replaced(document, id, type_id)
    successor = document.nodes[new_id]
    assert (successor.type, successor.position, successor.title, successor.mode) == (
        type_id,
        node.position,
        node.title,
        node.mode,
    )
    document.apply(undo)
    assert list(document.nodes.items()) == nodes
    assert document.wires == wires
