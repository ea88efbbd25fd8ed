"""What a view of a tensor is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from engine.core.dtype import Array
from studio.run.messages import TensorInfo


class View(ABC):
    """A way to look at a tensor.

    Attributes
    ----------
    title
        Untranslated name of its tab.
    plane
        Whether it shows at most two axes; it is then given what the user's index picks.
    widget
        What is shown, made in `__init__`. Views are made when they are first looked at.
    """

    title: ClassVar[str] = ""
    plane: ClassVar[bool] = False
    widget: QWidget

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether the view can show such a tensor."""
        return True

    @abstractmethod
    def show(self, info: TensorInfo, values: Array) -> None:
        """Show `values`, the tensor itself or the picked part of it; `info` describes the whole tensor."""
