"""Functions: what a node that stands for one looks like, how documents unfold, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import build, moons, port, stacked, wire
from hypothesis import given, settings
from hypothesis import strategies as st
from lowering import program_of, weights
from strategies import documents

from engine.core.errors import EngineError, InvalidArgumentError
from engine.core.spec import TensorSpec
from studio.document.adopt import adopt
from studio.document.catalogue import CATALOGUE
from studio.document.clipboard import copy, paste
from studio.document.difference import difference
from studio.document.document import Contents, Document, Node
from studio.document.edits import (
    UNSET,
    AddNode,
    AddWire,
    Compound,
    Move,
    RemoveWire,
    SetMode,
    SetParams,
    SetSetting,
    SetTitle,
    remove,
)
from studio.document.enclose import enclose
from studio.document.file import dumps, loads
from studio.document.flat import MAX_NODES, flatten, unfolded
from studio.document.flattened import Flattened
from studio.document.function import INPUT
from studio.document.function_edits import AddFunction, RemoveFunction, Within, within
from studio.document.history import History
from studio.document.replace import replace_node
from studio.document.scope import Scope, is_known, path_of
from studio.document.study import Study
from studio.document.trial import LARGE, Trials
from studio.document.types import Types
from studio.document.unpack import own_copy, unpack


def enclosed(document: Document, *ids: str, title: str = "Block") -> str:
    """Turn nodes of a document into a function and return the node that stands for it."""
    edit, id = enclose(document, document.functions, Types(document), ids, title)
    document.apply(edit)
    return id


# ----------------------------------------------------------------------------------------------------- enclosing


def test_a_selection_becomes_a_function_with_its_wires_as_ports():
    document = moons()
    id = enclosed(document, "hidden", "output", title="Two layers")
    node_type = Types(document)[document.nodes[id].type]
    assert node_type.title == "Two layers"
    assert [p.title for p in node_type.inputs] == ["x"]
    assert [p.title for p in node_type.outputs] == ["y"]
    assert {"hidden", "output"} <= set(document.functions["two_layers"].nodes)
    assert {w.target.node for w in document.wires_of(id)} == {id, "loss", "accuracy"}


def test_enclosing_and_unpacking_change_nothing_that_runs():
    plain, document = moons(), moons()
    before = program_of(plain).values()
    id = enclosed(document, "hidden", "output")
    program = program_of(document)
    assert program.problems == {}
    after = program.values()
    same_shape = after.tensors[port(f"{id}/hidden.output")]
    assert same_shape.shape == before.tensors[port("hidden.output")].shape
    document.apply(unpack(document, document.functions, id)[0])
    assert set(document.nodes) == set(plain.nodes)
    assert set(document.wires.values()) == set(plain.wires.values())
    np.testing.assert_array_equal(
        program_of(document).values().tensors[port("loss.loss")].numpy(), before.tensors[port("loss.loss")].numpy()
    )


def test_undo_of_enclosing_is_exact():
    document = moons()
    text = dumps(document)
    history = History(document)
    history.do(enclose(document, document.functions, Types(document), ["hidden", "output"], "B")[0])
    changed = dumps(document)
    history.undo()
    assert dumps(document) == text
    assert not document.functions
    history.redo()
    assert dumps(document) == changed


def test_nodes_with_others_between_them_cannot_be_enclosed():
    document = moons()
    with pytest.raises(InvalidArgumentError, match="'output' lies between the selected nodes"):
        enclose(document, {}, CATALOGUE, ["hidden", "loss"], "")
    with pytest.raises(InvalidArgumentError, match="no node"):
        enclose(document, {}, CATALOGUE, ["nobody"], "")


def test_what_leads_nowhere_becomes_a_port_too():
    document = build({"dense": ("layer.Dense", {"units": 3}), "sum": "op.add"})
    id = enclosed(document, "dense", "sum")
    node_type = Types(document)[document.nodes[id].type]
    assert [p.title for p in node_type.inputs] == ["x", "x 2", "y"]
    assert len(node_type.outputs) == 2


# ----------------------------------------------------------------------------------------------------- unfolding


def test_a_node_sets_the_exposed_parameters_anew():
    program = program_of(stacked(units=5))
    assert program.specs[port("block/dense.output")] == TensorSpec([None, 5])
    types = Types(stacked())
    assert types["function.block"].params["units"].default == 8


def test_a_repeated_function_is_a_chain_with_weights_of_its_own():
    program = program_of(stacked(3))
    made = weights(program)
    kernels = [made[id][0] for id in ("block/dense", "block#2/dense", "block#3/dense")]
    assert [k.shape for k in kernels] == [(2, 8), (8, 8), (8, 8)]
    assert not np.array_equal(kernels[1], kernels[2])
    assert program.values().tensors[port("block#3/y.output")].shape == (16, 8)


def test_shared_weights_are_the_same_object_and_are_learned_once():
    document = stacked(units=2, shared_weights=True)
    document.apply(SetParams("block", {"repeat": 2}))
    program = program_of(document)
    layers = [s.made for s in program.steps if s.id.endswith("/dense")]
    assert len(layers) == 2
    assert layers[0] is layers[1]
    training = program.training()
    assert len(training.model.trainable_variables) == 4  # the shared layer's two, and the last one's
    study = Study(document, CATALOGUE)
    assert study.advance()
    assert study.result().parameters["block/dense"] == study.result().parameters["block#2/dense"] == 6


def test_weights_that_cannot_be_shared_say_why():
    document = stacked(2, shared_weights=True)
    program = program_of(document)
    assert "shape" in str(program.problems["block#2/dense"])
    document.apply(SetParams("block", {"repeat": 1}))
    document.apply(AddNode(Node("other", "function.block", {"shared_weights": True, "units": 3})))
    document.apply(AddWire(wire("data.x > other.x")))
    assert "other parameters" in str(program_of(document).problems["other/dense"])


def test_a_muted_and_a_bypassed_function():
    document = stacked()
    document.apply(SetMode({"block": "bypass"}))
    program = program_of(document)
    assert program.specs[port("block/y.output")] == TensorSpec([None, 2])
    assert program.step("block/dense") is None
    document.apply(SetMode({"block": "mute"}))
    assert program_of(document).step("output") is None


def test_a_document_with_functions_trains_like_one_without():
    document = moons()
    before = program_of(document).training()
    enclosed(document, "hidden", "output")
    after = program_of(document).training()
    assert [v.shape for v in after.model.trainable_variables] == [v.shape for v in before.model.trainable_variables]


def test_functions_within_functions_and_parameters_through_both():
    document = stacked()
    id = enclosed(document, "block", title="Outer")
    outer = document.nodes[id].type.removeprefix("function.")
    document.apply(Within(outer, SetSetting("exposed", [["width", "block", "units"]])))
    document.apply(SetParams(id, {"width": 6}))
    assert Types(document)[f"function.{outer}"].params["width"].default == 8
    assert program_of(document).specs[port(f"{id}/block/dense.output")] == TensorSpec([None, 6])


# ------------------------------------------------------------------------------------------------------ refusals


def problem(document: Document, id: str) -> str:
    return str(flatten(document).problems[id])


def test_what_is_wrong_with_a_function_is_said_of_its_node():
    document = stacked()
    document.apply(SetParams("block", {"depth": 3}))
    assert "no parameter 'depth'" in problem(document, "block")
    document.apply(SetParams("block", {"depth": UNSET, "repeat": "often"}))
    assert "repeat is 'often'" in problem(document, "block")
    document.apply(SetParams("block", {"repeat": 2}))
    document.apply(AddNode(Node("lost", "function.nothing")))
    assert "'nothing' is not in this document" in problem(document, "lost")
    document.apply(AddNode(Node("stray", INPUT)))
    assert "lies in none" in problem(document, "stray")
    document.apply(AddWire(wire("data.x > block.z")))
    assert "no input 'z'" in problem(document, "block")


def test_a_function_cannot_be_put_into_itself():
    document = stacked()
    with pytest.raises(InvalidArgumentError, match="'block' would contain itself"):
        document.apply(Within("block", AddNode(Node("again", "function.block"))))
    outer = enclosed(document, "block", title="Outer")
    with pytest.raises(InvalidArgumentError, match="'block' would contain itself"):
        document.apply(Within("block", AddNode(Node("again", document.nodes[outer].type))))


def test_a_file_with_a_function_in_itself_opens_and_says_so():
    document = Document()
    document.apply(AddFunction("a", Contents(nodes={"again": Node("again", "function.a")})))
    document.apply(AddNode(Node("n", "function.a")))
    read = loads(dumps(document))
    assert "contains itself" in problem(read, "n/again")
    assert Types(read)["function.a"].title == "a"
    assert "contains itself" in str(Study(read, CATALOGUE).result().problems[0].error)


def test_a_bomb_of_functions_is_refused():
    document = Document()
    document.apply(AddFunction("f0", Contents()))
    for level in range(1, 8):
        inner = Node("n", f"function.f{level - 1}", {"repeat": 1000})
        document.apply(AddFunction(f"f{level}", Contents(nodes={"n": inner})))
    document.apply(AddNode(Node("top", "function.f7")))
    flat = flatten(document)
    assert len(flat.document.nodes) <= MAX_NODES
    assert any("more than" in str(error) for error in flat.problems.values())


# ---------------------------------------------------------------------------------------------------------- text


def test_functions_are_saved_a_node_a_line_and_read_again():
    document = stacked()
    text = dumps(document)
    assert '{"id": "block", "settings": {"exposed": [["units", "dense", "units"]]}}' in text
    dense = '"position": [200.0, 0.0], "params": {"activation": "tanh", "units": 8}, "in": "block"}'
    assert dense in text
    assert loads(text) == document
    with pytest.raises(EngineError, match=r"line \d+: There is no function 'other' in this text"):
        loads(text.replace('"in": "block"', '"in": "other"'))


def test_names_of_earlier_versions_lose_the_signs_that_functions_need():
    text = (
        '{"format": "trenza", "version": 2, "settings": {}, "nodes": ['
        '{"id": "a/b", "type": "op.exp", "position": [0, 0]}, {"id": "a_b", "type": "op.exp", "position": [0, 0]}],'
        '"wires": [{"from": ["a/b", "y"], "to": ["a_b", "x"]}], "notes": []}'
    )
    document = loads(text)
    assert list(document.nodes) == ["a_b_", "a_b"]
    assert document.wires[port("a_b.x")].source == port("a_b_.y")
    with pytest.raises(EngineError, match="without '/' and '#'"):
        loads(text.replace('"version": 2', '"version": 3'))


def test_pasting_brings_the_functions_along_and_uses_those_that_are_there():
    document, other = stacked(), Document()
    text = copy(document, ["block"])
    edit, ids = paste(other, text)
    other.apply(edit)
    assert other.functions == document.functions
    other.apply(paste(other, text)[0])
    assert list(other.functions) == ["block"]
    other.apply(Within("block", SetParams("dense", {"units": 3})))
    edit, ids = paste(other, text)
    other.apply(edit)
    assert list(other.functions) == ["block", "block_2"]
    assert other.nodes[ids[0]].type == "function.block_2"


def test_adopting_renames_what_functions_contain():
    inner, outer = Contents(nodes={"e": Node("e", "op.exp")}), Contents(nodes={"i": Node("i", "function.inner")})
    foreign = {"outer": Document.of(outer), "inner": Document.of(inner)}
    mine = {"inner": Document()}
    edits, names = adopt(mine, foreign)
    assert names == {"outer": "outer", "inner": "inner_2"}
    assert {e.id: [n.type for n in e.contents.nodes.values()] for e in edits} == {
        "inner_2": ["op.exp"],
        "outer": ["function.inner_2"],
    }


def test_an_own_copy_changes_alone():
    document = stacked()
    document.apply(AddNode(Node("second", "function.block")))
    document.apply(own_copy(document, document.functions, "block"))
    document.apply(Within("block_2", SetParams("dense", {"units": 3})))
    assert document.nodes["second"].type == "function.block"
    assert document.functions["block"].nodes["dense"].params["units"] == 8
    assert program_of(document).specs[port("block/dense.output")] == TensorSpec([None, 3])


def test_unpacking_what_is_repeated_lays_its_copies_side_by_side():
    document = stacked(3)
    before = program_of(document)
    edit, ids = unpack(document, document.functions, "block")
    document.apply(edit)
    assert ids == ["dense", "dense_2", "dense_3"]
    xs = [document.nodes[id].position[0] for id in ids]
    assert xs == sorted(xs)
    assert document.inputs_of("output") == {"inputs": port("dense_3.output")}
    assert program_of(document).specs[port("output.output")] == before.specs[port("output.output")]


# ------------------------------------------------------------------------------------------------------ following


def test_edits_within_are_steps_like_others_and_undo_is_exact():
    document = stacked()
    history = History(document)
    text = dumps(document)
    for x in range(3):
        history.do(within("block", Move({"dense": (float(x + 1), 0.0)})))
    assert history.labels == ["Move"]
    history.do(within("block", Compound("Two", (SetTitle("dense", "D"), AddFunction("more", Contents())))))
    assert history.labels == ["Move", "Two"]
    assert "more" in document.functions
    history.undo()
    history.undo()
    assert dumps(document) == text


def test_who_listens_to_a_function_hears_what_happens_in_it():
    document = stacked()
    heard: list[object] = []
    document.functions["block"].subscribe(heard.append)
    document.apply(Within("block", SetTitle("dense", "D")))
    document.apply(SetTitle("block", "B"))
    assert heard == [SetTitle("dense", "D")]


def test_the_flat_form_follows_edits_and_keeps_what_did_not_change():
    document = stacked()
    flattened = Flattened(document)
    first = flattened.now()
    node = first.document.nodes["block/dense"]
    document.apply(SetTitle("output", "last"))
    document.apply(SetParams("output", {"units": 3}))
    second = flattened.now()
    assert second.document is first.document
    assert second.document.nodes["block/dense"] is node
    assert second.document.nodes["output"].params["units"] == 3
    document.apply(Within("block", SetParams("dense", {"units": 5})))
    assert flattened.now().document.nodes["block/dense"].params["units"] == 5


def test_a_document_without_functions_is_its_own_flat_form():
    document = moons()
    assert flatten(document).document is document
    assert Flattened(document).now().document is document


@settings(max_examples=60, deadline=None)
@given(documents(), documents())
def test_the_difference_leads_from_one_document_to_another(a: Document, b: Document):
    work = loads(dumps(a))
    work.apply(difference(a, b))
    assert work == b


def essence(flat: Document) -> dict[str, object]:
    """What of a flat graph matters: not how its nodes look, which is not followed."""
    return {id: (node.type, repr(node.params), node.mode) for id, node in flat.nodes.items()}


@settings(max_examples=60, deadline=None)
@given(documents(), st.data())
def test_following_gives_what_flattening_anew_gives(document: Document, data: st.DataObject):
    flattened = Flattened(document)
    for _ in range(3):
        target = data.draw(documents())
        document.apply(difference(document, target))
        anew, kept = flatten(document), flattened.now()
        assert essence(kept.document) == essence(anew.document)
        assert dict(kept.document.wires) == dict(anew.document.wires)
        assert kept.shares == anew.shares
        assert {k: str(v) for k, v in kept.problems.items()} == {k: str(v) for k, v in anew.problems.items()}


def test_a_flat_form_that_is_made_in_slices_is_begun_anew_by_an_edit():
    document = stacked()
    for number in range(5):
        document.apply(AddNode(Node(f"more_{number}", "function.block")))
    study = Study(document, CATALOGUE)
    assert not study.advance(0)
    document.apply(SetMode({"more_0": "bypass"}))
    document.apply(RemoveFunction("block"))
    for _slice in range(100):
        if study.advance(0):
            break
    else:
        pytest.fail("it never ends")
    assert dict(study.flat.document.nodes) == dict(flatten(document).document.nodes)
    kept = study.flat.document.wires
    document.apply(SetParams("trainer", {"epochs": 2}))
    study.advance()
    assert all(study.flat.document.wires[target] is wire for target, wire in kept.items())


def test_a_function_that_is_gone_leaves_a_placeholder_and_comes_back_with_undo():
    document = stacked()
    history = History(document)
    text = dumps(document)
    history.do(RemoveFunction("block"))
    assert "is not in this document" in problem(document, "block")
    history.undo()
    assert dumps(document) == text


def test_what_ends_at_a_port_goes_with_it_and_comes_back_with_it():
    document = stacked(units=5)
    history = History(document)
    text = dumps(document)
    body = history.within("block")
    body.do(remove(body.document, ["y", "dense"]))
    assert [w for w in document.wires_of("block") if w.source.node == "block"] == []
    assert document.nodes["block"].params == {"repeat": 1}
    assert "exposed" not in document.functions["block"].settings
    assert history.labels == ["Delete"]
    history.undo()
    assert dumps(document) == text


def test_what_is_exposed_stays_so_where_functions_take_the_place_of_nodes():
    document = stacked(units=5)
    history = History(document)
    body = history.within("block")
    texts = [dumps(document)]
    for change in (
        lambda: enclose(body.document, document.functions, Types(document, "block"), ["dense"], "Inner"),
        lambda: own_copy(body.document, document.functions, "inner"),
        lambda: unpack(body.document, document.functions, "inner"),
    ):
        edit = change()
        body.do(edit if isinstance(edit, Compound) else edit[0])
        texts.append(dumps(document))
        assert document.nodes["block"].params == {"repeat": 1, "units": 5}
        (dense,) = (ref for ref in program_of(document).specs if ref.node.endswith("/dense"))
        assert program_of(document).specs[dense] == TensorSpec([None, 5])
    for text in reversed(texts[:-1]):
        history.undo()
        assert dumps(document) == text


def test_what_is_exposed_follows_a_node_that_is_replaced_if_the_new_one_has_it():
    document = stacked(units=5)
    history = History(document)
    text = dumps(document)
    body, dense = history.within("block"), CATALOGUE["layer.Dense"]
    body.do(replace_node(body.document, dense, CATALOGUE["layer.LSTM"], "dense")[0])
    assert document.functions["block"].settings["exposed"] == (("units", "lstm", "units"),)
    assert document.nodes["block"].params == {"repeat": 1, "units": 5}
    history.undo()
    assert dumps(document) == text
    body.do(replace_node(body.document, dense, CATALOGUE["layer.Dropout"], "dense")[0])
    assert "exposed" not in document.functions["block"].settings
    assert document.nodes["block"].params == {"repeat": 1}
    history.undo()
    assert dumps(document) == text


def test_a_port_that_becomes_another_node_takes_its_wires_along():
    document = stacked()
    body = History(document).within("block")
    body.do(replace_node(body.document, CATALOGUE[INPUT], CATALOGUE["op.exp"], "x")[0])
    assert body.document.nodes["x"].type == "op.exp"
    assert "block" not in {wire.target.node for wire in document.wires.values()}


def test_what_is_bypassed_is_not_unpacked_as_if_it_took_part():
    document = stacked()
    document.apply(SetMode({"block": "bypass"}))
    with pytest.raises(InvalidArgumentError, match="bypassed"):
        unpack(document, document.functions, "block")


def test_problems_call_a_port_what_it_is_called_now():
    document = stacked()
    document.apply(RemoveWire(wire("data.x > block.x")))
    study = Study(document, CATALOGUE)
    study.advance()
    document.apply(Within("block", SetTitle("x", "points")))
    study.advance()
    assert "'points'" in str(study.result().problems[0].error)


# -------------------------------------------------------------------------------------------------------- scopes


def test_a_scope_names_things_as_its_graph_does():
    document = stacked(2)
    study = Study(document, CATALOGUE)
    assert study.advance()
    analysis = study.result()
    top = Scope(document)
    seen = top.analysis(analysis)
    assert seen.specs[port("block.y")] == TensorSpec([None, 8])
    assert seen.parameters["block"] == 24 + 72
    assert port("block.x") not in seen.specs
    assert top.outer(port("block.y")) == port("block#2/y.output")
    within = Scope.at(document, ("block",))
    assert within is not None
    assert within.analysis(analysis).specs[port("dense.output")] == TensorSpec([None, 8])
    assert within.analysis(analysis).parameters == {"x": 0, "dense": 24, "y": 0}
    assert within.outer(port("dense.output")) == port("block/dense.output")
    assert Scope.at(document, ("output",)) is None


def test_a_scope_may_be_that_of_another_copy():
    document = stacked(2)
    study = Study(document, CATALOGUE)
    assert study.advance()
    second = Scope.at(document, ("block#2",))
    assert second is not None
    assert second.graph is document.functions["block"]
    assert second.copy == (2, 2)
    assert second.analysis(study.result()).parameters == {"x": 0, "dense": 72, "y": 0}, "it takes the first one's 8"
    assert second.outer(port("dense.output")) == port("block#2/dense.output")
    assert second.first.outer(port("dense.output")) == port("block/dense.output")
    assert Scope.at(document, ("block#3",)) is None
    assert is_known(document, "block#2/dense")
    assert not is_known(document, "block#3/dense")


def test_a_problem_of_one_copy_is_told_in_that_copy():
    document = stacked(2, shared_weights=True)
    study = Study(document, CATALOGUE)
    assert study.advance()
    found = []
    for path in (), ("block",), ("block#2",):
        scope = Scope.at(document, path)
        assert scope is not None
        found.append([p.node for p in scope.analysis(study.result()).problems])
    assert found == [["block"], [], ["dense"]]


def test_problems_within_are_told_at_the_node_that_stands_for_them():
    document = stacked()
    document.apply(Within("block", SetParams("dense", {"activation": "nonsense"})))
    document.apply(RemoveWire(wire("data.x > block.x")))
    study = Study(document, CATALOGUE)
    assert study.advance()
    found = {(p.node, p.port): str(p.error) for p in Scope(document).analysis(study.result()).problems}
    assert found["block", "x"].startswith("The input 'x' is not connected")
    assert found["block", None].startswith("In 'dense': Dense: activation is 'nonsense'")
    within = Scope.at(document, ("block",))
    assert within is not None
    assert {p.node for p in within.analysis(study.result()).problems} == {"dense"}
    assert path_of("outer/block#2/dense") == (("outer", "block#2"), "dense")


def test_a_wire_to_a_function_is_tried_like_any_other():
    document = stacked()
    types = Types(document)
    trials = Trials(types)
    assert trials.objection_to(document, {}, port("block.x"), TensorSpec([None, 4])) is None
    refusal = trials.objection_to(document, {}, port("block.x"), TensorSpec([]))
    assert refusal is not None
    assert trials.outputs_of(types["function.block"], {"units": 3}, {"x": TensorSpec([None, 4])}) == [
        TensorSpec([None, 3])
    ]
    document.apply(Within("block", SetParams("dense", {"units": 7})))
    assert trials.outputs_of(types["function.block"], {}, {"x": TensorSpec([None, 4])}) == [TensorSpec([None, 7])]


def test_what_lies_deep_within_functions_can_be_changed_however_long_its_name_is():
    document = Document()
    names = ["a" * 150, "b" * 150]
    document.apply(AddFunction("inner", Contents(nodes={names[0]: Node(names[0], "layer.Dense", {"units": 3})})))
    document.apply(AddNode(Node(names[1], "function.inner")))
    flattened = Flattened(document)
    flattened.now()
    document.apply(Within("inner", SetParams(names[0], {"units": 5})))
    document.apply(Within("inner", SetMode({names[0]: "mute"})))
    document.apply(Within("inner", SetTitle(names[0], "dense")))
    found = flattened.now().document.nodes[f"{names[1]}/{names[0]}"]
    assert (found.params["units"], found.mode) == (5, "mute")


def test_large_functions_are_not_tried():
    nodes = {f"n{i}": Node(f"n{i}", "op.exp") for i in range(LARGE + 1)}
    document = Document()
    document.apply(AddFunction("large", Contents(nodes={"x": Node("x", INPUT), **nodes})))
    document.apply(AddNode(Node("block", "function.large")))
    trials = Trials(Types(document))
    assert trials.objection_to(document, {}, port("block.x"), TensorSpec([2])) is None, "nobody can tell"
    assert unfolded(document.functions, "large") == LARGE + 2


def test_functions_within_functions_end_somewhere():
    document = Document()
    for level in range(200):
        inner = Node("n", f"function.f{level - 1}") if level else Node("n" * 150, "op.exp")
        body = Contents(nodes={inner.id: inner}, settings={"exposed": (("x", "n", "x"),)})
        document.apply(AddFunction(f"f{level}", body))
    document.apply(AddNode(Node("top", "function.f199")))
    document.apply(AddNode(Node("low", "function.f3")))
    flat = flatten(document)
    assert any("more than 32 functions" in str(error) for error in flat.problems.values())
    assert f"low/n/n/n/{'n' * 150}" in flat.document.nodes
    assert Types(document)["function.f199"].title == "f199"
    text = copy(document, ["top"])
    edit, _ids = paste(Document(), text)
    assert len([leaf for leaf in edit.leaves() if isinstance(leaf, AddFunction)]) == 200
