"""Whether a window can open here."""

from __future__ import annotations

import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path


def why_no_display() -> str:
    """Return in one sentence why no window can open, or "" if one can.

    Qt ends the process when it finds no display, so this is asked before it is loaded.
    """
    if find_spec("PySide6") is None:
        return "PySide6 is not installed."
    if os.environ.get("QT_QPA_PLATFORM"):
        return _missing_library()
    if sys.platform in ("win32", "darwin"):
        return _missing_library()
    if not (_wayland_answers() or _x11_answers()):
        display = os.environ.get("DISPLAY")
        return f"The display {display} does not answer." if display else "There is no display."
    return _missing_library()


def _missing_library() -> str:
    try:
        from PySide6 import QtGui  # noqa: F401  (loads the system's libraries)
    except ImportError as error:
        return f"Qt cannot be loaded ({error})."
    return ""


def _wayland_answers() -> bool:
    name, folder = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(name) and (Path(folder) / str(name)).exists()


def _x11_answers() -> bool:
    """Try the socket of the X server that DISPLAY names: ``[host]:number[.screen]``."""
    host, colon, number = os.environ.get("DISPLAY", "").rpartition(":")
    number = number.partition(".")[0]
    if not colon or not number.isdigit():
        return False
    places: list[tuple[socket.AddressFamily, object]] = []
    if host in ("", "unix"):
        places = [(socket.AF_UNIX, f"/tmp/.X11-unix/X{number}"), (socket.AF_UNIX, f"\0/tmp/.X11-unix/X{number}")]
    else:
        places = [(socket.AF_INET, (host, 6000 + int(number)))]
    for family, address in places:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            if connection.connect_ex(address) == 0:  # type: ignore[arg-type]
                return True
    return False
