"""A note on the canvas: a text in Markdown on a quiet ground."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPainter,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from studio.canvas.metrics import PAD, Detail
from studio.canvas.node_item import PaintState
from studio.canvas.sheet_item import SheetItem
from studio.canvas.style import Style, font
from studio.document.document import Note

_HEADINGS = (18, 15, 13)
"""Pixels of headings of the first, the second and all further levels."""

_BOLD = 600
_INDENT = 16.0
_AFTER_PARAGRAPH, _AFTER_ITEM = 6.0, 2.0


class NoteItem(SheetItem):
    """A note, behind the nodes and the wires."""

    def __init__(self, note: Note, shared: PaintState) -> None:
        super().__init__(note, shared)
        self._document: QTextDocument | None = None
        self._link = ""
        """The colour of the links in it."""

    def set_note(self, note: Note) -> None:
        """Show another text, size or colour from now on."""
        if note.text != self.note.text:
            self._document = None
        super().set_note(note)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the ground, and the text from middle detail on."""
        style = self._shared.style
        painter.setBrush(style.sheet_ground[self.note.colour])
        painter.setPen(style.ring if self.marks.selected else style.sheet_border[self.note.colour])
        painter.drawPath(self.shape())
        if self._shared.detail is not Detail.FAR:
            area = QRectF(0, 0, *self.size).adjusted(PAD, PAD - 4, -PAD, -PAD + 4)
            painter.save()
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
            painter.translate(area.topLeft())
            self._paint_text(painter, style, area.width())
            painter.restore()

    def _paint_text(self, painter: QPainter, style: Style, width: float) -> None:
        if self._document is None or self._link != style.theme.accent:
            self._link = style.theme.accent
            self._document = written(self.note.text, self._link)
        self._document.setTextWidth(width)
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, style.text)
        context.palette = palette
        self._document.documentLayout().draw(painter, context)


class _Closed(QTextDocument):
    """A document that fetches nothing: the text may have come from anybody."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        return None


def written(text: str, link: str) -> QTextDocument:
    """Return the text of a note, its Markdown carried out, in the program's own fonts, its links in a colour."""
    document = _Closed()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setIndentWidth(_INDENT)
    document.setDefaultFont(font("label"))
    features = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
    document.setMarkdown(text, features)
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        cursor = QTextCursor(block)
        spaced = QTextBlockFormat()
        spaced.setTopMargin(0)
        spaced.setBottomMargin(_AFTER_ITEM if block.textList() else _AFTER_PARAGRAPH)
        if quotes := int(block.blockFormat().property(QTextFormat.Property.BlockQuoteLevel) or 0):
            spaced.setLeftMargin(_INDENT * quotes)
        cursor.mergeBlockFormat(spaced)
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            heading = QTextCharFormat()
            heading.setProperty(QTextCharFormat.Property.FontPixelSize, _HEADINGS[min(level, 3) - 1])
            heading.clearProperty(QTextCharFormat.Property.FontSizeAdjustment)
            heading.setFontWeight(_BOLD)
            cursor.mergeCharFormat(heading)
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            given, ours = fragment.charFormat(), QTextCharFormat()
            if given.fontFixedPitch():
                ours.setFontFamilies(font("value").families())
            if given.isAnchor():  # Qt takes the colour of the program's palette, whatever the note is painted on
                ours.setForeground(QColor(link))
            if given.fontWeight() > _BOLD:  # the font that ships has no bolder cut
                ours.setFontWeight(_BOLD)
            cursor.setPosition(fragment.position())
            cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(ours)
            iterator += 1
        block = block.next()
    return document
