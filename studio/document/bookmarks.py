"""Bookmarks: places of a document that one comes back to. They are saved with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import Any, Final

from studio.document.document import MAX_NAME, Document
from studio.document.edits import UNSET, SetSetting

BOOKMARKS: Final = "bookmarks"
"""The setting of a document that holds them."""


@dataclass(frozen=True)
class Bookmark:
    """A place: the scene coordinates in the middle of the view, and the zoom, 1 for 100 %."""

    name: str
    x: float
    y: float
    zoom: float


def bookmarks(document: Document) -> list[Bookmark]:
    """Return the bookmarks of a document, in the order in which they were made; what is none is passed over.

    Examples
    --------
    >>> document = Document()
    >>> _ = document.apply(add_bookmark(document, Bookmark("encoder", 100.0, 50.0, 1.0)))
    >>> [b.name for b in bookmarks(document)]
    ['encoder']
    >>> _ = document.apply(remove_bookmark(document, 0))
    >>> document.settings
    mappingproxy({})
    """
    stored = document.settings.get(BOOKMARKS, ())
    return [found for entry in stored if (found := _read(entry)) is not None] if isinstance(stored, tuple) else []


def add_bookmark(document: Document, bookmark: Bookmark) -> SetSetting:
    """Return the edit that adds a bookmark; one of the same name is replaced."""
    others = [b for b in bookmarks(document) if b.name != bookmark.name]
    return _set([*others, bookmark])


def remove_bookmark(document: Document, place: int) -> SetSetting:
    """Return the edit that takes a bookmark away."""
    found = bookmarks(document)
    return _set([b for index, b in enumerate(found) if index != place])


def rename_bookmark(document: Document, place: int, name: str) -> SetSetting:
    """Return the edit that calls a bookmark otherwise; another one of that name goes.

    Examples
    --------
    >>> document = Document()
    >>> _ = document.apply(add_bookmark(document, Bookmark("encoder", 100.0, 50.0, 1.0)))
    >>> _ = document.apply(rename_bookmark(document, 0, "decoder"))
    >>> [b.name for b in bookmarks(document)]
    ['decoder']
    """
    found = bookmarks(document)
    others = enumerate(found)
    return _set([replace(b, name=name) if i == place else b for i, b in others if i == place or b.name != name])


def _set(found: list[Bookmark]) -> SetSetting:
    return SetSetting(BOOKMARKS, [asdict(b) for b in found] if found else UNSET)


def _read(entry: Any) -> Bookmark | None:
    if not isinstance(entry, Mapping):
        return None
    name = entry.get("name")
    numbers: list[Any] = [entry.get(key) for key in ("x", "y", "zoom")]
    if not isinstance(name, str) or not all(type(n) in (int, float) and isfinite(n) for n in numbers):
        return None
    x, y, zoom = map(float, numbers)
    return Bookmark(name[:MAX_NAME], x, y, zoom) if zoom > 0 else None
