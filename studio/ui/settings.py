"""What is remembered from one session to the next."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from studio.ui.stored import settings_file


def settings() -> QSettings:
    """Return the user's settings, one file for the whole program."""
    return QSettings(str(settings_file()), QSettings.Format.IniFormat)
