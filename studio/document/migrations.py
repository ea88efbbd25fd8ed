"""How documents of earlier versions become documents of the next: of each version, what its fields turn into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from studio.document.records import RESERVED, Record

Migration = Callable[[Record], Record]


def _without_reserved_signs(fields: Record) -> Record:
    """Version 3 brought functions, and with them characters that ids have no use of."""
    renamed: dict[str, str] = {}
    nodes = [record for record in _list(fields, "nodes") if isinstance(record, dict)]
    taken = {record.get("id") for record in nodes if isinstance(record.get("id"), str)}
    for record in nodes:
        id = record.get("id")
        if isinstance(id, str) and any(sign in id for sign in RESERVED):
            plain = "".join("_" if sign in RESERVED else sign for sign in id)
            while plain in taken:
                plain += "_"
            taken.add(plain)
            renamed[id] = plain
    if not renamed:
        return fields

    def end(value: Any) -> Any:
        return [renamed.get(value[0], value[0]), *value[1:]] if isinstance(value, list) and _is_name(value) else value

    def wire(record: Any) -> Any:
        ends = ("from", "to")
        return {k: end(v) if k in ends else v for k, v in record.items()} if isinstance(record, dict) else record

    def node(record: Any) -> Any:
        id = record.get("id") if isinstance(record, dict) else None
        return {**record, "id": renamed[id]} if isinstance(id, str) and id in renamed else record

    return {
        **fields,
        "nodes": list(map(node, _list(fields, "nodes"))),
        "wires": list(map(wire, _list(fields, "wires"))),
    }


def _list(fields: Record, name: str) -> list[Any]:
    found = fields.get(name)
    return found if isinstance(found, list) else []


def _is_name(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], str)


MIGRATIONS: Final[dict[int, Migration]] = {
    1: lambda fields: fields,  # 2 brought what may be left out: modes, collapsed nodes, frames, colours of notes
    2: _without_reserved_signs,
}
"""For each version before the present one, what turns its fields into those of the next."""


def migrated(fields: Record, version: int, to: int) -> Record:
    """Return the fields of a text of one version as those of a later one."""
    for step in range(version, to):
        fields = MIGRATIONS[step](fields)
    return fields
