"""What is known of a document before it runs: specs of every wire, and problems on the node they belong to."""

from __future__ import annotations

from typing import Any

import pytest
from graphs import MOON_WIRES, MOONS, build, example, moons, port, wire
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from studio.document import kinds
from studio.document.analysis import Analysis
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document, Node, PortRef
from studio.document.edits import UNSET, AddNode, AddWire, RemoveWire, SetMode, SetParams, connect, remove
from studio.document.history import History
from studio.document.infer import Inference, ordered
from studio.document.study import Study


def analyse(document: Document) -> Analysis:
    return Inference(CATALOGUE).analyse(document)


def problems(document: Document) -> dict[str, str]:
    """Return what is wrong, by node; each error names its node, too."""
    found = analyse(document).problems
    assert all(p.error.node == p.node for p in found)
    assert len({p.node for p in found}) == len(found), "one problem a node"
    return {str(p.node): str(p.error) for p in found}


# ------------------------------------------------------------------------------------------------- specs

CLASSIFIER = {
    "hidden.output": TensorSpec((None, 128)),
    "output.output": TensorSpec((None, 10)),
    "loss.loss": TensorSpec(()),
    "accuracy.value": TensorSpec(()),
}
SPECS = {
    "digits_mlp": {
        "digits.x": TensorSpec((None, 8, 8)),
        "digits.y": TensorSpec((None,), "int32"),
        "flatten.output": TensorSpec((None, 64)),
        **CLASSIFIER,
    },
    "mnist_mlp": {
        "mnist.x": TensorSpec((None, 28, 28)),
        "mnist.y": TensorSpec((None,), "int32"),
        "flatten.output": TensorSpec((None, 784)),
        **CLASSIFIER,
    },
    "mnist_cnn": {
        "mnist.x": TensorSpec((None, 28, 28)),
        "mnist.y": TensorSpec((None,), "int32"),
        "image.output": TensorSpec((None, 28, 28, 1)),
        "conv_1.output": TensorSpec((None, 26, 26, 32)),
        "pool_1.output": TensorSpec((None, 13, 13, 32)),
        "conv_2.output": TensorSpec((None, 11, 11, 64)),
        "pool_2.output": TensorSpec((None, 5, 5, 64)),
        "flatten.output": TensorSpec((None, 1600)),
        "dropout.output": TensorSpec((None, 1600)),
        **{name: spec for name, spec in CLASSIFIER.items() if not name.startswith("hidden")},
    },
    "sequence_lstm": {
        "digits.x": TensorSpec((None, 8, 8)),
        "digits.y": TensorSpec((None,), "int32"),
        "lstm.output": TensorSpec((None, 32)),
        **{name: spec for name, spec in CLASSIFIER.items() if not name.startswith("hidden")},
    },
    "regression": {
        "diabetes.x": TensorSpec((None, 10)),
        "diabetes.y": TensorSpec((None, 1)),
        "hidden.output": TensorSpec((None, 16)),
        "output.output": TensorSpec((None, 1)),
        "loss.loss": TensorSpec(()),
        "error.value": TensorSpec(()),
    },
    "spiral": {
        "spiral.x": TensorSpec((None, 2)),
        "spiral.y": TensorSpec((None,), "int32"),
        "first.output": TensorSpec((None, 32)),
        "second.output": TensorSpec((None, 32)),
        "output.output": TensorSpec((None, 2)),
        "loss.loss": TensorSpec(()),
        "accuracy.value": TensorSpec(()),
    },
    "tensors": {f"{node}.output": TensorSpec((3,)) for node in ("a", "b", "c", "ab_for_d", "ab_for_e", "d", "e")},
}
PARAMETERS = {
    "digits_mlp": 9610,
    "mnist_cnn": 34_826,
    "mnist_mlp": 101_770,
    "regression": 193,
    "sequence_lstm": 5578,
    "spiral": 1218,
    "tensors": 0,
}


@pytest.mark.parametrize("name", SPECS)
def test_the_examples_are_understood(name: str) -> None:
    found = analyse(example(name))
    assert found.problems == ()
    assert {f"{ref.node}.{ref.port}": spec for ref, spec in found.specs.items()} == SPECS[name]
    assert sum(found.parameters.values()) == PARAMETERS[name]


def test_a_list_of_outputs_has_a_spec_for_each() -> None:
    document = build(
        {
            "matrix": ("data.constant", {"value": [[1, 2, 3, 4], [5, 6, 7, 8]]}),
            "halves": ("op.split", {"num_or_size_splits": 2, "axis": 1}),
            "joined": ("op.concat", {"axis": 0}),
        },
        """
        matrix.output > halves.value
        halves.values[1] > joined.values[0]
        halves.values[0] > joined.values[1]
        matrix.output > joined.values[10]
        """,
    )
    document.apply(RemoveWire(wire("matrix.output > joined.values[10]")))
    found = analyse(document)
    assert found.problems == ()
    assert found.specs[port("halves.values[0]")] == TensorSpec((2, 2), "int32")
    assert found.specs[port("joined.output")] == TensorSpec((4, 2), "int32")


def test_slots_are_taken_by_number_not_by_name() -> None:
    nodes: dict[str, Any] = {f"c{i}": ("data.constant", {"value": [float(i)] * (i + 1)}) for i in range(12)}
    wires = "\n".join(f"c{i}.output > joined.values[{i}]" for i in reversed(range(12)))
    document = build({**nodes, "joined": ("op.concat", {"axis": 0})}, wires)
    refs = ordered(CATALOGUE["op.concat"], document.inputs_of("joined"))
    assert [ref.node for ref in refs] == [f"c{i}" for i in range(12)]
    assert analyse(document).specs[port("joined.output")] == TensorSpec((78,))


def test_a_slot_whose_number_is_none_is_no_reason_to_fail() -> None:
    document = build({"a": ("data.constant", {"value": [1.0]}), "sum": "layer.Add"}, "a.output > sum.inputs[²]")
    assert analyse(document).specs[port("a.output")] == TensorSpec((1,))
    document.apply(SetMode({"sum": "bypass"}))
    assert analyse(document).specs[port("sum.output")] == TensorSpec((1,))


# ---------------------------------------------------------------------------------------------- problems

TWO = {"a": ("data.constant", {"value": [1.0, 2.0]}), "n": ("data.constant", {"value": [1, 2]})}
WRONG = {
    "dtype": (
        {**TWO, "sum": "op.add"},
        "a.output > sum.x\nn.output > sum.y",
        {"sum": ("add", "float32", "int32")},
    ),
    "shape": (
        {"a": ("data.constant", {"value": [1.0, 2.0]}), "b": ("data.constant", {"value": [1.0] * 3}), "sum": "op.add"},
        "a.output > sum.x\nb.output > sum.y",
        {"sum": ("add", "(2,)", "(3,)")},
    ),
    "rank": (
        {"a": ("data.constant", {"value": 1.0}), "dense": ("layer.Dense", {"units": 2})},
        "a.output > dense.inputs",
        {"dense": ("at least 2 axes", "()")},
    ),
    "loss of other shapes": (
        {**TWO, "m": ("data.constant", {"value": [[1.0]]}), "loss": "loss.MeanSquaredError"},
        "a.output > loss.y_true\nm.output > loss.y_pred",
        {"loss": ("(2, 1)", "(1, 1)")},
    ),
    "no such input": (
        {**TWO, "root": "op.sqrt"},
        "a.output > root.x\na.output > root.y",
        {"root": ("sqrt has no input 'y'", "Remove the wire")},
    ),
    "no such output": (
        {**TWO, "root": "op.sqrt"},
        "a.values > root.x",
        {"root": ("Constant has no output 'values'",)},
    ),
    "no such slot": (
        {**TWO, "parts": ("op.unstack", {"num": 2}), "root": "op.sqrt"},
        "a.output > parts.value\nparts.values[2] > root.x",
        {"root": ("unstack has no output 'values[2]'",)},
    ),
    "a slot of what takes one wire": (
        {**TWO, "root": "op.sqrt"},
        "a.output > root.x[0]",
        {"root": ("sqrt has no input 'x[0]'",)},
    ),
    "a wire from a node without outputs": (
        {**MOONS, "root": "op.sqrt"},
        MOON_WIRES + "trainer.done > root.x",
        {"root": ("Adam has no output 'done'",)},
    ),
    "bad value": (
        {**TWO, "dense": ("layer.Dense", {"units": 0})},
        "",
        {"dense": ("is not connected",)},
    ),
    "bad value with input": (
        {"m": ("data.constant", {"value": [[1.0]]}), "dense": ("layer.Dense", {"units": 0})},
        "m.output > dense.inputs",
        {"dense": ("units is 0", "1 or more")},
    ),
    "bad value of data": (
        {"data": ("data.moons", {"samples": "many"})},
        "",
        {"data": ("samples is 'many'", "whole number")},
    ),
    "unknown parameter": (
        {"m": ("data.constant", {"value": [[1.0]]}), "dense": ("layer.Dense", {"units": 2, "unit": 3})},
        "m.output > dense.inputs",
        {"dense": ("no parameter 'unit'", "units")},
    ),
    "missing parameter": (
        {"m": ("data.constant", {"value": [[1.0]]}), "dense": "layer.Dense"},
        "m.output > dense.inputs",
        {"dense": ("units is missing", "1 or more")},
    ),
    "missing input": (
        {**TWO, "sum": "op.add"},
        "a.output > sum.x",
        {"sum": ("'y' is not connected", "Drag a wire")},
    ),
    "missing variadic input": ({"joined": "op.concat"}, "", {"joined": ("'values' is not connected",)}),
    "unknown type": (
        {**TWO, "later": "layer.Conv9D", "root": "op.sqrt"},
        "a.output > later.inputs\nlater.output > root.x",
        {"later": ("no node of the type 'layer.Conv9D'", "kept")},
    ),
    "circle": (
        {**TWO, "one": "op.add", "two": "op.sqrt", "behind": "op.exp"},
        "a.output > one.x\ntwo.output > one.y\none.output > two.x\ntwo.output > behind.x",
        {"one": ("circle", "one → two → one"), "two": ("one → two → one",)},
    ),
    "trainer wired to a batch": (
        {"data": "data.moons", "trainer": "train.Adam"},
        "data.x > trainer.loss[0]",
        {"trainer": ("one floating number", "(None, 2)", "Wire it to a loss")},
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_problem_is_on_its_node_and_says_what_and_how(case: str) -> None:
    nodes, wires, expected = WRONG[case]
    found = analyse(build(nodes, wires)).problems
    assert {p.node for p in found} == set(expected)
    for problem in found:
        assert problem.error.node == problem.node
        assert problem.severity == "error"
    for node, words in expected.items():
        text = " ".join(str(p.error) for p in found if p.node == node)
        assert all(word in text for word in words), text


def test_a_bad_value_shows_although_an_input_is_missing() -> None:
    found = analyse(build({"dense": ("layer.Dense", {"units": 0})})).problems
    assert [p.port for p in found] == ["inputs", None]
    assert "units is 0" in str(found[1].error)


def test_what_lies_behind_an_error_has_no_spec_and_no_error_of_its_own() -> None:
    document = moons(hidden=("layer.Dense", {"units": 0}))
    found = analyse(document)
    assert [p.node for p in found.problems] == ["hidden"]
    assert {ref.node for ref in found.specs} == {"data"}


def test_two_circles_are_told_apart() -> None:
    nodes = dict.fromkeys("abcd", "op.sqrt")
    found = problems(build(nodes, "a.output > b.x\nb.output > a.x\nc.output > d.x\nd.output > c.x"))
    assert "a → b → a" in found["a"]
    assert "c → d → c" in found["d"]


def test_nodes_that_are_alike_have_errors_of_their_own() -> None:
    document = build(
        {
            "m": ("data.constant", {"value": 1.0}),
            "one": ("layer.Dense", {"units": 2}),
            "two": ("layer.Dense", {"units": 2}),
        },
        "m.output > one.inputs\nm.output > two.inputs",
    )
    one, two = analyse(document).problems
    assert (one.node, two.node) == ("one", "two")
    assert (one.error.node, two.error.node) == ("one", "two")
    assert "one" not in str(two.error).split()


def test_what_nobody_foresaw_is_said_on_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> Any:
        raise IndexError("tuple index out of range")

    monkeypatch.setattr(kinds, "KINDS", {**kinds.KINDS, "op": kinds.Kind(kinds.KINDS["op"].make, fail)})
    document = build({**TWO, "root": "op.sqrt"}, "a.output > root.x")
    assert "nobody foresaw: IndexError: tuple index out of range" in problems(document)["root"]
    monkeypatch.undo()
    assert problems(document) == {}


BAD = st.sampled_from(
    [None, True, -1, 0, 2.5, 10**12, "", "relu", "float32", (), (1, 2), ((1,), (2, 3)), {"a": 1}, "es"]
)


@given(st.sampled_from(sorted(CATALOGUE)), st.data())
@settings(deadline=None, max_examples=150)
def test_no_parameter_breaks_the_analysis(type_id: str, data: st.DataObject) -> None:
    node_type = CATALOGUE[type_id]
    names = [*node_type.params, "no_such_parameter"]
    params = data.draw(st.dictionaries(st.sampled_from(names), BAD, max_size=4))
    sources = {"f": ("data.constant", {"value": [[1.0, 2.0]]}), "i": ("data.constant", {"value": [1, 0]})}
    document = build({**sources, "node": (type_id, params)})
    for input in node_type.inputs:
        source = PortRef(data.draw(st.sampled_from(["f", "i"])), "output")
        target = PortRef("node", f"{input.name}[0]" if input.variadic else input.name)
        document.apply(connect(document, source, target))
    study = Study(document, CATALOGUE)  # where the ports of functions, which only Types lists within one, say so
    assert study.advance()
    for problem in study.result().problems:
        assert problem.node == "node"
        assert "nobody foresaw" not in str(problem.error)


# ------------------------------------------------------------------------------------------------- memory

VALUES = {
    "units": [1, 4, True, 1.0, 4.0, "4", UNSET],
    "activation": ["relu", "nothing", None, UNSET],
    "samples": [10, 20, -1, UNSET],
}


def told(analysis: Analysis) -> tuple[Any, ...]:
    return analysis.specs, analysis.parameters, [(p.node, p.port, str(p.error)) for p in analysis.problems]


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_what_is_remembered_changes_nothing(data: st.DataObject) -> None:
    history = History(moons())
    document = history.document
    inference = Inference(CATALOGUE)
    for _ in range(data.draw(st.integers(1, 6))):
        nodes = list(document.nodes)
        action = data.draw(st.sampled_from(["set", "set", "wire", "cut", "remove", "add", "undo"]))
        if action == "set":
            name = data.draw(st.sampled_from(sorted(VALUES)))
            value = data.draw(st.sampled_from(VALUES[name]))
            history.do(SetParams(data.draw(st.sampled_from(nodes)), {name: value}))
        elif action == "wire":
            source, target = data.draw(st.sampled_from(nodes)), data.draw(st.sampled_from(nodes))
            output = data.draw(st.sampled_from(["x", "y", "output", "loss"]))
            input = data.draw(st.sampled_from(["inputs", "y_true", "y_pred", "loss[0]", "x"]))
            history.do(connect(document, PortRef(source, output), PortRef(target, input)))
        elif action == "cut" and document.wires:
            history.do(RemoveWire(data.draw(st.sampled_from(list(document.wires.values())))))
        elif action == "remove" and len(nodes) > 2:
            history.do(remove(document, [data.draw(st.sampled_from(nodes))]))
        elif action == "add":
            kind = data.draw(st.sampled_from(["layer.Dense", "op.add", "layer.Flatten", "no.such"]))
            history.do(AddNode(Node(document.new_id("new"), kind)))
        else:
            history.undo()
        assert told(inference.analyse(document)) == told(analyse(document))


def test_an_edit_costs_what_lies_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    original = kinds.bound

    def counting(node_type: Any, given: Any) -> Any:
        seen.append(node_type.id)
        return original(node_type, given)

    monkeypatch.setattr("studio.document.outcome.bound", counting)
    document = example("digits_mlp")
    inference = Inference(CATALOGUE)
    inference.analyse(document)
    seen.clear()
    document.apply(SetParams("output", {"units": 11}))
    inference.analyse(document)
    assert "layer.Flatten" not in seen
    assert set(seen) == {"layer.Dense", "loss.SparseCategoricalCrossentropy", "metric.SparseCategoricalAccuracy"}


def test_errors_are_remembered_as_errors() -> None:
    inference = Inference(CATALOGUE)
    document = moons(hidden=("layer.Dense", {"units": 0}))
    for _ in range(2):
        (problem,) = inference.analyse(document).problems
        assert isinstance(problem.error, EngineError)
    document.apply(SetParams("hidden", {"units": 3}))
    assert inference.analyse(document).problems == ()


def test_a_new_wire_is_noticed() -> None:
    document = moons()
    inference = Inference(CATALOGUE)
    inference.analyse(document)
    document.apply(AddNode(Node("root", "op.sqrt")))
    document.apply(AddWire(wire("data.x > root.x")))
    assert inference.analyse(document).specs[port("root.output")] == TensorSpec((None, 2))


def test_what_lies_behind_a_circle_is_known_again_once_it_is_open() -> None:
    document = moons()
    inference = Inference(CATALOGUE)
    first = told(inference.analyse(document))
    for id, source in (("c", "b"), ("b", "a"), ("a", "c")):  # the last is fed by the one before it
        document.apply(AddNode(Node(id, "op.tanh")))
        if source in document.nodes:
            document.apply(AddWire(wire(f"{source}.output > {id}.x")))
    document.apply(connect(document, port("c.output"), port("hidden.inputs")))
    document.apply(connect(document, port("a.output"), port("b.x")))
    assert told(inference.analyse(document)) == told(analyse(document))
    document.apply(connect(document, port("b.output"), port("c.x")))
    closed = inference.analyse(document)
    assert told(closed) == told(analyse(document))
    assert port("hidden.output") not in closed.specs
    document.apply(connect(document, port("data.x"), port("a.x")))
    assert told(inference.analyse(document)) == told(analyse(document))
    document.apply(remove(document, ["a", "b", "c"]))
    document.apply(connect(document, port("data.x"), port("hidden.inputs")))
    assert told(inference.analyse(document)) == first


# ------------------------------------------------------------------------------------------------ slices


def test_in_slices_it_learns_the_same_whatever_is_edited_meanwhile() -> None:
    document = build({"data": MOONS["data"], **{f"d{i}": ("layer.Dense", {"units": 4}) for i in range(30)}})
    for i in range(30):
        source = f"d{i - 1}.output" if i else "data.x"
        document.apply(AddWire(wire(f"{source} > d{i}.inputs")))
    inference = Inference(CATALOGUE)
    slices = 0
    while not inference.advance(document, 0.0):
        slices += 1
        if slices == 10:
            document.apply(SetParams("d2", {"units": 7}))
        if slices == 20:
            document.apply(remove(document, ["d12"]))
    assert slices > 25
    found, wanted = inference.result(document), analyse(document)
    assert (found.specs, found.parameters) == (wanted.specs, wanted.parameters)
    assert [(p.node, str(p.error)) for p in found.problems] == [(p.node, str(p.error)) for p in wanted.problems]
