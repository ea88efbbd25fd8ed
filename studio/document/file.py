"""Documents on disk: JSON with one node or wire a line, a version, migrations, and saving that cannot half happen."""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from engine.core.errors import DataLossError, InvalidArgumentError, NotFoundError, UnavailableError
from studio.document.document import Contents, Document
from studio.document.edits import AddNode, AddNote, AddWire, Edit, SetSetting
from studio.document.function_edits import AddFunction
from studio.document.migrations import MIGRATIONS, migrated
from studio.document.records import (
    IN,
    Record,
    Text,
    function_named,
    function_record,
    line,
    node_record,
    note_record,
    read_function,
    read_node,
    read_note,
    read_wire,
    wire_record,
    write_lines,
)

VERSION: Final = 3
"""The version that this program writes."""

MAX_BYTES: Final = 1 << 28
"""Longest file that is read. A document of 5,000 nodes has about 1 MB; beyond this it is some other thing."""

_REASONS: Final[dict[int, str]] = {
    errno.ENOENT: "No such file or directory",
    errno.EACCES: "Permission denied",
    errno.EPERM: "Permission denied",
    errno.EISDIR: "Is a directory",
    errno.ENOTDIR: "Not a directory",
    errno.ENOSPC: "No space left on device",
    errno.EROFS: "Read-only file system",
    errno.ENAMETOOLONG: "File name too long",
    errno.EIO: "Input/output error",
    errno.ELOOP: "Too many levels of symbolic links",
}

_FIELDS: Final = ("format", "version", "settings", "functions", "nodes", "wires", "notes")


def dumps(document: Document) -> str:
    """Return the text of `document`: equal documents with nodes in equal order give equal texts.

    Raises
    ------
    InvalidArgumentError
        If a parameter holds what JSON cannot, such as NaN; the error names the node.

    Examples
    --------
    >>> from studio.document.document import Node
    >>> document = Document()
    >>> _ = document.apply(AddNode(Node("x", "data.Digits", {"batch_size": 32})))
    >>> print(dumps(document), end="")
    {
    "format": "trenza",
    "version": 3,
    "settings": {},
    "nodes": [
    {"id": "x", "type": "data.Digits", "position": [0.0, 0.0], "params": {"batch_size": 32}}
    ],
    "wires": [],
    "notes": []
    }
    """
    return Writer().text(document)


class Writer:
    """Writes documents, and remembers the lines: of a large document, an edit changes one or two."""

    def __init__(self) -> None:
        self._lines: dict[Any, tuple[Any, str]] = {}

    def text(self, document: Document | Contents) -> str:
        """Return the text of `document`, as `dumps` does."""
        header = {"format": "trenza", "version": VERSION, "settings": dict(sorted(document.settings.items()))}
        return write_lines(header, self.sections(document))

    def sections(self, document: Document | Contents) -> dict[str, list[str]]:
        """Return the lines of a document's functions, nodes, wires and notes."""
        known, self._lines = self._lines, {}
        bodies: Mapping[str, Document | Contents] = document.functions
        functions = sorted(bodies.items(), key=lambda item: item[0])
        sections: dict[str, list[str]] = {"nodes": [], "wires": [], "notes": []}
        if functions:
            lines = [line(function_record(id, body.settings), id) for id, body in functions]
            sections = {"functions": lines, **sections}
        graphs: list[tuple[str, Document | Contents]] = [("", document), *functions]
        for function, graph in graphs:
            # Wires follow the order of their targets, not that of their making, so that undo and redo leave no trace.
            place = {id: index for index, id in enumerate(graph.nodes)}
            wires = sorted(graph.wires.values(), key=lambda w: (place[w.target.node], w.target.port))
            add = functools.partial(self._line, known, function)
            sections["nodes"] += [add(n.id, n, node_record) for n in graph.nodes.values()]
            sections["wires"] += [add(w.target, w, wire_record) for w in wires]
            sections["notes"] += [add(n.id, n, note_record) for n in graph.notes.values()]
        return sections

    def _line(
        self,
        known: Mapping[Any, tuple[Any, str]],
        function: str,
        key: Any,
        thing: Any,
        record: Callable[[Any], Record],
    ) -> str:
        """Return the line of a node, a wire or a note: these never change, an edit puts others in their places."""
        found = known.get((function, key))
        if found is None or found[0] is not thing:
            inner = {IN: function} if function else {}
            found = thing, line({**record(thing), **inner}, getattr(thing, "id", "wires"))
        self._lines[function, key] = found
        return found[1]


def loads(text: str, name: str = "The text") -> Document:
    """Return the document that `text` holds; `name` says in errors where it came from.

    Nodes of unknown types and wires in a circle load: they are problems of the document, which inference reports.

    Raises
    ------
    DataLossError
        If the text is no whole document, or one of a newer version. The error names the line and the node.
    """
    source = Text(text, name)
    fields = _migrated(source, source.parse())
    for field in fields:
        if field not in _FIELDS:
            source.refuse(
                "{file}: the field '{name}' is unknown.",
                hint="It may have: {names}.",
                name=field[:60],
                names=", ".join(_FIELDS),
            )
    settings = fields.get("settings", {})
    if not isinstance(settings, dict):
        source.refuse("{file}: '{name}' is no object.", hint="Take a copy of the file that is whole.", name="settings")
    document = Document()
    for setting, value in settings.items():
        document.apply(SetSetting(setting, value))
    read_graphs(source, fields, document)
    return document


def read_graphs(source: Text, fields: Record, document: Document) -> None:
    """Put the functions, nodes, wires and notes of a text into an empty document."""

    def graph(record: Record) -> Document:
        function = function_named(record)
        if function and function not in document.functions:
            raise InvalidArgumentError("There is no {what} '{name}' in this text.", what="function", name=function)
        return document.functions[function] if function else document

    def add_function(record: Any) -> None:
        id, settings = read_function(record)
        document.apply(AddFunction(id, Contents()))
        for setting, value in settings.items():
            document.functions[id].apply(SetSetting(setting, value))

    source.section(fields, "functions", add_function)

    def add(record: Any, edit: Edit) -> None:
        graph(record).apply(edit)

    source.section(fields, "nodes", lambda record: add(record, AddNode(read_node(record))))
    source.section(fields, "wires", lambda record: add(record, AddWire(read_wire(record))))
    source.section(fields, "notes", lambda record: add(record, AddNote(read_note(record))))


def _migrated(source: Text, fields: Record) -> Record:
    if fields.get("format") != "trenza":
        source.refuse("{file} is no Trenza document.", hint="Open a file that Trenza has saved.")
    version = fields.get("version")
    if type(version) is not int or version < min((*MIGRATIONS, VERSION)):
        source.refuse("{file} names no version of the format that was ever in use.", hint="Take a copy that is whole.")
    if version > VERSION:
        source.refuse(
            "{file} was saved by a newer Trenza: its format has version {found}, this program reads up to {known}.",
            hint="Update Trenza to open it.",
            found=version,
            known=VERSION,
        )
    return migrated(fields, version, VERSION)


def load(path: str | os.PathLike[str]) -> Document:
    """Return the document saved at `path`.

    Raises
    ------
    NotFoundError, UnavailableError
        As `read_text`.
    DataLossError
        As `read_text` and `loads`.
    """
    path = Path(path)
    return loads(read_text(path), path.name)


def read_text(path: Path) -> str:
    """Return what a file holds.

    Raises
    ------
    NotFoundError
        If there is no such file.
    UnavailableError
        If it cannot be read.
    DataLossError
        If it is no text, or longer than any document.
    """
    try:
        if stat.S_ISFIFO(path.stat().st_mode):  # reading would wait for somebody to write
            raise OSError(None, "it is a device, a pipe or a socket, and no file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise NotFoundError("There is no file {path}.", hint="It may have been moved or renamed.", path=path) from None
    except (OSError, ValueError) as error:
        raise UnavailableError(
            "{path} cannot be read: {why}.",
            hint="Choose a file that you may read.",
            path=path,
            why=reason_of(error),
        ) from error
    if len(data) > MAX_BYTES:
        raise DataLossError("{path} is too long for a document.", hint="Open a file that Trenza has saved.", path=path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataLossError(
            "{file}: byte {position} is no UTF-8 text.",
            hint="Open a file that Trenza has saved.",
            file=path.name,
            position=error.start,
        ) from error


def fingerprint(path: Path) -> str:
    """Return what tells a file's contents from others, "" if there is none that can be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def save(document: Document, path: str | os.PathLike[str]) -> None:
    """Write `document` to `path`: either the whole of it is there afterwards, or what was there before.

    Raises
    ------
    InvalidArgumentError
        As `dumps`.
    UnavailableError
        If it cannot be written; the old file is as it was.
    """
    write_text(dumps(document), path)


def write_text(text: str, path: str | os.PathLike[str]) -> None:
    """Put `text` into the file at `path`, as `write_bytes` does."""
    write_bytes(text.encode(), path)


def write_bytes(data: bytes, path: str | os.PathLike[str]) -> None:
    """Put `data` into the file at `path` in one step that a crash cannot cut in two.

    Raises
    ------
    UnavailableError
        If it cannot be written; the old file is as it was.
    """
    path = Path(path)
    try:
        target = path.resolve()  # a link stays a link
        if why := _why_not_replaced(target):
            raise PermissionError(None, why)
        _replace(target, data)
    except (OSError, RuntimeError) as error:  # the latter: before Python 3.13, of links that lead in a circle
        raise UnavailableError(
            "{path} cannot be saved: {why}.",
            hint="Free some room, or save it in another folder. What was there before is unchanged.",
            path=path,
            why=reason_of(error),
        ) from error


def _why_not_replaced(target: Path) -> str:
    """Return why what is there must not be replaced by a file, "" if it may: a device would be gone for good."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return ""
    if stat.S_ISDIR(mode):
        return "it is a folder"
    if not stat.S_ISREG(mode):
        return "it is a device, a pipe or a socket, and no file"
    return "" if os.access(target, os.W_OK) else "the file is read-only"


def reason_of(error: Exception) -> str:
    """Return why the system refuses, in English: its own words are in whatever language the process has set."""
    number = getattr(error, "errno", None)
    return _REASONS.get(number or 0) or getattr(error, "strerror", None) or str(error)


def _replace(target: Path, data: bytes) -> None:
    # Beside the target, since a rename is one step only within a file system.
    temporary = target.with_name(f".trenza-{secrets.token_hex(6)}.tmp")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename last. Where a system cannot (Windows, some network drives), the file is whole all the same."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
