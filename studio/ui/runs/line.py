"""What curves over each other are made of: of each run its line, and a name that tells it from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from PySide6.QtGui import QPen

from engine.core.dtype import Array
from studio.run.runs.glance import Glance, varying
from studio.ui.runs.table import setting_text

#: Most settings in a name: with more of them it could not be read beside a plot.
_SETTINGS: Final = 3
#: What parts a document's name from what a run of a sweep tries.
_PARTED: Final = " · "


@dataclass(frozen=True)
class RunLine:
    """The curve of a run: its names, a short one and all that is known, how it is drawn, epochs, and values."""

    label: str
    about: str
    pen: QPen
    x: Array
    y: Array


class LinePlot(Protocol):
    """What draws curves over each other."""

    def show_lines(self, lines: Sequence[RunLine]) -> None:
        """Show these lines."""

    def set_log(self, log: bool) -> None:
        """Give the values a logarithmic axis, or a linear one."""


def labels(glances: Sequence[Glance]) -> list[str]:
    """Return short names of runs, each another one: of one document, by the settings in which they differ."""
    records = [g.record for g in glances if g.record is not None]
    documents = {record.name.partition(_PARTED)[0] for record in records}
    found = [record.name for record in records]
    if len(documents) == 1 and len(records) > 1 and (names := varying(record.settings for record in records)):
        lasts = Counter(name.rpartition(".")[2] for name in names)
        short = {name: last if lasts[last := name.rpartition(".")[2]] == 1 else name for name in names[:_SETTINGS]}
        found = [
            _PARTED.join(
                f"{short[name]}={setting_text(record.settings[name])}" for name in short if name in record.settings
            )
            or record.name
            for record in records
        ]
    counts = Counter(found)
    return [
        f"{label}{_PARTED}{datetime.fromtimestamp(record.created):%Y-%m-%d %H:%M:%S}" if counts[label] > 1 else label
        for label, record in zip(found, records, strict=True)
    ]
