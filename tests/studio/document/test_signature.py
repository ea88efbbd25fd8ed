"""The signature of a function: what it shows to the outside, under which names, in which order."""

from __future__ import annotations

import pytest
from graphs import build

from engine.core.errors import EngineError
from studio.document.document import Document, Node
from studio.document.edits import AddNode, SetParams, remove
from studio.document.file import dumps
from studio.document.flat import flatten
from studio.document.function import INPUT, OUTPUT, exposed, ports
from studio.document.function_edits import AddFunction, Within
from studio.document.history import History
from studio.document.signature import (
    expose,
    rename,
    reorder_parameters,
    reorder_ports,
    shown_as,
    stand_ins,
    withdraw,
)
from studio.document.types import Types


@pytest.fixture
def history() -> History:
    """`outer` holds `block`, which holds `dense`; two nodes of the document stand for `block`, one for `outer`."""
    block = build(
        {"x": INPUT, "dense": ("layer.Dense", {"units": 8}), "y": OUTPUT},
        "x.output > dense.inputs\ndense.output > y.input",
    )
    outer = build({"x": INPUT, "b": "function.block", "y": OUTPUT}, "x.output > b.x\nb.y > y.input")
    document = Document()
    document.apply(AddFunction("block", block.contents()))
    document.apply(AddFunction("outer", outer.contents()))
    for id, type_id in (("one", "function.block"), ("two", "function.block"), ("whole", "function.outer")):
        document.apply(AddNode(Node(id, type_id)))
    return History(document)


def units(history: History) -> dict[str, object]:
    """Return the units of each dense layer that runs."""
    nodes = flatten(history.document).document.nodes
    return {id: node.params["units"] for id, node in nodes.items() if node.type == "layer.Dense"}


def shown_twice(history: History) -> None:
    """`block` shows the units of its layer, `outer` those of its block; all nodes outside set them."""
    history.do(expose(history.document, "block", "dense", "units"))
    history.do(expose(history.document, "outer", "b", "units"))
    for id, value in (("one", 1), ("two", 2), ("whole", 3)):
        history.do(SetParams(id, {"units": value}))
    assert units(history) == {"one/dense": 1, "two/dense": 2, "whole/b/dense": 3}


def test_a_parameter_is_shown_with_what_is_set_within_as_its_default(history: History):
    history.do(expose(history.document, "block", "dense", "units"))
    assert history.labels == ["Show on the function"]
    assert Types(history.document)["function.block"].params["units"].default == 8
    assert shown_as(history.document.functions["block"], "dense", "units") == "units"
    assert units(history) == {"one/dense": 8, "two/dense": 8, "whole/b/dense": 8}


def test_names_are_never_given_twice(history: History):
    for param in ("units", "use_bias"):
        history.do(expose(history.document, "block", "dense", param))
    history.do(Within("block", AddNode(Node("other", "layer.Dense"))))
    history.do(expose(history.document, "block", "other", "units"))
    history.do(Within("outer", AddNode(Node("c", "function.block"))))
    history.do(expose(history.document, "outer", "c", "repeat"))
    assert [entry.name for entry in exposed(history.document.functions["block"])] == ["units", "use_bias", "units_2"]
    assert [entry.name for entry in exposed(history.document.functions["outer"])] == ["repeat_2"]


def test_renaming_keeps_all_values_also_further_outside_in_one_step(history: History):
    shown_twice(history)
    before, steps = dumps(history.document), len(history.labels)
    history.do(rename(history.document, "block", "units", "width"))
    assert units(history) == {"one/dense": 1, "two/dense": 2, "whole/b/dense": 3}
    assert [history.document.nodes[id].params for id in ("one", "two")] == [{"width": 1}, {"width": 2}]
    assert flatten(history.document).problems == {}
    assert len(history.labels) == steps + 1
    history.undo()
    assert dumps(history.document) == before


@pytest.mark.parametrize("name", ["", "use_bias", "repeat", "n" * 300])
def test_a_name_that_cannot_be_is_refused(history: History, name: str):
    for param in ("units", "use_bias"):
        history.do(expose(history.document, "block", "dense", param))
    with pytest.raises(EngineError):
        rename(history.document, "block", "units", name)


def test_taking_it_back_leaves_nothing_behind(history: History):
    clean = dumps(history.document)
    shown_twice(history)
    history.do(withdraw(history.document, "block", ["units"]))
    assert dumps(history.document) == clean
    assert flatten(history.document).problems == {}


def test_what_shows_a_deleted_node_further_outside_goes_with_it(history: History):
    """Only the function itself forgot it: those around it went on setting what was no parameter any more."""
    shown_twice(history)
    body = history.document.functions["block"]
    history.within("block").do(remove(body, ["dense"]))
    assert list(exposed(history.document.functions["outer"])) == []
    assert [history.document.nodes[id].params for id in ("one", "two", "whole")] == [{}, {}, {}]
    assert flatten(history.document).problems == {}


def test_ports_and_parameters_can_be_put_into_another_order(history: History):
    body = history.document.functions["block"]
    history.do(Within("block", AddNode(Node("z", INPUT))))
    history.within("block").do(reorder_ports(body, ["z", "x"]))
    assert [node.id for node in ports(body, INPUT)] == ["z", "x"]
    assert [port.name for port in Types(history.document)["function.block"].inputs] == ["z", "x"]
    for param in ("units", "use_bias"):
        history.do(expose(history.document, "block", "dense", param))
    history.within("block").do(reorder_parameters(body, ["use_bias", "units"]))
    assert [entry.name for entry in exposed(body)] == ["use_bias", "units"]


def test_all_nodes_that_stand_for_a_function_are_found(history: History):
    assert [(owner, node.id) for owner, _graph, node in stand_ins(history.document, "block")] == [
        ("", "one"),
        ("", "two"),
        ("outer", "b"),
    ]
