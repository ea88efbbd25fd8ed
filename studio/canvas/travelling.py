"""What travels along a wire in slow motion: the tensor that it carries, small, with a tail behind it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from studio.canvas.picture import Picture, picture_of
from studio.canvas.style import Style
from studio.run.messages import TensorInfo

#: Of a tensor on its way: an image is square, a number and bars are wide.
_SQUARE, _WIDE = QSizeF(44, 44), QSizeF(64, 34)
_ROUND, _INSET = 8.0, 5.0
#: How far behind it the dots of its tail are, as a share of the way, and their radius.
_TAIL: Final = ((0.14, 3.0), (0.09, 4.0), (0.04, 5.0))


class Load:
    """A tensor on its way.

    Parameters
    ----------
    info
        The tensor in brief; None where nobody knows it: then a dot travels.
    is_gradient
        Whether it is a gradient, which has the colour of the lane of gradients.
    """

    def __init__(self, info: TensorInfo | None, is_gradient: bool) -> None:
        self._is_gradient = is_gradient
        self._picture: Picture | None = picture_of(info, "bars") if info is not None else None
        is_flat = info is not None and info.picture is not None and info.picture.ndim > 1
        self._size = _SQUARE if is_flat else _WIDE

    def paint(self, painter: QPainter, style: Style, way: QPainterPath, share: float, is_back: bool) -> None:
        """Paint it where it is after a share of its way, from 0 to 1; the way back begins at the end."""

        def at(share: float) -> QPointF:
            return way.pointAtPercent(min(1.0, max(0.0, 1 - share if is_back else share)))

        colour = style.bad if self._is_gradient else style.warn
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for behind, radius in _TAIL:
            if share > behind:
                painter.drawEllipse(at(share - behind), radius, radius)
        here = at(share)
        if self._picture is None:
            painter.drawEllipse(here, 6, 6)
            return
        size = self._size
        box = QRectF(here - QPointF(size.width() / 2, size.height() / 2), size)
        painter.setPen(QPen(QColor(colour), 2))
        painter.setBrush(style.body)
        painter.drawRoundedRect(box, _ROUND, _ROUND)
        inner = box.adjusted(_INSET, _INSET, -_INSET, -_INSET)
        painter.save()
        painter.translate(inner.topLeft())  # so that what is prepared for a place is prepared once
        self._picture.paint(painter, QRectF(QPointF(), inner.size()), style, "loss" if self._is_gradient else "layer")
        painter.restore()
