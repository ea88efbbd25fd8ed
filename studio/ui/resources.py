"""Where the fonts, icons, themes and catalogues lie: beside the package in a wheel, beside `studio/` in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_STUDIO = Path(__file__).resolve().parents[1]


@cache
def root() -> Path:
    """Return the folder of the resources."""
    installed = _STUDIO / "resources"
    return installed if installed.is_dir() else _STUDIO.parent / "resources"


def resource(*parts: str) -> Path:
    """Return the path of a resource, such as ``resource("icons", "play.svg")``."""
    return root().joinpath(*parts)


def examples() -> Path:
    """Return the folder of the example documents: inside the resources of a wheel, beside them in a checkout."""
    installed = resource("examples")
    return installed if installed.is_dir() else root().parent / "examples"
