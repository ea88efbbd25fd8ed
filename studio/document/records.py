"""Nodes, wires and notes as JSON records, and back, with errors that name the line.

Files and the clipboard share these. A text is one JSON object: a header of plain fields, then sections, which are
lists with one record a line. Reading checks everything and runs nothing.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from engine.core.errors import DataLossError, EngineError, InvalidArgumentError
from studio.document.document import PICTURES, Node, Note, PortRef, Position, Wire
from studio.document.modes import MODES

T = TypeVar("T")
C = TypeVar("C", bound=str)
Record = dict[str, Any]


# ------------------------------------------------------------------------------------------------- writing


IN: Final = "in"
"""The field that names the function in whose graph a node, a wire or a note is; the document's own has none."""

RESERVED: Final = "/#"
"""Characters that ids have no use of: they make the names of what lies within functions."""


def node_record(node: Node) -> Record:
    """Return what is written of `node`; what is empty is left out."""
    record: Record = {"id": node.id, "type": node.type, "position": list(node.position)}
    if node.title:
        record["title"] = node.title
    if node.params:
        record["params"] = dict(sorted(node.params.items()))
    if node.mode:
        record["mode"] = node.mode
    if node.collapsed:
        record["collapsed"] = True
    if node.picture:
        record["picture"] = node.picture
    return record


def wire_record(wire: Wire) -> Record:
    """Return what is written of `wire`."""
    return {"from": [wire.source.node, wire.source.port], "to": [wire.target.node, wire.target.port]}


def note_record(note: Note) -> Record:
    """Return what is written of `note`."""
    record: Record = {"id": note.id, "position": list(note.position), "size": list(note.size), "text": note.text}
    if note.colour:
        record["colour"] = note.colour
    if note.frame:
        record["frame"] = True
    return record


def function_record(id: str, settings: Mapping[str, Any]) -> Record:
    """Return what is written of a function beside its nodes, wires and notes."""
    return {"id": id, "settings": dict(sorted(settings.items()))}


def write_lines(header: Mapping[str, Any], sections: Mapping[str, list[str]]) -> str:
    """Return the JSON text of `header` and of sections whose records are lines: each field and record on its own."""
    fields = [f"{json.dumps(name)}: {line(value, name)}" for name, value in header.items()]
    for name, lines in sections.items():
        joined = ",\n".join(lines)
        fields.append(f"{json.dumps(name)}: [\n{joined}\n]" if lines else f"{json.dumps(name)}: []")
    return "{\n" + ",\n".join(fields) + "\n}\n"


def line(value: Any, owner: str) -> str:
    """Return the JSON text of a value on one line; `owner` says in errors whose it is."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        # Half a surrogate pair is a character in Python and none in UTF-8: it is written as an escape.
        return text if _is_utf8(text) else json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgumentError(
            "'{owner}' holds a value that a document cannot keep: {why}.",
            hint="Use finite numbers, texts, lists, true, false or none.",
            owner=owner,
            node=owner,
            why=str(error),
        ) from error


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# ------------------------------------------------------------------------------------------------- reading


@dataclass(frozen=True)
class Text:
    """A JSON text and the name of where it came from, for the errors."""

    text: str
    name: str

    def parse(self) -> Record:
        """Return the JSON object that the text holds.

        Raises
        ------
        DataLossError
            If it holds none; the error tells the line and the column.
        """
        try:
            found = json.loads(
                self.text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
            )
        except json.JSONDecodeError as error:
            self.refuse(
                "{file}, line {line}, column {column}: this is no JSON text: {why}.",
                hint="The file may have been cut off or edited by hand; take a copy of it that is whole.",
                line=error.lineno,
                column=error.colno,
                why=error.msg,
            )
        except _RefusedError as error:
            self.refuse(
                "{file}: {why}.", hint="Mend the file by hand, or take a copy of it that is whole.", why=str(error)
            )
        except (ValueError, RecursionError):
            self.refuse(
                "{file}: it holds a number or a list beyond all measure.", hint="Take a copy of it that is whole."
            )
        if not isinstance(found, dict):
            self.refuse("{file} is no Trenza document.", hint="Open a file that Trenza has saved.")
        return found

    def section(self, fields: Record, name: str, use: Callable[[Any], object]) -> None:
        """Pass each record of a section to `use`; name the line of one that it refuses."""
        records = fields.get(name, [])
        if not isinstance(records, list):
            self.refuse("{file}: '{name}' is no list.", hint="Take a copy of the file that is whole.", name=name)
        for index, record in enumerate(records):
            try:
                use(record)
            except EngineError as error:
                number = self.line(name, index)
                self.refuse(
                    "{file}, line {line}: {problem}" if number else "{file}: {problem}",
                    hint="Mend it by hand, or take a copy of the file that is whole.",
                    line=number,
                    problem=error,
                    node=error.node,
                )
            except RecursionError:
                self.refuse_excess()

    def refuse_excess(self) -> NoReturn:
        """Raise `DataLossError` about something that no real document has so much of."""
        self.refuse("{file}: it holds a number or a list beyond all measure.", hint="Take a copy of it that is whole.")

    def refuse(self, template: str, *, hint: str, **facts: Any) -> NoReturn:
        """Raise `DataLossError` about this text, which the template calls ``{file}``."""
        raise DataLossError(template, hint=hint, file=self.name, **facts)

    def line(self, section: str, index: int) -> int | None:
        """Return the line, from 1, in which record `index` of a section begins; None if a migration made it."""
        try:
            return self.text.count("\n", 0, _find(self.text, section, index)) + 1
        except (json.JSONDecodeError, IndexError):
            return None


class _RefusedError(ValueError):
    """Valid JSON that a document must not hold."""


def _unique(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RefusedError(f"'{next(n for n in names if names.count(n) > 1)}' stands twice in one record")
    return record


def _refuse_constant(name: str) -> NoReturn:
    raise _RefusedError(f"{name} is no finite number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _RefusedError(f"{text} is beyond {sys.float_info.max:.3g}")
    return number


_decoder: Final = json.JSONDecoder()


def _find(text: str, section: str, index: int) -> int:
    """Return where record `index` of `section` begins in `text`, which is known to be an object of valid JSON."""
    at = _skip(text, 0, "{")
    while True:
        key, at = _decoder.raw_decode(text, at)
        at = _skip(text, at, ":")
        if key == section:
            break
        at = _skip(text, _decoder.raw_decode(text, at)[1], ",")
    at = _skip(text, at, "[")
    for _ in range(index):
        at = _skip(text, _decoder.raw_decode(text, at)[1], ",")
    return at


def _skip(text: str, at: int, sign: str) -> int:
    while text[at].isspace() or text[at] == sign:
        at += 1
        if text[at - 1] == sign:
            break
    while text[at].isspace():
        at += 1
    return at


# ------------------------------------------------------------------------------------------------- records


def read_node(record: Any) -> Node:
    """Return the node that `record` describes, whatever its type.

    Raises
    ------
    InvalidArgumentError
        If a field is missing, unknown, or of the wrong kind.
    """
    fields = _fields(
        record, "node", ("id", "type", "position"), ("title", "params", "mode", "collapsed", "picture", IN)
    )
    return Node(
        _id(fields),
        _name(fields, "type"),
        _of_type(fields, "params", dict, "an object", {}),
        _pair(fields, "position"),
        _text(fields, "title"),
        _one_of(fields, "mode", MODES),
        _of_type(fields, "collapsed", bool, "true or false", False),
        _one_of(fields, "picture", PICTURES),
    )


def read_wire(record: Any) -> Wire:
    """Return the wire that `record` describes.

    Raises
    ------
    InvalidArgumentError
        As `read_node`.
    """
    fields = _fields(record, "wire", ("from", "to"), (IN,))
    return Wire(_port(fields, "from"), _port(fields, "to"))


def read_note(record: Any) -> Note:
    """Return the note that `record` describes.

    Raises
    ------
    InvalidArgumentError
        As `read_node`.
    """
    fields = _fields(record, "note", ("id", "text", "position", "size"), ("colour", "frame", IN))
    return Note(
        _name(fields, "id"),
        _text(fields, "text"),
        _pair(fields, "position"),
        _pair(fields, "size"),
        _text(fields, "colour"),
        _of_type(fields, "frame", bool, "true or false", False),
    )


def read_function(record: Any) -> tuple[str, Record]:
    """Return the id and the settings of the function that `record` describes.

    Raises
    ------
    InvalidArgumentError
        As `read_node`.
    """
    fields = _fields(record, "function", ("id",), ("settings",))
    return _id(fields), _of_type(fields, "settings", dict, "an object", {})


def function_named(record: Record) -> str:
    """Return the function in which a node, a wire or a note is, "" if it is the document's own.

    Raises
    ------
    InvalidArgumentError
        If what it says is no name.
    """
    return _name(record, IN) if IN in record else ""


def _id(record: Record) -> str:
    id = _name(record, "id")
    if any(sign in id for sign in RESERVED):
        raise _wrong(record, "id", "a text without '/' and '#'")
    return id


def _fields(record: Any, what: str, required: tuple[str, ...], optional: tuple[str, ...]) -> Record:
    if not isinstance(record, dict):
        raise InvalidArgumentError("This is no {what}.", hint="A {what} is an object with fields.", what=what)
    owner = _owner(record)
    for name in required:
        if name not in record:
            raise InvalidArgumentError("The {what} {owner} has no '{name}'.", what=what, owner=owner, name=name)
    for name in record:
        if name not in required and name not in optional:
            raise InvalidArgumentError(
                "The {what} {owner} has an unknown field '{name}'.",
                hint="It may have: {names}.",
                what=what,
                owner=owner,
                name=name[:60],
                names=", ".join((*required, *optional)),
            )
    return record


def _owner(record: Record) -> str:
    found = record.get("id", record.get("to", ""))
    text = ".".join(map(str, found)) if isinstance(found, list) else str(found)
    return f"'{text[:60]}'"


def _of_type(record: Record, name: str, kind: type[T], words: str, default: T) -> T:
    value = record.get(name, default)
    if not isinstance(value, kind):
        raise _wrong(record, name, words)
    return value


def _wrong(record: Record, name: str, words: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        "'{name}' of {owner} is {value}.",
        hint="It takes {expected}.",
        name=name,
        owner=_owner(record),
        value=json.dumps(record[name])[:60],
        expected=words,
    )


def _text(record: Record, name: str) -> str:
    return _of_type(record, name, str, "a text", "")


def _name(record: Record, name: str) -> str:
    text = _text(record, name)
    if not text:
        raise _wrong(record, name, "a text that is not empty")
    return text


def _one_of(record: Record, name: str, choices: Sequence[C]) -> C:
    text = _text(record, name)
    for choice in choices:
        if text == choice:
            return choice
    raise _wrong(record, name, ", ".join(f"'{choice}'" for choice in choices if choice))


def _pair(record: Record, name: str) -> Position:
    value = record[name]
    if not isinstance(value, list) or len(value) != 2 or not all(type(v) in (int, float) for v in value):
        raise _wrong(record, name, "two numbers")
    try:
        return float(value[0]), float(value[1])
    except OverflowError:
        raise _wrong(record, name, "two numbers") from None


def _port(record: Record, name: str) -> PortRef:
    value = record[name]
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(v, str) and v for v in value):
        raise _wrong(record, name, "the id of a node and the name of a port")
    return PortRef(*value)
