"""Checkpoints on disk: a `.npz` that NumPy reads, with the plain data as JSON in the entry ``facts``."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import DataLossError, NotFoundError
from engine.io.atomic import replace

FORMAT: Final = "trenza checkpoint"
#: The version that this program writes.
VERSION: Final = 1
_FACTS: Final = "facts"

T = TypeVar("T")


@dataclass(frozen=True)
class Checkpoint:
    """A training, standing still.

    Parameters
    ----------
    arrays
        By names with a group before the first slash: "weights", "slots", "metrics", …
    facts
        Plain data: the position, the names and shapes of the weights, states of generators.
    """

    arrays: dict[str, Array]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def epoch(self) -> int:
        """The epoch of the next step, counted from 0."""
        return int(self.facts["epoch"])

    @property
    def done(self) -> int:
        """How many steps of that epoch are done."""
        return int(self.facts["done"])

    @property
    def nbytes(self) -> int:
        """What the arrays take."""
        return sum(array.nbytes for array in self.arrays.values())


def write(path: str | os.PathLike[str], checkpoint: Checkpoint) -> None:
    """Write a checkpoint in one step that a crash cannot cut in two.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is as it was.
    """
    text = np.frombuffer(json.dumps(checkpoint.facts).encode(), np.uint8)
    arrays: dict[str, Any] = {**checkpoint.arrays, _FACTS: text}
    replace(Path(path), lambda file: np.savez(file, **arrays))


def read(path: str | os.PathLike[str]) -> Checkpoint:
    """Return the checkpoint in a file.

    Raises
    ------
    NotFoundError
        If there is no such file.
    DataLossError
        If it is damaged, no checkpoint, or one of a newer version.
    """

    def take(file: Mapping[str, Array]) -> tuple[dict[str, Any], dict[str, Array]]:
        return _facts_of(file), {name: file[name] for name in file if name != _FACTS}

    facts, arrays = _entries(path, take)
    if facts.get("version", 0) > VERSION:
        raise DataLossError(
            "{file} was saved by a newer Trenza: its format has version {found}, this program reads up to {known}.",
            hint="Update Trenza to open it.",
            file=Path(path).name,
            found=facts["version"],
            known=VERSION,
        )
    return Checkpoint(arrays, facts)


def read_weight(path: str | os.PathLike[str], name: str, slot: str = "") -> Array | None:
    """Return one weight of the checkpoint in a file, or what the optimiser keeps for it; None if it holds none such.

    Parameters
    ----------
    name
        Of the weight, such as "hidden/kernel".
    slot
        Name of the optimiser's slot, "" for the weight itself.

    Raises
    ------
    NotFoundError, DataLossError
        As `read`.
    """

    def find(file: Mapping[str, Array]) -> Array | None:
        names = [weight[0] for weight in _facts_of(file)["weights"]]
        if name not in names:
            return None
        number = names.index(name)
        entry = f"slots/{number}/{slot}" if slot else f"weights/{number}"
        return file.get(entry)

    return _entries(path, find)


def _entries(path: str | os.PathLike[str], take: Callable[[Mapping[str, Array]], T]) -> T:
    """Return what `take` makes of the file's entries, each of which is read when it is asked for."""
    path = Path(path)
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return take(file)
    except FileNotFoundError:
        raise NotFoundError("There is no file {path}.", hint="It may have been moved or renamed.", path=path) from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DataLossError("{path} is no whole checkpoint.", hint="Take another one of the run.", path=path) from error


def _facts_of(file: Mapping[str, Array]) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(file[_FACTS].tobytes())
    if facts["format"] != FORMAT:
        raise ValueError(facts["format"])
    return facts
