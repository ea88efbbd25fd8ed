"""Sparse and ragged tensors: what is kept, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np
from PySide6.QtWidgets import QPlainTextEdit

from engine.core.dtype import Array
from studio.inspector.formats import written
from studio.inspector.structure import rows
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.i18n import N_, _, number

#: The entries, or the rows, that are listed.
MOST: Final = 2000
_MOST_IN_A_ROW: Final = 32


def _sparse(record: Array) -> Iterator[str]:
    shape = tuple(int(size) for size in record["shape"])
    count, size = len(record["values"]), int(np.prod(shape))
    yield _("{count} of {size} elements are kept, in the shape {shape}.").format(
        count=number(count), size=number(size), shape=shape
    )
    for place, value in zip(record["indices"][:MOST], record["values"][:MOST], strict=True):
        yield f"[{', '.join(str(int(at)) for at in place)}]  {written(value)}"


def _ragged(record: Array) -> Iterator[str]:
    found = rows(record)
    lengths = [len(row) for row in found]
    yield _("{count} rows of {least} to {most} elements.").format(
        count=number(len(found)), least=number(min(lengths, default=0)), most=number(max(lengths, default=0))
    )
    for i, row in enumerate(found[:MOST]):
        more = " …" if len(row) > _MOST_IN_A_ROW else ""
        yield f"[{i}] ({len(row)})  {'  '.join(written(value) for value in row[:_MOST_IN_A_ROW])}{more}"


_WRITERS: Final[Mapping[str, Callable[[Array], Iterator[str]]]] = {"sparse": _sparse, "ragged": _ragged}


class StructureView(View):
    """The entries of a sparse tensor with their places, the rows of a ragged one."""

    title = N_("Structure")
    icon = "list-tree"

    def __init__(self) -> None:
        super().__init__()
        self.widget = self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(fonts.mono(12))
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether the tensor has a structure of its own."""
        return info.dtype.partition(" ")[0] in _WRITERS

    def show(self, info: TensorInfo, values: Array) -> None:
        """List what is kept."""
        self.text.setPlainText("\n".join(_WRITERS[info.dtype.partition(" ")[0]](values)))
