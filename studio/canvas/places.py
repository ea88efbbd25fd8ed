"""Finding one's way: search in the graph, and bookmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from studio.canvas.metrics import Detail
from studio.canvas.view import CanvasView
from studio.document.bookmarks import Bookmark, add_bookmark, bookmarks, remove_bookmark, rename_bookmark
from studio.document.document import Note
from studio.ui.i18n import N_, _, label
from studio.ui.icons import icon
from studio.ui.widgets.chooser import Chooser, Entry

_TOP: Final = 56
_LONGEST: Final = 80


class Places(QObject):
    """Asks the user for a node, a note or a bookmark, and goes there.

    Parameters
    ----------
    window
        Over which the lists show.
    canvas
        Gives the canvas of the open document, None if there is none.
    """

    def __init__(self, window: QWidget, canvas: Callable[[], CanvasView | None]) -> None:
        super().__init__(window)
        self._window, self._canvas = window, canvas
        self.search = self._chooser(N_("Find in the graph…"), "find", self._go_to)
        self.marks = self._chooser(N_("Go to a bookmark…"), "bookmarks", self._go_to_mark)
        self.gone = self._chooser(N_("Remove a bookmark…"), "remove_bookmark", self._remove_mark)
        self.renamed = self._chooser(N_("Rename a bookmark…"), "rename_bookmark", self._ask_name)

    def _chooser(self, placeholder: str, name: str, chosen: Callable[[str], object]) -> Chooser:
        chooser = Chooser(placeholder, self._window)
        chooser.setObjectName(name)
        chooser.chosen.connect(chosen)
        chooser.closed.connect(self._focus)
        return chooser

    def find(self) -> None:
        """Search among the nodes, notes and frames: by title, id, type and what was set."""
        if (canvas := self._canvas()) is not None:
            self._open(self.search, list(_entries(canvas)))

    def go_to_mark(self) -> None:
        """Let the user pick a bookmark to go to."""
        self._offer_marks(self.marks)

    def remove_mark(self) -> None:
        """Let the user pick a bookmark to take away."""
        self._offer_marks(self.gone)

    def rename_mark(self) -> None:
        """Let the user pick a bookmark to call otherwise."""
        self._offer_marks(self.renamed)

    def add_mark(self) -> None:
        """Bookmark what is in view, under the name of what is selected, or of the frame in the middle."""
        if (canvas := self._canvas()) is None:
            return
        document, middle = canvas.canvas.document, canvas.visible_area().center()
        chosen = canvas.selected_ids()
        frame = next((f for f in canvas.canvas.frames() if f.body().contains(middle)), None)
        if len(chosen) == 1:
            name = canvas.canvas.title(chosen[0])
        elif frame is not None and frame.text:
            name = frame.text
        else:
            name = _("View {number}").format(number=len(bookmarks(document)) + 1)
        name = name.split("\n")[0][:_LONGEST]
        canvas.do(add_bookmark(document, Bookmark(name, round(middle.x(), 1), round(middle.y(), 1), canvas.zoom)))
        canvas.history.seal()

    def _offer_marks(self, chooser: Chooser) -> None:
        if (canvas := self._canvas()) is not None:
            found = enumerate(bookmarks(canvas.canvas.document))
            self._open(chooser, [Entry(str(i), b.name, f"{b.zoom:.0%}", icon=icon("bookmark")) for i, b in found])

    def _open(self, chooser: Chooser, entries: list[Entry]) -> None:
        chooser.offer(entries)
        chooser.open_at(QPoint((self._window.width() - chooser.width()) // 2, _TOP))

    def _go_to(self, id: str) -> None:
        canvas = self._canvas()
        if canvas is None or not canvas.canvas.document.has(id):
            return
        canvas.reveal(id)
        if canvas.detail is Detail.FAR:
            canvas.frame_selection()

    def _go_to_mark(self, key: str) -> None:
        if (canvas := self._canvas()) is not None:
            mark = bookmarks(canvas.canvas.document)[int(key)]
            canvas.zoom_to(mark.zoom)
            canvas.centerOn(mark.x, mark.y)

    def _remove_mark(self, key: str) -> None:
        if (canvas := self._canvas()) is not None:
            canvas.do(remove_bookmark(canvas.canvas.document, int(key)))
            canvas.history.seal()

    def _ask_name(self, key: str) -> None:
        canvas = self._canvas()
        if canvas is None:
            return
        dialog = QInputDialog(self._window)
        dialog.setObjectName("bookmark_name")
        dialog.setWindowTitle(_("Rename a bookmark"))
        dialog.setLabelText(_("Name"))
        dialog.setTextValue(bookmarks(canvas.canvas.document)[int(key)].name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(lambda name: self._rename_mark(int(key), name))
        dialog.open()

    def _rename_mark(self, place: int, name: str) -> None:
        canvas, name = self._canvas(), name.strip()[:_LONGEST]
        if canvas is not None and name and place < len(bookmarks(canvas.canvas.document)):
            canvas.do(rename_bookmark(canvas.canvas.document, place, name))
            canvas.history.seal()

    def _focus(self) -> None:
        if (canvas := self._canvas()) is not None:
            canvas.setFocus()


def _entries(canvas: CanvasView) -> Iterator[Entry]:
    scene = canvas.canvas
    for id, node in scene.document.nodes.items():
        node_type, title = scene.node_type(id), scene.title(id)
        kind = _(node_type.title) if node_type else node.type
        values = " ".join(f"{label(name)} {value}" for name, value in node.params.items())
        detail = id if kind == title else f"{kind} · {id}"
        names = ((id, 0.95), (kind, 0.8))
        yield Entry(id, title, detail, category=node_type.category if node_type else "", names=names, prose=values)
    for note in scene.document.notes.values():
        yield _note_entry(note)


def _note_entry(note: Note) -> Entry:
    first = next((line.strip("#*_` ") for line in note.text.splitlines() if line.strip("#*_` ")), "") or note.id
    picture = icon("frame" if note.frame else "sticky-note")
    return Entry(note.id, first[:_LONGEST], note.id, icon=picture, names=((note.id, 0.9),), prose=note.text)
