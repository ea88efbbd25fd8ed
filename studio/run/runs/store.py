"""Where runs lie, and which there are."""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

import platformdirs

from engine.core.errors import NotFoundError
from studio.run.runs.folder import CHECKPOINTS, DOCUMENT, RunFolder
from studio.run.runs.record import FILE

#: What tells a run's folder from others: where the first is missing the run is damaged.
_SIGNS: Final = (FILE, CHECKPOINTS, DOCUMENT)

#: Environment variable that names another folder for runs.
VARIABLE: Final = "TRENZA_RUNS"


def default_place() -> Path:
    """Return the folder of all runs, if the settings name no other one."""
    given = os.environ.get(VARIABLE)
    return Path(given) if given else Path(platformdirs.user_data_dir("trenza", appauthor=False)) / "runs"


class RunStore:
    """The runs in a folder.

    Parameters
    ----------
    place
        The folder; None for that of all runs.
    """

    def __init__(self, place: Path | None = None) -> None:
        self.place = place or default_place()

    def runs(self) -> list[RunFolder]:
        """Return all runs, the last one first; their records may turn out to be damaged, or not to be there."""
        try:
            found = [path for path in self.place.iterdir() if any((path / name).exists() for name in _SIGNS)]
        except OSError:
            return []
        return [RunFolder(path) for path in sorted(found, key=lambda p: p.name, reverse=True)]

    def new(self, name: str) -> Path:
        """Return a folder for a run of the document of this name: it is not made yet."""
        words = re.sub(r"[^\w-]+", "-", name).strip("-")[:40] or "run"
        now = datetime.now()  # to the millisecond, so that names stand in the order of their making
        return self.place / f"{now:%Y%m%d-%H%M%S}{now.microsecond // 1000:03}-{words}-{secrets.token_hex(2)}"

    def find(self, id: str) -> RunFolder:
        """Return the run of this name, or the only one whose name holds it.

        Raises
        ------
        NotFoundError
            If there is none, or several.
        """
        runs = self.runs()
        found = [r for r in runs if r.id == id] or [r for r in runs if id in r.id]
        if len(found) != 1:
            raise NotFoundError(
                "There are {count} runs called '{name}'.",
                hint="`trenza runs list` shows all.",
                count=len(found),
                name=id,
            )
        return found[0]
