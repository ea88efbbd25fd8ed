"""A random walk through all that can be done to documents: at each checkpoint document, view and file are equal.

By default some hundreds of edits; ``TRENZA_WALK=20000 pytest -m slow tests/studio/canvas/test_walk.py`` walks far.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from graphs import example
from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.canvas.levels import Levels
from studio.canvas.node_item import NodeItem
from studio.canvas.scene import CanvasScene
from studio.canvas.view import CanvasView
from studio.document.analysis import Analysis
from studio.document.bookmarks import Bookmark, add_bookmark
from studio.document.catalogue import CATALOGUE
from studio.document.document import PICTURES, Document, PortRef
from studio.document.edits import UNSET, SetCollapsed, SetNote, SetParams, SetPicture, SetSetting, SetTitle, connect
from studio.document.file import dumps, load, loads, save
from studio.document.flat import flatten
from studio.document.function import REPEAT, function_of
from studio.document.history import Editing, History
from studio.document.scope import Scope
from studio.document.study import Study
from studio.document.types import Types
from studio.ui import motion
from studio.ui.theme import DARK

pytest_plugins = ("look",)

#: Edits between two checkpoints.
STAGE = 100
#: More nodes than this, unfolded, are cut down: functions that hold each other double with each one, and of 100,000
#: nodes a walk does not end.
LARGEST = 3000
#: Types that nodes are made of: few, so that wires between them often fit.
USUAL = [
    *("data.digits", "data.moons", "layer.Dense", "layer.Flatten", "layer.Dropout", "layer.Conv2D", "op.add", "op.exp"),
    *("op.concat", "op.split", "loss.SparseCategoricalCrossentropy", "train.Adam", "view.reroute"),
]
TITLES = ["", "hidden", "salida", "a\nb", "\u202eright to left", "<b>bold</b>", "x" * 200, "⭐"]
VALUES = [1, 2, 64, -1, 0.5, "relu", "nonsense", None, [1, 2], True, UNSET]


class Walker:
    """Somebody who does anything to a document, seen and unforeseen."""

    def __init__(self, levels: Levels, history: History, chance: random.Random) -> None:
        self.levels, self.history, self.chance = levels, history, chance
        self.refused = 0
        self.ways: list[tuple[int, Callable[[], object]]] = [
            (8, self.add),
            (10, self.wire),
            (4, self.add_on_wire),
            (6, self.select),
            (3, self.delete),
            (1, lambda: self.view.delete_with_wires()),
            (1, lambda: self.view.disconnect_selection()),
            (6, self.move),
            (6, self.tell),
            (3, self.rename),
            (3, self.toggle),
            (2, self.note),
            (2, self.show_as),
            (3, self.copy),
            (2, lambda: self.view.duplicate()),
            (1, lambda: self.view.cut()),
            (2, self.enclose),
            (2, lambda: self.view.functions.unpack()),
            (2, self.enter),
            (2, lambda: self.levels.leave()),
            (2, self.arrange),
            (1, lambda: self.view.add_reroutes()),
            (2, self.replace),
            (1, self.set_up),
            (6, self.go_back),
            (3, lambda: self.history.redo()),
        ]

    @property
    def view(self) -> CanvasView:
        return self.levels.canvas

    @property
    def graph(self) -> Document:
        return self.view.canvas.document

    def step(self) -> None:
        """Do something."""
        weights = [weight for weight, _way in self.ways]
        self.chance.choices([way for _weight, way in self.ways], weights)[0]()
        if self.chance.random() < 0.5:
            self.history.seal()
        if self.chance.random() < 0.05 and len(flatten(self.history.document).document.nodes) > LARGEST:
            self.cut_down()

    def cut_down(self) -> None:
        """Delete what stands for functions in the document's own graph."""
        self.levels.go_to(())
        self.view.select([id for id, node in self.graph.nodes.items() if function_of(node) is not None])
        self.view.delete_selection()

    def some_node(self) -> str | None:
        return self.chance.choice(list(self.graph.nodes)) if self.graph.nodes else None

    def place(self) -> QPointF:
        return QPointF(self.chance.randrange(-800, 2400), self.chance.randrange(-600, 1400))

    def outputs(self) -> list[PortRef]:
        catalogue = self.view.canvas.catalogue
        return [
            PortRef(node.id, f"{p.name}[0]" if p.variadic else p.name)
            for node in self.graph.nodes.values()
            if (t := catalogue.get(node.type)) is not None
            for p in t.outputs
        ]

    def inputs(self) -> list[PortRef]:
        catalogue = self.view.canvas.catalogue
        return [
            PortRef(node.id, f"{p.name}[{self.chance.randrange(3)}]" if p.variadic else p.name)
            for node in self.graph.nodes.values()
            if (t := catalogue.get(node.type)) is not None
            for p in t.inputs
        ]

    # ------------------------------------------------------------------------------------------------- ways

    def add(self) -> None:
        if len(self.graph.nodes) > 60:
            self.view.select(self.chance.sample(list(self.graph.nodes), 20))
            self.view.delete_selection()
            return
        functions = [t for t in self.view.canvas.catalogue if t.startswith(("function.", "port."))]
        types = USUAL if self.chance.random() < 0.7 else functions or list(CATALOGUE)
        outputs = self.outputs()
        dangling = self.chance.choice(outputs) if outputs and self.chance.random() < 0.4 else None
        self.view.add_node(self.chance.choice(types), self.place(), dangling)

    def wire(self) -> None:
        outputs, inputs = self.outputs(), self.inputs()
        if outputs and inputs:
            self.view.do(connect(self.graph, self.chance.choice(outputs), self.chance.choice(inputs)))

    def add_on_wire(self) -> None:
        if self.graph.wires:
            wire = self.chance.choice(list(self.graph.wires.values()))
            self.view.insert_node(self.chance.choice(USUAL), wire, self.place())

    def select(self) -> None:
        everything = [*self.graph.nodes, *self.graph.notes]
        self.view.select(self.chance.sample(everything, min(len(everything), self.chance.choice((0, 1, 1, 2, 3, 5)))))

    def delete(self) -> None:
        if self.graph.wires and self.chance.random() < 0.3:
            self.view.canvas.select((), [self.chance.choice(list(self.graph.wires))])
        self.view.delete_selection()

    def move(self) -> None:
        for _ in range(self.chance.randrange(1, 4)):
            self.view.nudge(self.chance.randrange(-200, 200), self.chance.randrange(-200, 200))

    def tell(self) -> None:
        if (id := self.some_node()) is None:
            return
        node_type = self.view.canvas.node_type(id)
        name = self.chance.choice([*(node_type.params if node_type else ()), "no_such"])
        # what is repeated often, in a function that is, unfolds to a hundred thousand nodes
        values = VALUES if name != REPEAT else [1, 2, 0, "often", UNSET]
        self.view.do(SetParams(id, {name: self.chance.choice(values)}))

    def rename(self) -> None:
        if (id := self.some_node()) is not None:
            self.view.do(SetTitle(id, self.chance.choice(TITLES)))

    def toggle(self) -> None:
        ways = (
            lambda: self.view.arranging.toggle("mute"),
            lambda: self.view.arranging.toggle("bypass"),
            self.view.arranging.collapse,
            lambda: self.view.arranging.colour(self.chance.choice(("", "data", "loss"))),
        )
        self.chance.choice(ways)()
        if (id := self.some_node()) is not None and self.chance.random() < 0.3:
            self.view.do(SetCollapsed({id: self.chance.random() < 0.5}))

    def note(self) -> None:
        if self.chance.random() < 0.4:
            self.view.arranging.frame_selection()
        else:
            self.view.add_note()
        self.view.close_editor()
        if self.graph.notes:
            note = self.graph.notes[self.chance.choice(list(self.graph.notes))]
            self.view.do(
                SetNote(type(note)(note.id, self.chance.choice(TITLES), note.position, note.size, note.colour))
            )

    def show_as(self) -> None:
        if (id := self.some_node()) is not None:
            self.view.do(SetPicture({id: self.chance.choice(PICTURES)}))

    def copy(self) -> None:
        self.view.copy()
        if self.chance.random() < 0.7 and len(self.graph.nodes) < 60:
            self.chance.choice((self.view.paste, self.view.paste_with_wires))()

    def enclose(self) -> None:
        functions = self.view.functions
        if len(self.history.document.functions) < 8:  # they double what they hold
            self.chance.choice((functions.make, functions.make, functions.own_copy))()

    def enter(self) -> None:
        stand_ins = [id for id, node in self.graph.nodes.items() if function_of(node) is not None]
        if stand_ins:
            self.levels.enter(self.chance.choice(stand_ins))

    def arrange(self) -> None:
        arranging = self.view.arranging
        ways = (arranging.lay_out, arranging.to_grid, arranging.straighten, arranging.tidy)
        self.chance.choice((*ways, lambda: arranging.align("left"), lambda: arranging.distribute(vertical=True)))()

    def replace(self) -> None:
        if (id := self.some_node()) is not None:
            fitting = self.view.replacements(id)
            if fitting:
                self.view.replace_with(id, self.chance.choice(fitting[:5]))

    def set_up(self) -> None:
        self.view.do(SetSetting("seed", self.chance.randrange(5)))
        self.view.do(add_bookmark(self.graph, Bookmark("here", 0.0, 0.0, self.chance.choice((0.5, 1.0)))))

    def go_back(self) -> None:
        for _ in range(self.chance.choice((1, 1, 2, 5))):
            self.history.undo()


# ------------------------------------------------------------------------------------------------ checkpoints


def settled(levels: Levels) -> None:
    """Let all that waits for the event loop have its turn."""
    while True:
        QApplication.processEvents()
        view = levels.canvas
        arranging = view.arranging.glide.busy or view.arranging.run.busy
        if not view.canvas.busy and not arranging and not levels._waiting:
            return
        view.canvas.settle()


def check_view(scene: CanvasScene) -> None:
    """The scene shows the document: its items, faces, places and wires."""
    document = scene.document
    assert set(scene.items_by_id) == {*document.nodes, *document.notes}
    for id, item in scene.items_by_id.items():
        assert (item.x(), item.y()) == pytest.approx(scene.position(id)), id
        if isinstance(item, NodeItem):
            assert item.face == scene._face(id), id
        else:
            assert replace(item.note, position=scene.position(id)) == document.notes[id]
    strands = scene.wires.strands()
    assert set(strands) == set(document.wires)
    for target, strand in strands.items():
        source = strand.wire.source
        assert strand.wire == document.wires[target]
        start, end = scene.node(source.node), scene.node(target.node)
        assert start is not None
        assert end is not None
        assert strand.start == start.port_position(source.port, is_input=False), strand.wire
        assert strand.end == end.port_position(target.port, is_input=True), strand.wire
    assert set(scene.selected_ids()) <= {*document.nodes, *document.notes}


def essence(flat: Document) -> dict[str, object]:
    """What of a flat graph matters: not how its nodes look."""
    return {id: (node.type, node.params, node.mode) for id, node in flat.nodes.items()}


def wrong(analysis: Analysis) -> set[tuple[str | None, str]]:
    """What is wrong where. A circle may be told from any of its nodes on."""
    return {(p.node, p.error.template if "path" in p.error.facts else str(p.error)) for p in analysis.problems}


def check(walker: Walker, study: Study, file: Path) -> None:
    levels, document = walker.levels, walker.history.document
    settled(levels)  # what was begun, such as a layout, is an edit when it ends
    assert study.advance()
    levels.set_analysis(study.result())
    settled(levels)
    for canvas in levels.canvases:
        canvas.canvas.settle()
    check_view(levels.canvas.canvas)
    assert Scope.at(document, levels.scope.path) is not None
    text = dumps(document)
    assert loads(text) == document
    save(document, file)
    assert dumps(load(file)) == text
    anew = flatten(document)
    assert essence(study.flat.document) == essence(anew.document)
    assert dict(study.flat.document.wires) == dict(anew.document.wires)
    fresh = Study(loads(text), CATALOGUE)
    assert fresh.advance()
    known, found = study.result(), fresh.result()
    assert dict(known.specs) == dict(found.specs)
    assert wrong(known) == wrong(found)
    position = walker.history.position
    walker.history.go_to(max(position - STAGE, 0))
    walker.history.go_to(position)
    assert dumps(document) == text


def walk(qtbot: QtBot, folder: Path, edits: int, seed: int) -> None:
    motion.set_reduced(True)
    chance = random.Random(seed)
    walkers: list[tuple[Walker, Study]] = []

    def make(editing: Editing, types: Types) -> CanvasView:
        return CanvasView(editing, types, DARK)

    for document in (example("digits_mlp"), Document()):
        history = History(document)
        levels = Levels(history, make, "walk")
        levels.resize(1200, 800)
        qtbot.addWidget(levels)
        levels.show()
        walkers.append((Walker(levels, history, chance), Study(document, CATALOGUE)))
    for number in range(edits):
        walker, study = walkers[chance.random() < 0.3]
        try:
            walker.step()
        except Exception as error:
            raise AssertionError(f"edit {number} of seed {seed}") from error
        if number % 10 == 0:
            study.advance()
            walker.levels.set_analysis(study.result())
        if number % 3 == 0:
            QApplication.processEvents()
        if number % STAGE == STAGE - 1:
            for who, known in walkers:
                check(who, known, folder / "walk.trenza")
    QGuiApplication.clipboard().clear()
    for who, known in walkers:
        known.close()
        who.levels.close_document()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_walk_leaves_document_view_and_file_equal(qtbot: QtBot, look: object, tmp_path: Path, seed: int) -> None:
    walk(qtbot, tmp_path, 300, seed)


@pytest.mark.slow
def test_a_long_walk(qtbot: QtBot, look: object, tmp_path: Path) -> None:
    walk(qtbot, tmp_path, int(os.environ.get("TRENZA_WALK", "20000")), 0)
