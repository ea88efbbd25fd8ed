"""What is known of a run at a glance: the contents of its `run.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from engine.core.errors import DataLossError
from studio.document.file import read_text, write_text

VERSION: Final = 1
"""The version of the format of a run's folder that this program writes."""

RunStatus = Literal["training", "complete", "stopped", "failed", "interrupted"]

FILE: Final = "run.json"


@dataclass(frozen=True)
class Record:
    """A run at a glance.

    Parameters
    ----------
    name
        What the document was called.
    created
        When it began, in seconds since 1970.
    series
        Names of what is measured at each step: "loss" and the metrics.
    settings
        Parameters that tell it from others, by "node.param".
    sweep
        What it is a part of, "" if it is on its own.
    seconds
        How long it took, pauses and interruptions left out.
    process
        Number of the engine's process and name of the machine, to tell a run that goes on from one that was cut off.
    why
        Why it failed, in English.
    """

    name: str
    created: float
    seed: int = 0
    mode: str = "lazy"
    status: RunStatus = "training"
    epochs: int = 0
    steps_per_epoch: int = 0
    parameters: int = 0
    series: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    sweep: str = ""
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    process: tuple[int, str] = (0, "")
    why: str = ""

    def write(self, folder: Path) -> None:
        """Put it into a run's folder.

        Raises
        ------
        UnavailableError
            If it cannot be written.
        """
        fields = {"format": "trenza run", "version": VERSION, **asdict(self)}
        write_text(json.dumps(fields, indent=1) + "\n", folder / FILE)

    def but(self, **changes: Any) -> Record:
        """Return it with other values."""
        return replace(self, **changes)


def read(folder: Path) -> Record:
    """Return what a run's folder says of itself.

    Raises
    ------
    NotFoundError
        If there is no run.
    UnavailableError
        If it cannot be read.
    DataLossError
        If it is damaged, or one of a newer version.
    """
    text = read_text(folder / FILE)
    try:
        found = json.loads(text)
        if found.pop("format") != "trenza run":
            raise ValueError
        version = int(found.pop("version"))
        if version <= VERSION:
            return _record(found)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise DataLossError(
            "The run {name} is damaged: {file} cannot be understood.",
            hint="Delete the run, or take its document and its checkpoints out of its folder.",
            name=folder.name,
            file=FILE,
        ) from error
    raise DataLossError(
        "{file} was saved by a newer Trenza: its format has version {found}, this program reads up to {known}.",
        hint="Update Trenza to open it.",
        file=folder.name,
        found=version,
        known=VERSION,
    )


def _record(found: dict[str, Any]) -> Record:
    known = {f.name for f in fields(Record)}
    values = {name: value for name, value in found.items() if name in known}
    values["series"] = tuple(map(str, values.get("series", ())))
    number, machine = values.get("process", (0, ""))
    values["process"] = int(number), str(machine)
    record = Record(**values)
    if record.status not in get_args(RunStatus):
        raise ValueError(record.status)
    for names, kind in _KINDS:
        for name in names:
            if not isinstance(getattr(record, name), kind):
                raise TypeError(name)
    datetime.fromtimestamp(record.created)
    return record


_KINDS: Final = (
    (("name", "mode", "sweep", "why"), str),
    (("seed", "epochs", "steps_per_epoch", "parameters"), int),
    (("created", "seconds"), int | float),
    (("settings", "versions"), dict),
)
