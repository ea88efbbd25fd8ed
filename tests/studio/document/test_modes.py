"""Bypassed nodes pass their inputs on, muted ones are left out with what needs them; both say so."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import MOON_WIRES, MOONS, build, moons, port
from lowering import program_of, refusal, weights

from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.edits import SetMode, SetParams
from studio.document.file import dumps, loads
from studio.document.infer import Inference
from studio.document.lower import Program
from studio.document.modes import Mode
from studio.document.nodetype import Catalogue, NodeType, Port


def analysed(document: Document) -> tuple[dict[str, str], dict[str, str]]:
    """Return the specs of the outputs, and the problems by node with their severity before them."""
    found = Inference(CATALOGUE).analyse(document)
    specs = {f"{ref.node}.{ref.port}": str(spec) for ref, spec in found.specs.items()}
    return specs, {str(p.node): f"{p.severity}: {p.error}" for p in found.problems}


def with_modes(**modes: Mode) -> Document:
    document = moons()
    document.apply(SetMode(modes))
    return document


def test_a_bypassed_layer_passes_its_input_on() -> None:
    document = with_modes(hidden="bypass")
    specs, problems = analysed(document)
    assert specs["hidden.output"] == specs["data.x"] == "float32 (None, 2)"
    assert problems == {}
    program = program_of(document)
    assert "hidden" not in weights(program)
    values = program.values().tensors
    assert np.array_equal(values[port("hidden.output")], values[port("data.x")])
    training = program.training()
    assert [tuple(v.shape) for v in training.model.trainable_variables] == [(2, 2), (2,)]


def test_bypassed_nodes_one_behind_the_other() -> None:
    document = build(
        {
            "a": ("data.constant", {"value": [1.0, 2.0]}),
            "b": "op.exp",
            "bend": "view.reroute",
            "c": "op.add",
            "d": "op.negative",
        },
        "a.output > b.x\n b.output > bend.input\n bend.output > c.x\n a.output > c.y\n c.output > d.x",
    )
    document.apply(SetMode({"b": "bypass", "c": "bypass"}))
    values = program_of(document).values()
    assert values.errors == {}
    assert np.array_equal(values.tensors[port("d.output")], [-1.0, -2.0])


def test_what_is_no_substitute_is_not_passed_on() -> None:
    _specs, problems = analysed(with_modes(loss="bypass", data="bypass"))
    assert problems["loss"].startswith("error: Sparse categorical crossentropy cannot be bypassed")
    assert problems["data"].startswith("error: Moons cannot be bypassed")


def test_a_bypassed_node_without_its_input_says_so_and_needs_no_other() -> None:
    document = build({"a": ("data.constant", {"value": [1.0]}), "sum": "op.add"}, "a.output > sum.y")
    document.apply(SetMode({"sum": "bypass"}))
    assert analysed(document)[1] == {"sum": "error: The input 'x' is not connected. Drag a wire to it."}
    document = build({"a": ("data.constant", {"value": [1.0]}), "sum": "op.add"}, "a.output > sum.x")
    document.apply(SetMode({"sum": "bypass"}))
    assert analysed(document) == ({"a.output": "float32 (1,)", "sum.output": "float32 (1,)"}, {})


def test_a_variadic_input_passes_its_first_wire_on() -> None:
    document = build(
        {"a": ("data.constant", {"value": [1.0]}), "b": ("data.constant", {"value": [2.0, 3.0]}), "sum": "layer.Add"},
        "b.output > sum.inputs[4]\n a.output > sum.inputs[11]",
    )
    document.apply(SetMode({"sum": "bypass"}))
    assert np.array_equal(program_of(document).values().tensors[port("sum.output")], [2.0, 3.0])


def test_a_muted_node_is_left_out_with_all_that_needs_it_and_they_say_so() -> None:
    document = with_modes(output="mute")
    specs, problems = analysed(document)
    assert "output.output" not in specs
    assert "hidden.output" in specs
    words = "warning: This is left out: it needs 'output', which is muted."
    assert {id: text[: len(words)] for id, text in problems.items()} == dict.fromkeys(
        ("loss", "accuracy", "trainer"), words
    )
    program = program_of(document)
    assert {s.id for s in program.steps} == {"data", "hidden"}
    assert "it needs 'output', which is muted" in str(refusal(document))


def test_of_two_muted_nodes_the_same_one_is_named_whichever_was_wired_first() -> None:
    wires = ["a.output > sum.x", "b.output > sum.y"]
    nodes = {"a": ("data.constant", {"value": 1.0}), "b": ("data.constant", {"value": 1.0}), "sum": "op.add"}
    said = []
    for order in (wires, wires[::-1]):
        document = build(nodes, "\n".join(order))
        document.apply(SetMode({"a": "mute", "b": "mute"}))
        said.append(analysed(document)[1])
    assert said[0] == said[1]
    assert "it needs 'a'" in said[0]["sum"]


def test_a_muted_node_that_is_wrong_complains_no_more() -> None:
    document = moons()
    document.apply(SetParams("accuracy", {"name": 3}))
    assert "accuracy" in analysed(document)[1]
    document.apply(SetMode({"accuracy": "mute"}))
    assert analysed(document)[1] == {}
    training = program_of(document).training()
    assert training.metrics == ()


def test_a_muted_trainer_leaves_the_other_one_to_train() -> None:
    document = build(
        {**MOONS, "second": ("train.SGD", {"learning_rate": 0.1})}, MOON_WIRES + "loss.loss > second.loss[0]"
    )
    assert "2 trainers" in str(refusal(document))
    document.apply(SetMode({"trainer": "mute"}))
    assert program_of(document).training().trainer == "second"
    document.apply(SetMode({"second": "mute"}))
    error = refusal(document)
    assert "The trainer is muted." in str(error)
    assert error.node == "trainer"


def test_what_is_optional_is_done_without() -> None:
    catalogue: Catalogue = Catalogue("node type")
    for id, node_type in CATALOGUE.items():
        catalogue.add(id, node_type)
    ports = (Port("x"), Port("y", optional=True))
    catalogue.add("view.sum", NodeType("view.sum", "view", "Sum", "", ports, (Port("output"),), make=lambda *v: sum(v)))
    document = build(
        {"a": ("data.constant", {"value": [1.0]}), "b": ("data.constant", {"value": [2.0]}), "sum": "view.sum"},
        "a.output > sum.x\n b.output > sum.y",
    )
    assert np.array_equal(program_of(document, catalogue).values().tensors[port("sum.output")], [3.0])
    document.apply(SetMode({"b": "mute"}))
    program = program_of(document, catalogue)
    assert program.problems == {}
    assert np.array_equal(program.values().tensors[port("sum.output")], [1.0])


def test_a_layer_keeps_its_weights_while_it_takes_no_part() -> None:
    document = moons()
    program = Program(CATALOGUE)
    program.update(document)
    trained = [w + 1 for w in weights(program)["hidden"]]
    next(s for s in program.steps if s.id == "hidden").made.set_weights(trained)
    for modes in ({"hidden": "mute"}, {"hidden": "bypass"}, {"hidden": "", "data": "mute"}):
        document.apply(SetMode(modes))
        program.update(document)
        assert "hidden" not in weights(program)
    document.apply(SetMode({"data": ""}))
    program.update(document)
    assert all(map(np.array_equal, weights(program)["hidden"], trained))


@pytest.mark.parametrize("mode", ["mute", "bypass", ""])
def test_modes_are_followed_edit_by_edit(mode: Mode) -> None:
    document = moons()
    inference = Inference(CATALOGUE)
    inference.analyse(document)
    for change in ({"hidden": "bypass"}, {"data": "mute"}, {"hidden": mode, "data": ""}, {"loss": mode}):
        document.apply(SetMode(change))
        found, wanted = inference.analyse(document), Inference(CATALOGUE).analyse(document)
        assert (found.specs, found.parameters) == (wanted.specs, wanted.parameters)
        assert [(p.node, str(p.error)) for p in found.problems] == [(p.node, str(p.error)) for p in wanted.problems]


def test_modes_are_saved() -> None:
    document = with_modes(hidden="bypass", data="mute")
    assert loads(dumps(document)) == document
    with pytest.raises(Exception, match="It takes 'bypass', 'mute'"):
        loads(dumps(document).replace('"bypass"', '"asleep"'))
