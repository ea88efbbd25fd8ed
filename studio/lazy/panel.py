"""The panel: the passes of a program, its graph after each of them, and what is known of its kernels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.document.box import Box
from studio.lazy.changes_page import ChangesPage
from studio.lazy.drawing import drawing_of
from studio.lazy.graph_view import GraphView
from studio.lazy.kernel_page import KernelPage
from studio.lazy.memory_map import MemoryMap
from studio.lazy.pass_strip import PassStrip
from studio.lazy.places import Places, arranged, links_back
from studio.lazy.profile_page import ProfilePage
from studio.lazy.race_page import RacePage
from studio.lazy.words import kernel_name, kind_of, pass_name, phase_look
from studio.run.lazy.attribution import compiled_by_node, eager_by_node
from studio.run.lazy.controller import LazyController
from studio.run.lazy.data import Explained, OpNode
from studio.ui import fonts
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe, number
from studio.ui.values import time_text
from studio.ui.widgets.action_button import ActionButton
from studio.ui.widgets.labels import EmptyState, rule
from studio.ui.widgets.segmented import Segmented
from studio.ui.work_run import WorkRun

_TABS: Final = (N_("Plan"), N_("Rewrites"), N_("Race"), N_("Profile"), N_("Memory"))
_STRIP: Final = 44
_STATES: Final = {
    "compile": N_("compiling…"),
    "race": N_("racing…"),
    "profile": N_("profiling…"),
}


class Lazy(QWidget):
    """Shows the document that a controller looks at as the program that it runs as.

    Signals
    -------
    nodes_meant
        Carries the names of the nodes of the document that what is looked at belongs to.

    Parameters
    ----------
    controller
        Knows the program.
    actions
        The program's actions: `lazy.…`.
    name_of
        Gives what a node of the document is called.
    """

    nodes_meant = Signal(object)

    def __init__(
        self,
        controller: LazyController,
        actions: Actions,
        name_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("lazy")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._controller, self._name_of = controller, name_of
        self._program: Explained | None = None
        self._places: tuple[Places, Places, dict[int, Box]] = ({}, {}, {})
        self._kernel_of: dict[int, int] = {}
        self._roots: dict[int, Mapping[int, frozenset[int]]] = {}
        self._selected: frozenset[str] = frozenset()
        self._layout = WorkRun(self)
        self.strip = PassStrip()
        self.graph = GraphView()
        self.about = QLabel()
        self.about.setObjectName("lazy.about")
        self.about.setFont(fonts.mono(12))
        self.state = QLabel()
        self.state.setObjectName("lazy.state")
        self.state.setProperty("tone", "dim")
        for text in (self.about, self.state):  # a long one must not make the panel wide
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.kernels = KernelPage(name_of)
        self.changes = ChangesPage()
        self.race = RacePage(name_of)
        self.profile = ProfilePage(name_of)
        self.memory = MemoryMap()
        self.tabs = QTabWidget()
        self.tabs.setObjectName("lazy.tabs")
        self.tabs.setDocumentMode(True)
        for page, title in zip(self._pages, _TABS, strict=True):
            self.tabs.addTab(page, _(title))
        self.empty = EmptyState("zap", N_("Compile the document, and see what becomes of it."))
        self._lay_out(actions)
        self._connect()
        self.refresh()

    @property
    def _pages(self) -> tuple[QWidget, ...]:
        return self.kernels, self.changes, self.race, self.profile, self.memory

    def _lay_out(self, actions: Actions) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(8)
        self.scopes = Segmented([actions["lazy.scope_step"], actions["lazy.scope_forward"]])
        bar.addWidget(self.scopes)
        bar.addWidget(ActionButton(actions["lazy.compile"], primary=True))
        for id in ("lazy.race", "lazy.profile"):
            bar.addWidget(ActionButton(actions[id]))
        bar.addWidget(ActionButton(actions["lazy.stop"], icon_only=True))
        bar.addWidget(ActionButton(actions["lazy.heat"], icon_only=True))
        bar.addSpacing(8)
        bar.addWidget(self.state, 1)
        view = QWidget()
        inner = QVBoxLayout(view)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.graph, 1)
        inner.addWidget(rule())
        self.about.setContentsMargins(12, 5, 12, 5)
        inner.addWidget(self.about)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setHandleWidth(1)
        halves.setChildrenCollapsible(False)
        halves.addWidget(view)
        halves.addWidget(self.tabs)
        halves.setSizes([480, 330])
        halves.setStretchFactor(0, 1)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(halves)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(rule())
        self._passes = QScrollArea()
        self._passes.setWidgetResizable(True)
        self._passes.setFrameShape(QScrollArea.Shape.NoFrame)
        self._passes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._passes.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._passes.setFixedHeight(_STRIP)
        self._passes.setWidget(self.strip)
        column.addWidget(self._passes)
        column.addWidget(rule())
        column.addWidget(body, 1)

    def _connect(self) -> None:
        self._controller.changed.connect(self.refresh)
        self._controller.progressed.connect(self._on_progress)
        self.strip.chosen.connect(lambda _number: self._show_stage())
        self.strip.chosen.connect(lambda number: self._passes.ensureWidgetVisible(self.strip.buttons[number]))
        self.graph.hovered.connect(self._on_hovered)
        self.graph.chosen.connect(self._on_chosen)
        self.kernels.picked.connect(self.look_at_kernel)
        self.memory.picked.connect(self.look_at_kernel)
        self.profile.kernel_picked.connect(self.look_at_kernel)
        self.profile.op_picked.connect(self._look_at_op)
        self.changes.picked.connect(self._on_change)
        appearance().language_changed.connect(self._retranslate)
        appearance().theme_changed.connect(self._show_measured)

    # ---------------------------------------------------------------------------------------------------------- showing

    def refresh(self) -> None:
        """Show what the controller knows."""
        found = self._controller.found
        self._say_state()
        if found.program is not self._program:
            self._program = found.program
            self._take(found.program)
        elif found.program is not None:
            self._show_measured()
        self._stack.setCurrentIndex(int(self._program is not None))
        if self._program is None:
            self.empty.text.say(N_("Compile the document, and see what becomes of it."))
            if found.error is not None:
                self.empty.text.setText(describe(found.error))

    def _take(self, program: Explained | None) -> None:
        """Show another program: where its nodes go is worked out in slices."""
        self._layout.cancel()
        self._kernel_of, self._roots = {}, {}
        self.strip.show_stages(program.stages if program is not None else ())
        if program is None:
            return
        for kernel in program.kernels:
            self._kernel_of.update(dict.fromkeys(kernel.members, kernel.info.number))
        self.kernels.number = -1
        self.memory.show_program(program)
        self._show_measured()
        self._layout.begin(arranged(program), self._on_arranged)

    def _on_arranged(self, places: tuple[Places, Places, dict[int, Box]]) -> None:
        self._places = places
        self._show_stage(fresh=True)

    def _show_stage(self, fresh: bool = False) -> None:
        program, at = self._program, self.strip.number
        if program is None or self._layout.busy:
            return
        stage = program.stages[at]
        plain, gathered, frames = self._places
        is_last = bool(stage.kernels)
        self.graph.show_drawing(
            drawing_of(program, at, gathered if is_last else plain, frames if is_last else {}), fresh or is_last
        )
        known: dict[int, OpNode] = {}
        for one in program.stages[max(at - 1, 0) : at + 1]:
            known.update({node.id: node for node in one.nodes})
        self.changes.show_stage(stage, known)
        self._label_kernels()
        self._mark_selected()
        self._tell(None)

    def _label_kernels(self) -> None:
        program = self._program
        if program is None:
            return
        times = self._times()
        labels: dict[int, str] = {}
        for i, ids in enumerate(program.stages[-1].kernels):
            kernel = self._kernel_of.get(ids[0])
            if kernel is None:
                continue
            time = f" · {time_text(times[kernel])}" if kernel < len(times) else ""
            labels[i] = _("kernel {number} · {count} ops").format(number=number(kernel), count=number(len(ids))) + time
        self.graph.show_labels(labels)

    def _times(self) -> tuple[float, ...]:
        found = self._controller.found
        if found.profile is not None:
            return found.profile.kernels
        return found.race.kernels if found.race is not None else ()

    def _show_measured(self) -> None:
        found, program = self._controller.found, self._program
        if program is None:
            return
        times = self._times()
        self.kernels.show_kernels(program.kernels, times)
        eager: Mapping[str, float] = eager_by_node(program, found.race.ops) if found.race is not None else {}
        compiled = compiled_by_node(program, times) if times else {}
        self.race.show_race(program, found.race, eager, compiled, found.profile is not None)
        self.profile.show_profile(program, found.profile, found.race)
        self._label_kernels()

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self.tabs.setCurrentWidget(page)

    def _say_state(self) -> None:
        controller, found = self._controller, self._controller.found
        if controller.state != "idle":
            text = _(_STATES[controller.state])
        elif found.error is not None:
            text = describe(found.error)
        elif found.is_stale:
            text = _("The document has changed since.")
        elif found.program is not None:
            took = time_text(found.program.time.total)
            text = _("{batch} examples at once · compiled in {time}").format(
                batch=number(found.program.batch), time=took
            )
            if not found.program.batch:
                text = _("compiled in {time}").format(time=took)
        else:
            text = ""
        self.state.setText(text)
        self.state.setToolTip(text)

    def _on_progress(self, done: int, total: int) -> None:
        text = _("compiling kernel {done} of {total}").format(done=number(done + 1), total=number(total))
        self.state.setText(text)

    def _retranslate(self) -> None:
        for i, title in enumerate(_TABS):
            self.tabs.setTabText(i, _(title))
        self._say_state()
        self._show_measured()
        if self._program is not None and not self._layout.busy:
            self._show_stage()
        self.kernels.show_kernel(self.kernels.number)

    # ---------------------------------------------------------------------------------------------------------- linking

    def mark_nodes(self, names: Collection[str]) -> None:
        """Ring the ops that belong to nodes of the document that are selected there."""
        self._selected = frozenset(names)
        self._mark_selected()

    def _mark_selected(self) -> None:
        drawn = self.graph.drawing.nodes
        self.graph.mark({d.node.id for d in drawn if d.node.node in self._selected} if self._selected else ())

    def _node(self, id: int) -> OpNode | None:
        place = self.graph.drawing.place.get(id)
        return None if place is None else self.graph.drawing.nodes[place].node

    def _on_hovered(self, id: int) -> None:
        node = self._node(id)
        self._tell(node)
        chosen = self._node(self.graph.picture.chosen) if self.graph.picture.chosen is not None else None
        meant = node or chosen
        self.nodes_meant.emit((meant.node,) if meant is not None and meant.node else ())

    def _on_chosen(self, id: int) -> None:
        node = self._node(id)
        self._tell(node)
        self.nodes_meant.emit((node.node,) if node is not None and node.node else ())
        if node is None:
            return
        kernel = self._kernel_of.get(id)
        if kernel is not None:
            self.kernels.show_kernel(kernel)
            self._choose_kernel(kernel)
            if self._program is not None and self._program.stages[self.strip.number].kernels:
                self.show_page(self.kernels)

    def look_at_kernel(self, kernel: int) -> None:
        """Show a kernel: its members are ringed, in the graph as fused."""
        program = self._program
        if program is None or not 0 <= kernel < len(program.kernels):
            return
        self.kernels.show_kernel(kernel)
        self._choose_kernel(kernel)
        self.strip.choose(len(program.stages) - 1)
        members = program.kernels[kernel].members
        self.graph.mark(members)
        if members:
            self.graph.reveal(members[0])
        nodes = {d.node.id: d.node.node for d in self.graph.drawing.nodes}
        self.nodes_meant.emit(tuple(dict.fromkeys(nodes[id] for id in members if nodes.get(id))))

    def _choose_kernel(self, kernel: int) -> None:
        self.memory.choose(kernel)
        self.profile.roofline.choose(kernel)

    def _look_at_op(self, id: int) -> None:
        """Show a traced node."""
        self.strip.choose(0)
        self.graph.choose(id)
        self.graph.reveal(id)
        self._on_chosen(id)

    def _on_change(self, ids: tuple[int, ...]) -> None:
        self.graph.mark(ids)
        shown = [id for id in ids if id in self.graph.drawing.place]
        if shown:
            self.graph.reveal(shown[0])
        nodes = (self._node(id) for id in shown)
        self.nodes_meant.emit(tuple(dict.fromkeys(n.node for n in nodes if n is not None and n.node)))

    def _roots_of(self, program: Explained) -> Mapping[int, frozenset[int]]:
        """Return what the nodes of the stage that is shown were made from; found once for each."""
        at = self.strip.number
        if at not in self._roots:
            self._roots[at] = links_back(program, at)
        return self._roots[at]

    def _tell(self, node: OpNode | None) -> None:
        """Say in words what a node is, what it is for, and what it was."""
        program = self._program
        if node is None or program is None:
            count = sum(d.state != "gone" for d in self.graph.drawing.nodes)
            stage = program.stages[self.strip.number].name if program is not None else ""
            self.about.setText(_("{stage}: {count} nodes").format(stage=pass_name(stage), count=number(count)))
            return
        parts = [f"{node.name or node.op} #{node.id}", kind_of(node), node.spec]
        if node.phase and node.kind == "op":
            parts.append(_(phase_look(node.phase)[0]))
        if node.node:
            parts.append(self._name_of(node.node))
        roots = self._roots_of(program).get(node.id, frozenset())
        if self.strip.number and roots != {node.id}:
            names = {n.id: n for n in program.stages[0].nodes}
            was = ", ".join(f"{names[r].op} #{r}" for r in sorted(roots)[:4]) + (" …" if len(roots) > 4 else "")
            parts.append(_("was {nodes}").format(nodes=was) if roots else _("new"))
        kernel = self._kernel_of.get(node.id)
        if kernel is not None:
            parts.append(_("in kernel {name}").format(name=kernel_name(program.kernels[kernel]).partition(" ")[0]))
        self.about.setText("  ·  ".join(parts))
