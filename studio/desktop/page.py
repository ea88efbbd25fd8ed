"""What the middle of the window shows of one document."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.canvas.view import CanvasView


class DocumentPage(QWidget):
    """A column: room for a bar at the top, and the canvas of the graph that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.top = QVBoxLayout()
        """Where a bar can be put."""
        self._canvas: CanvasView | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self.top)

    def set_canvas(self, canvas: CanvasView) -> None:
        """Show a canvas in place of the one before, which is deleted."""
        before, self._canvas = self._canvas, canvas
        self._column.addWidget(canvas, 1)
        self.setFocusProxy(canvas)
        if before is not None:
            canvas.show()  # in a layout that is shown, it would be so a turn later
            if before.hasFocus():
                canvas.setFocus()
            self._column.removeWidget(before)
            before.hide()
            before.deleteLater()
