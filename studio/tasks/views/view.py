"""What a view of a task is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from studio.run.tasks.data import Seen, Task


def _nobody(**_changed: Any) -> None:
    pass


class TaskView(ABC):
    """A way to look at how well a network does its task.

    Attributes
    ----------
    facts
        The name of the facts that it shows, as in `studio.run.tasks.facts.FACTS`; also its name.
    title
        Untranslated name of its tab.
    widget
        What is shown, made in `__init__`. Views are made when they are first looked at.
    want
        Called with what it wants to see otherwise: fields of a `Wish`.
    name_of
        Gives what a node of the document is called.
    seen
        What is shown, None before anything is.
    """

    facts: ClassVar[str]
    title: ClassVar[str]
    widget: QWidget

    def __init__(self) -> None:
        self.want: Callable[..., None] = _nobody
        self.name_of: Callable[[str], str] = str
        self.seen: Seen | None = None

    @staticmethod
    @abstractmethod
    def accepts(task: Task) -> bool:
        """Return whether it fits a task."""

    def show(self, seen: Seen) -> None:
        """Show the facts that `seen` holds, which are its own."""
        self.seen = seen
        self.refresh(seen)

    @abstractmethod
    def refresh(self, seen: Seen) -> None:
        """Show what is seen in the language and the theme in use."""

    def retranslate(self) -> None:
        """Say everything in the language in use, in the colours of the theme in use."""
        if self.seen is not None:
            self.refresh(self.seen)

    @property
    def picture(self) -> QWidget:
        """What is saved as a picture."""
        return self.widget
