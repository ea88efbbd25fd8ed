"""A document, or some of its nodes, ready to be painted part by part on whatever paints."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from engine.core.errors import InvalidArgumentError
from studio.canvas.export.look import Progress
from studio.canvas.metrics import MARGIN, PORT, Detail
from studio.canvas.scene import CanvasScene
from studio.canvas.sprites import Sprites
from studio.canvas.status import Status
from studio.canvas.style import Style
from studio.document.document import Document
from studio.document.nodetype import Catalogue
from studio.document.work import Work
from studio.ui.theme import Theme

Part = tuple[QRectF, Callable[[QPainter], None]]

_OPTION: Final = QStyleOptionGraphicsItem()
_UNUSED: Final = MARGIN - PORT / 2 - 1
"""What an item may paint around its body beyond half a port: nothing is ringed here."""


class Drawing:
    """What is on a canvas at rest: nothing is selected, under the mouse or running.

    It has items of its own, so that it can be in another theme than the screen, and no other scale is asked of them
    than that of the painter.

    Parameters
    ----------
    document, catalogue, theme
        As of a scene.
    ids
        The nodes, notes and frames to show, and the wires between them; None is all.
    status
        What is known of the document: shapes, problems and pictures.

    Raises
    ------
    InvalidArgumentError
        If there is nothing to show.
    """

    def __init__(
        self,
        document: Document,
        catalogue: Catalogue,
        theme: Theme,
        ids: Collection[str] | None = None,
        status: Status | None = None,
    ) -> None:
        chosen = {*document.nodes, *document.notes} if ids is None else {id for id in ids if document.has(id)}
        if not chosen:
            raise InvalidArgumentError("There is nothing to export.", hint="Add a node first.")
        self._ids = chosen
        self.style = Style(theme)
        # The program owns it: collected as garbage, it and its items would be destroyed in any order, and crash.
        self._scene = CanvasScene(document, catalogue, self.style, QCoreApplication.instance(), status)
        self._scene.shared.sprites = Sprites(self.style, math.inf)
        self._scene.shared.detail = Detail.FULL
        self._parts: list[Part] = []
        self.bounds = QRectF()

    def prepare(self) -> Work[None]:
        """Make the items, and put them in order: frames, notes, wires, the words on them, nodes."""
        while self._scene.work_off():
            yield
        scene, below, above = self._scene, list[Part](), list[Part]()
        lines, labels = list[Part](), list[Part]()
        for id, item in sorted(scene.items_by_id.items(), key=lambda pair: pair[1].zValue()):
            if id in self._ids:
                self._add(below if item.zValue() < scene.wires.zValue() else above, _item_part(item))
                yield
        for target, strand in scene.wires.strands().items():
            if target.node in self._ids and strand.wire.source.node in self._ids:
                area = strand.area()
                self._add(lines, (area, partial(scene.wires.paint_lines, strands=[strand])))
                if strand.label is not None:
                    self._add(labels, (area, partial(scene.wires.paint_labels, visible=[strand])))
                yield
        self._parts = [*below, *lines, *labels, *above]

    def _add(self, parts: list[Part], part: Part) -> None:
        parts.append(part)
        self.bounds = self.bounds.united(part[0])

    def area(self, margin: float) -> QRectF:
        """Return what the picture shows: whole pixels of the canvas."""
        return self.bounds.adjusted(-margin, -margin, margin, margin).toAlignedRect().toRectF()

    def __len__(self) -> int:
        return len(self._parts)

    def paint(self, painter: QPainter, progress: Progress, within: QRectF | None = None) -> Work[None]:
        """Paint it in the coordinates of the canvas: all of it, or what meets an area."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for area, paint in self._parts:
            progress.done += 1
            if within is None or area.intersects(within):
                paint(painter)
                yield

    def paint_far(self, painter: QPainter) -> None:
        """Paint it as it shows from afar."""
        self._scene.paint_far(painter)

    def close(self) -> None:
        """Stop following the document, and let the items go as soon as the event loop runs."""
        self._parts = []
        self._scene.close()
        self._scene.deleteLater()


def _item_part(item: QGraphicsItem) -> Part:
    return item.sceneBoundingRect().adjusted(_UNUSED, _UNUSED, -_UNUSED, -_UNUSED), partial(_paint, item)


def _paint(item: QGraphicsItem, painter: QPainter) -> None:
    painter.save()
    painter.translate(item.pos())
    item.paint(painter, _OPTION, None)
    painter.restore()
