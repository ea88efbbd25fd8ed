"""The order in which nodes can run, and circles."""

from __future__ import annotations

import time

from graphs import build, wire
from hypothesis import given
from hypothesis import strategies as st

from studio.document.document import Document, Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire
from studio.document.order import order


def net(text: str, nodes: str = "") -> Document:
    """Return a document with the wires written as ``ab bc``, of nodes named by a letter."""
    pairs = text.split()
    names = dict.fromkeys(nodes or sorted(set("".join(pairs))))
    document = build(dict.fromkeys(names, "op.add"))
    for place, (source, target) in enumerate(pairs):
        document.apply(AddWire(Wire(PortRef(source, "output"), PortRef(target, f"in{place}"))))
    return document


def test_what_feeds_comes_first() -> None:
    found, circles = order(net("cb ba cd", "abcd"))
    assert circles == []
    assert found.index("c") < found.index("b") < found.index("a")
    assert found.index("c") < found.index("d")


def test_nodes_without_wires_keep_their_order() -> None:
    assert order(net("", "cab")) == (["c", "a", "b"], [])
    assert order(Document()) == ([], [])


def test_a_node_wired_to_itself_is_a_circle() -> None:
    assert order(net("aa ab")) == ([], [["a"]])


def test_a_circle_lists_its_nodes_along_the_wires() -> None:
    assert order(net("ac cb ba"))[1] == [["a", "c", "b"]]


def test_what_only_feeds_a_circle_or_is_fed_by_it_lies_on_none() -> None:
    found, circles = order(net("ab bc cb cd de"))
    assert found == ["a"]
    assert circles == [["b", "c"]]


def test_what_lies_between_two_circles_is_on_none() -> None:
    assert order(net("ab ba bc cd de ed"))[1] == [["a", "b"], ["d", "e"]]


def test_circles_that_share_a_node_name_all_of_their_nodes() -> None:
    circles = order(net("ab ba bc cb"))[1]
    assert sorted({id for circle in circles for id in circle}) == ["a", "b", "c"]


@given(st.sets(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=14))
def test_a_node_is_on_a_circle_if_it_reaches_itself(pairs: set[tuple[str, str]]) -> None:
    document = net(" ".join("".join(pair) for pair in sorted(pairs)), "abcdefg")
    found, circles = order(document)
    reach = {id: {b for a, b in pairs if a == id} for id in "abcdefg"}
    for _ in reach:
        reach = {id: targets.union(*(reach[t] for t in targets)) for id, targets in reach.items()}
    turning = {id for id in reach if id in reach[id]}
    behind = set().union(*(reach[id] for id in turning))
    assert {id for circle in circles for id in circle} == turning
    assert set(found) == set(reach) - turning - behind
    assert all(found.index(a) < found.index(b) for a, b in pairs if b in found)
    for circle in circles:
        assert all(pair in pairs for pair in zip(circle, (*circle[1:], circle[0]), strict=True))


def test_thousands_of_nodes_behind_a_circle_are_no_burden() -> None:
    document = Document()
    for i in range(4000):
        document.apply(AddNode(Node(f"n{i}", "op.exp")))
    for i in range(3999):
        document.apply(AddWire(wire(f"n{i}.output > n{i + 1}.x")))
    document.apply(AddWire(wire("n1.output > n0.x")))
    begin = time.perf_counter()
    assert order(document) == ([], [["n0", "n1"]])
    assert time.perf_counter() - begin < 5, "it is to grow with the number of nodes, not with its square"
