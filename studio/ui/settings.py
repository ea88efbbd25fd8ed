"""What is remembered from one session to the next."""

from __future__ import annotations

from PySide6.QtCore import QSettings


def settings() -> QSettings:
    """Return the user's settings, one file for the whole program."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "trenza", "studio")
