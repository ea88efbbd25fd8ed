from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import fitting_edits

from studio.document.document import Document, Node
from studio.document.edits import AddNode, Compound, Move, SetParams
from studio.document.file import dumps
from studio.document.history import History


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_any_walk_can_be_undone_and_redone_exactly(data):
    document = Document()
    history = History(document)
    for _ in range(data.draw(st.integers(0, 25))):
        action = data.draw(st.sampled_from(["do", "do", "do", "undo", "redo", "seal", "save"]))
        if action == "do":
            history.do(data.draw(fitting_edits(document)))
        elif action == "save":
            history.mark_saved()
        else:
            getattr(history, action)()
    while history.can_redo:
        history.redo()
    end = dumps(document)
    states = [end]
    while history.can_undo:
        history.undo()
        states.append(dumps(document))
    assert document == Document()
    while history.can_redo:
        assert dumps(document) == states.pop()
        history.redo()
    assert dumps(document) == end


@given(st.data())
@settings(deadline=None, max_examples=100)
def test_unmodified_means_as_saved(data):
    document = Document()
    history = History(document)
    saved = dumps(document)
    for _ in range(data.draw(st.integers(0, 20))):
        action = data.draw(st.sampled_from(["do", "do", "undo", "redo", "save"]))
        if action == "do":
            history.do(data.draw(fitting_edits(document)))
        elif action == "save":
            history.mark_saved()
            saved = dumps(document)
        else:
            getattr(history, action)()
        if not history.modified:
            assert dumps(document) == saved


def started() -> History:
    history = History(Document())
    history.do(AddNode(Node("a", "op.add")))
    history.seal()
    return history


def test_what_changes_nothing_is_no_step():
    history = started()
    history.do(Move({"a": (0.0, 0.0)}))
    history.do(SetParams("a", {}))
    history.do(Compound("Delete", ()))
    assert history.labels == ["Add node"]


def test_a_change_of_kind_alone_is_a_step():
    history = started()
    for value in (1, True, 1.0):
        history.do(SetParams("a", {"x": value}))
        history.seal()
    assert len(history.labels) == 4
    history.undo()
    assert history.document.nodes["a"].params["x"] is True


def test_what_changes_nothing_keeps_the_redo():
    history = started()
    history.do(Move({"a": (1.0, 0.0)}))
    history.undo()
    history.do(Move({"a": (0.0, 0.0)}))
    assert history.can_redo


def test_a_drag_is_one_step():
    history = started()
    for x in range(1, 5):
        history.do(Move({"a": (float(x), 0.0)}))
    history.seal()
    history.do(Move({"a": (9.0, 0.0)}))
    assert history.labels == ["Add node", "Move", "Move"]
    history.undo()
    history.undo()
    assert history.document.nodes["a"].position == (0.0, 0.0)


def test_a_drag_back_to_its_start_is_no_step_and_what_follows_is_one_of_its_own():
    history = started()
    history.do(Move({"a": (1.0, 0.0)}))
    history.seal()
    history.do(Move({"a": (2.0, 0.0)}))
    history.do(Move({"a": (1.0, 0.0)}))
    assert history.labels == ["Add node", "Move"]
    history.do(Move({"a": (3.0, 0.0)}))
    history.undo()
    assert history.document.nodes["a"].position == (1.0, 0.0)


def test_a_saved_state_that_was_left_for_good_counts_as_modified():
    history = started()
    history.mark_saved()
    history.undo()
    assert history.modified
    history.do(AddNode(Node("b", "op.add")))
    assert history.modified


def test_a_value_changed_by_its_owner_later_stays_out():
    shape = [1, 2]
    history = started()
    history.do(SetParams("a", {"shape": shape}))
    shape.append(3)
    history.undo()
    history.redo()
    assert history.document.nodes["a"].params == {"shape": (1, 2)}
