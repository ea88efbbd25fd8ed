"""What a view of a tensor is."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Final

from PySide6.QtWidgets import QWidget

from engine.core.dtype import Array
from studio.inspector.background import Background, Token
from studio.inspector.slices import Cut
from studio.inspector.trail import Trail
from studio.run.messages import TensorInfo

#: Elements up to which a view is worked out at once: it takes less than a frame.
AT_ONCE: Final = 100_000


def _nobody(_row: int, _column: int) -> None:
    pass


class View(ABC):
    """A way to look at a tensor.

    Attributes
    ----------
    title
        Untranslated name of its tab.
    icon
        File of ``resources/icons``.
    plane
        Whether it shows at most two axes; it is then given what the user's index picks.
    widget
        What is shown, made in `__init__`. Views are made when they are first looked at.
    cut
        Which plane of the tensor it is given.
    picked
        Called with row and column of the cell that the user has chosen, by views that let cells be chosen.
    background
        Where it works when that takes long, None if it never does.
    """

    title: ClassVar[str] = ""
    icon: ClassVar[str] = "eye"
    plane: ClassVar[bool] = False
    widget: QWidget

    def __init__(self) -> None:
        self.cut = Cut.first(())
        self.picked: Callable[[int, int], None] = _nobody
        self.background: Background | None = None

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether the view can show such a tensor."""
        return is_numeric(info)

    @abstractmethod
    def show(self, info: TensorInfo, values: Array) -> None:
        """Show `values`, the tensor itself or the picked part of it; `info` describes the whole tensor."""

    def follow(self, trail: Trail) -> None:  # noqa: B027  # few views care
        """Take note of how the tensor went in the training, before it is shown."""

    def highlight(self, cells: Array | None) -> None:  # noqa: B027  # few views have cells
        """Mark cells of what is shown: true in an array of its shape; None marks none."""

    def retranslate(self) -> None:  # noqa: B027  # most say nothing that stays
        """Say everything in the language in use."""

    def leave(self) -> None:
        """Stop what is being worked out: something else will be shown."""
        if self.background is not None:
            self.background.cancel()


class Computed(View):
    """A view of something that is worked out first: at once for what is small, in a thread for what is not."""

    def __init__(self) -> None:
        super().__init__()
        self.background: Background = Background()

    def show(self, info: TensorInfo, values: Array) -> None:
        """Work out what to show, and show it then."""
        if math.prod(values.shape) <= AT_ONCE:
            self.background.cancel()
            self.present(self.compute(info, values, Token()))
        else:
            self.background.start(lambda token: self.compute(info, values, token), self.present)

    @abstractmethod
    def compute(self, info: TensorInfo, values: Array, token: Token) -> Any:
        """Return what is to be shown. In a thread: no widget may be touched, and `token` is to be checked often."""

    @abstractmethod
    def present(self, found: Any) -> None:
        """Show what was worked out."""


def is_numeric(info: TensorInfo) -> bool:
    """Return whether a tensor holds numbers or truth values."""
    return not info.dtype.startswith(("string", "sparse", "ragged"))
