"""Finds texts of a window that have less room than they need."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)

_SLACK = 2  # pixels that a font may be off by


def clipped(window: QWidget) -> Iterator[str]:
    """Yield what is clipped: labels and buttons that are visible and smaller than what they say."""
    for label in window.findChildren(QLabel):
        if _is_seen(label, window) and label.text() and label.textFormat() != Qt.TextFormat.RichText:
            yield from _label(label)
    for button in window.findChildren(QAbstractButton):
        if _is_seen(button, window) and button.text() and isinstance(button, QPushButton | QToolButton | QCheckBox):
            yield from _button(button)
    for bar in window.findChildren(QTabBar):
        if _is_seen(bar, window):
            for index in range(bar.count()):
                needed = bar.fontMetrics().horizontalAdvance(bar.tabText(index))
                if bar.tabRect(index).width() < needed:
                    yield f"the tab {bar.tabText(index)!r}"


def _label(label: QLabel) -> Iterator[str]:
    room = label.contentsRect()
    if label.wordWrap():
        flags = int(Qt.TextFlag.TextWordWrap)
        needed = label.fontMetrics().boundingRect(QRect(0, 0, room.width(), 10_000), flags, label.text())
        if needed.height() > room.height() + _SLACK or needed.width() > room.width() + _SLACK:
            yield f"the label {label.text()!r}"
    elif label.fontMetrics().horizontalAdvance(label.text()) > room.width() + _SLACK:
        yield f"the label {label.text()!r}"


def _button(button: QAbstractButton) -> Iterator[str]:
    if isinstance(button, QToolButton) and button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
        return
    icon = button.iconSize().width() if not button.icon().isNull() else 0
    text = button.text().replace("&&", "&")
    if button.fontMetrics().horizontalAdvance(text) + icon > button.width() + _SLACK:
        yield f"the button {button.text()!r}"


def _is_seen(widget: QWidget, window: QWidget) -> bool:
    """Return whether a widget is visible and not scrolled out of sight."""
    if not widget.isVisibleTo(window) or widget.visibleRegion().isEmpty():
        return False
    above = widget.parentWidget()
    while above is not None and above is not window:
        if isinstance(above, QScrollArea):
            return (
                above.viewport()
                .rect()
                .contains(QRect(widget.mapTo(above.viewport(), widget.rect().topLeft()), widget.size()))
            )
        above = above.parentWidget()
    return True
