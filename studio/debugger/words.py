"""What places in a run are called, in the language in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from studio.run.debug.step import Frame, Path, node_of
from studio.ui.i18n import N_, _, number
from studio.ui.phases import PHASES

_NOBODY: Final = N_("Running means")
_UNKNOWN: Final = ("", "dim", "▸")

NameOf = Callable[[str], str]


def phase_of(path: Path) -> tuple[str, str, str]:
    """Return the untranslated name of what a step is for, the token of its colour, and its sign."""
    return PHASES.get(path[1].name, _UNKNOWN)


def plain(frame: Frame) -> str:
    """Return the name of an op or a gradient without its number.

    >>> plain(Frame("gradient", "relu#12"))
    '∂ relu'
    """
    name = frame.name.partition("#")[0]
    return f"∂ {name}" if frame.level == "gradient" else name


def place_name(path: Path, name_of: NameOf) -> str:
    """Return what the node of a path is called."""
    line = line_of(path)
    if line:
        return _("line {number}").format(number=line)
    node = node_of(path)
    return name_of(node) if node else _(_NOBODY)


def line_of(path: Path) -> str:
    """Return the number of the line of a program that a path belongs to, "" if it is none's.

    >>> line_of((Frame("batch", "0"), Frame("phase", "program"), Frame("line", "/home/me/net.py:12")))
    '12'
    """
    return next((frame.name.rpartition(":")[2] for frame in path if frame.level == "line"), "")


def way(path: Path, name_of: NameOf) -> list[tuple[str, str]]:
    """Return the places of a path from the outermost on: what each is called, and its node, "" if it is none."""
    found = [(_("Step {number}").format(number=number(int(path[0].name) + 1)), ""), (_(phase_of(path)[0]), "")]
    node = node_of(path)
    if line_of(path):
        found.append((place_name(path, name_of), ""))
    if any(frame.level == "node" for frame in path):
        found.append((name_of(node) if node else _(_NOBODY), node))
    found += [(plain(f), "") for f in path[2:] if f.level not in ("line", "function", "node")]
    return found
