"""Measures one column of one row, as often as it is asked: ``python serve.py ROW COLUMN``.

It prints lines of JSON: first the names of the measures, or why there are none; then, for each line that it reads (the
name of a measure), what was measured, in seconds, bytes or as a share.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

#: What each column stands on.
PACKAGES = {
    "engine": ("numpy", "numba"),
    "keras": ("tensorflow", "keras"),
    "torch": ("torch",),
    "jax": ("jax",),
    "tuned": ("numba",),
    "floor": ("numpy",),
}


def _versions(column: str) -> dict[str, str]:
    from importlib import metadata

    versions = {}
    for name in PACKAGES[column]:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


def main() -> None:
    """Serve until there is nothing more to read."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a package prints is not for whoever reads the answers

    def answer(**facts: Any) -> None:
        print(json.dumps(facts), file=answers, flush=True)

    row, column = sys.argv[1:]
    sys.path.insert(0, str(Path(__file__).parent))
    try:
        measures = getattr(importlib.import_module(row), column)()
    except (ImportError, AttributeError) as error:
        answer(missing=str(error))
        return
    except Exception as error:
        answer(failed=f"{type(error).__name__}: {error}")
        return
    answer(measures=list(measures), versions=_versions(column))
    for line in sys.stdin:
        try:
            answer(value=measures[line.strip()]())
        except Exception as error:
            answer(failed=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
