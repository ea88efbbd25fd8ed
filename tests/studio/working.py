"""A worker without a process, for tests: what it would send is collected, and may be answered while it is at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from graphs import moons, port

from studio.document.document import Document
from studio.document.file import dumps
from studio.run.messages import Preview, Train
from studio.run.tensor_ref import TensorRef

T = TypeVar("T")


class Post:
    """Takes what a worker sends, and lets a test answer while the worker is at work."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.answers: list[Callable[[Any], None]] = []

    def __call__(self, event: Any) -> None:
        self.events.append(event)
        for answer in tuple(self.answers):
            answer(event)

    def of(self, kind: type[T]) -> list[T]:
        return [e for e in self.events if isinstance(e, kind)]

    def once(self, kind: type[T], do: Callable[[T], None]) -> None:
        """Call `do` with the first event of this kind."""

        def answer(event: Any) -> None:
            if isinstance(event, kind) and answer in self.answers:
                self.answers.remove(answer)
                do(event)

        self.answers.append(answer)


def value(name: str) -> TensorRef:
    return TensorRef.of(port(name))


def preview(document: Document, revision: int = 1, reset: bool = False, number: int = 1) -> Preview:
    return Preview(number, revision, dumps(document), reset)


def train(document: Document, run: int = 1, mode: Any = "lazy", number: int = 1) -> Train:
    return Train(number, run, dumps(document), mode)


def long(epochs: int = 200) -> Document:
    """Return a document that trains until somebody stops it, as far as tests are concerned."""
    return moons(trainer=("train.Adam", {"epochs": epochs, "batch_size": 8}))
