"""Whether a window can open here."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from studio.ui.i18n import _

#: Qt's platforms that draw on a display; the others do without.
_DISPLAYS: Final = {"xcb", "wayland", "wayland-egl"}
#: The first words of an X11 client, of version 11.0, little-endian, without a key: a server says something to that.
_GREETING: Final = struct.pack("<cxHHHHxx", b"l", 11, 0, 0, 0)
_PATIENCE: Final = 1.0  # seconds


def why_no_display() -> str:
    """Return in one sentence why no window can open, or "" if one can.

    Qt ends the process when it finds no display, so this is asked before it is loaded.
    """
    if find_spec("PySide6") is None:
        return _("PySide6 is not installed.")
    chosen = {name.partition(":")[0] for name in os.environ.get("QT_QPA_PLATFORM", "").split(";")} - {""}
    if sys.platform in ("win32", "darwin") or (chosen and not chosen & _DISPLAYS):
        return _why_not_loaded()
    if _wayland_answers():
        return _why_not_loaded()
    if not _x11_answers():
        display = os.environ.get("DISPLAY")
        return _("The display {name} does not answer.").format(name=display) if display else _("There is no display.")
    return _why_not_loaded("libqxcb.so") or _why_refused()


def _why_not_loaded(plugin: str = "") -> str:
    """Load Qt, and what it opens windows with: a library of the system may be missing."""
    try:
        from PySide6.QtCore import QLibraryInfo
        from PySide6.QtGui import QGuiApplication  # noqa: F401  (loads the system's libraries)

        if plugin:
            folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)
            ctypes.CDLL(str(Path(folder) / "platforms" / plugin))
    except (ImportError, OSError) as error:
        return _("Qt cannot be loaded ({why}); the README names the libraries it needs.").format(why=error)
    return ""


def _wayland_answers() -> bool:
    name, folder = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(name) and _answers(socket.AF_UNIX, str(Path(folder) / str(name)))


def _x11_answers() -> bool:
    """Try the socket of the X server that DISPLAY names: ``[host]:number[.screen]``."""
    host, colon, number = os.environ.get("DISPLAY", "").rpartition(":")
    number = number.partition(".")[0]
    if not colon or not number.isdigit():
        return False
    if host not in ("", "unix"):
        return _answers(socket.AF_INET, (host, 6000 + int(number)), _GREETING)
    place = f"/tmp/.X11-unix/X{number}"
    return any(_answers(socket.AF_UNIX, at, _GREETING) for at in (place, f"\0{place}"))


def _answers(family: socket.AddressFamily, address: object, greeting: bytes = b"") -> bool:
    """Whether somebody listens there, and replies to a greeting."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(_PATIENCE)
            connection.connect(address)  # type: ignore[arg-type]
            if greeting:
                connection.sendall(greeting)
                return bool(connection.recv(1))
            return True
    except (OSError, OverflowError, ValueError):  # nobody there, or no address
        return False


def _why_refused() -> str:
    """Ask the X server as Qt will: one that runs for another user wants a key."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return ""  # Qt may bring its own
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return _("The display {name} refuses the connection.").format(name=os.environ["DISPLAY"]) if refused else ""
