"""Copies of documents whose changes are not saved, for when the program ends before they are."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

from engine.core.errors import DataLossError, EngineError
from studio.document.document import Contents, Document
from studio.document.file import Writer, dumps, load, loads, read_text, write_text

SUFFIX: Final = ".trenza-copy"
_VERSION: Final = 1


def folder() -> Path:
    """Return where copies lie."""
    return Path(platformdirs.user_state_dir("trenza", appauthor=False)) / "recovery"


@dataclass(frozen=True)
class Copy:
    """A copy that was kept.

    Parameters
    ----------
    file
        Where it lies.
    path
        Where the document was saved, None if it never was.
    when
        When the copy was made, in seconds since 1970.
    """

    file: Path
    path: Path | None
    when: float

    def document(self) -> Document:
        """Return what it is a copy of: reading it takes as long as opening the document does.

        Raises
        ------
        NotFoundError, UnavailableError, DataLossError
            As `load`: it may be gone or damaged.
        """
        return loads(read_text(self.file).partition("\n")[2], self.file.name)

    @property
    def name(self) -> str:
        """What the document is called, "" if it has no name yet."""
        return self.path.stem if self.path else ""

    def is_needed(self) -> bool:
        """Return whether it holds anything that is not in the file that it is a copy of."""
        try:
            document = self.document()
            if self.path is None:
                return bool(document.nodes or document.notes)
            return dumps(load(self.path)) != dumps(document)
        except EngineError:
            return True

    def discard(self) -> None:
        """Remove it."""
        with contextlib.suppress(OSError):
            self.file.unlink()


def keep(file: Path, contents: Contents, path: Path | None, writer: Writer) -> None:
    """Write a copy of a document, in one step that a crash cannot cut in two.

    Raises
    ------
    UnavailableError
        If it cannot be written.
    """
    head = {"format": "trenza-copy", "version": _VERSION, "path": str(path) if path else None, "when": time.time()}
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
    write_text(f"{json.dumps(head)}\n{writer.text(contents)}", file)


def read(file: Path) -> Copy:
    """Return the copy in a file, of which only the first line is read.

    Raises
    ------
    DataLossError
        If it is none, or one of a newer version.
    """
    try:
        with file.open(encoding="utf-8") as lines:
            head = lines.readline()
        fields = json.loads(head)
        if fields["format"] != "trenza-copy" or fields["version"] > _VERSION:
            raise ValueError(head)
        path = Path(fields["path"]) if fields["path"] else None
        when = float(fields["when"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataLossError("{file} is no copy of a document.", file=file) from error
    return Copy(file, path, when)


def copies(place: Path, session: str) -> list[Copy]:
    """Return the copies that a session has left."""
    found = []
    for file in sorted(place.glob(f"{session}-*{SUFFIX}")):
        with contextlib.suppress(DataLossError):  # of a newer program, or damaged: somebody may look into it one day
            found.append(read(file))
    return found
