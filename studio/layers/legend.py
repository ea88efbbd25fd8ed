"""The legend of a chart: what its lines are, and, where the cross is, their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import number

_SAMPLE: Final = 16
_GAP: Final = 4
_APART: Final = 10
#: Heights of the samples and of the texts.
_MIDDLE: Final = 28
_BASE: Final = 32


@dataclass(frozen=True)
class Key:
    """An entry of the legend: how its line looks (a token, and whether it is dashed), a word, and a value or None."""

    token: str
    word: str
    value: float | None = None
    dashed: bool = False
    percent: bool = False


def value_said(key: Key) -> str:
    """Return the value of an entry.

    Examples
    --------
    >>> value_said(Key("bad", "dead", 0.125, percent=True))
    '12.5 %'
    """
    assert key.value is not None
    return f"{number(100 * key.value, 1)} %" if key.percent else number(key.value)


def texts_of(keys: Sequence[Key], room: float, width_of: Callable[[str], int]) -> list[str]:
    """Return what is said beside the samples: without room, of values no words; those are said without the cross.

    Examples
    --------
    >>> keys = [Key("accent", "weight", 1.5), Key("loss", "gradient", 0.25)]
    >>> texts_of(keys, 73, len), texts_of(keys, 72, len)
    (['weight 1.5', 'gradient 0.25'], ['1.5', '0.25'])
    """
    texts = [key.word if key.value is None else f"{key.word} {value_said(key)}" for key in keys]
    if sum(_SAMPLE + _GAP + width_of(text) + _APART for text in texts) <= room + _APART:
        return texts
    return [key.word if key.value is None else value_said(key) for key in keys]


def draw_legend(painter: QPainter, width: int, place: str, keys: Sequence[Key]) -> None:
    """Draw where the cross is, if it is anywhere, and a sample of each line with its text."""
    theme, x = appearance().theme, 4.0
    painter.setFont(fonts.sans(11))
    metrics = painter.fontMetrics()
    if place:
        text = metrics.elidedText(place, Qt.TextElideMode.ElideMiddle, width // 2)
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(x, _BASE), text)
        x += metrics.horizontalAdvance(text) + _APART
    for key, text in zip(keys, texts_of(keys, width - x, metrics.horizontalAdvance), strict=True):
        pen = QPen(QColor(getattr(theme, key.token)), 2)
        if key.dashed:
            pen.setDashPattern([2.5, 1.5])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, _MIDDLE), QPointF(x + _SAMPLE, _MIDDLE))
        x += _SAMPLE + _GAP
        painter.setPen(QColor(theme.dim))
        painter.drawText(QPointF(x, _BASE), text)
        x += metrics.horizontalAdvance(text) + _APART
