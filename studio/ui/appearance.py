"""The look and the language in use, and who is told when they change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTemporaryDir, QTranslator, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from studio.ui import fonts, i18n, icons, motion, style
from studio.ui.settings import settings
from studio.ui.theme import CONTRAST, DARK, LIGHT, SYSTEM, THEMES, Theme

_HIGH: Final = getattr(getattr(Qt, "ContrastPreference", None), "HighContrast", None)  # from Qt 6.10 on


class Appearance(QObject):
    """Theme and language of the program; both are remembered.

    There is one, returned by `appearance`. Widgets read `theme` when they paint, and connect what they must do anew
    to the signals.
    """

    theme_changed = Signal(object)
    language_changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = DARK
        self.choice = SYSTEM
        """What was chosen: the name of a theme, or that of the system's."""
        self._is_prepared = False
        self._images = QTemporaryDir()
        self._translator = QTranslator(self)

    def start(self) -> None:
        """Dress the application as it was left last time, or as the system says."""
        self._prepare()
        stored = settings()
        i18n.set_units(str(stored.value("units") or ""))
        self.set_language(i18n.preferred_language(), remember=False)
        motion.apply()
        self.set_theme(str(stored.value("theme") or SYSTEM), remember=False)

    def set_theme(self, name: str, remember: bool = True) -> None:
        """Dress the application in the theme called `name`; an unknown one stands for that of the system."""
        self.choice = name if name in THEMES else SYSTEM
        self.theme = THEMES.get(name) or system_theme()
        app = _app()
        icons.use_theme(self.theme)
        app.setPalette(style.palette(self.theme))
        sheet = style.style_sheet(self.theme, Path(self._images.path()))
        if sheet != app.styleSheet():  # else Qt would dress all widgets anew for nothing
            app.setStyleSheet(sheet)
        if remember:
            settings().setValue("theme", self.choice)
        self.theme_changed.emit(self.theme)

    @contextmanager
    def undressed(self) -> Iterator[None]:
        """Let widgets that are made meanwhile be dressed at the end, all at once: a window takes 0.3 s, and not 0.7.

        Qt dresses a widget, and all that is in it, anew with every parent that it is put into.
        """
        app = _app()
        sheet = app.styleSheet()
        app.setStyleSheet("")
        try:
            yield
        finally:
            app.setStyleSheet(sheet)

    def _prepare(self) -> None:
        """Once, give the application what no setting changes, and hear of it when the system asks for other colours."""
        if self._is_prepared:
            return
        self._is_prepared = True
        app = _app()
        app.setStyle("Fusion")
        app.setFont(fonts.sans(13))
        app.setWindowIcon(icons.app_icon())
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system)
        if hasattr(hints, "accessibility"):  # from Qt 6.10 on
            hints.accessibility().contrastPreferenceChanged.connect(self._on_system)

    def _on_system(self) -> None:
        if self.choice == SYSTEM and system_theme() is not self.theme:
            self.set_theme(SYSTEM, remember=False)

    def set_units(self, name: str) -> None:
        """Write sizes of memory in these units from now on."""
        i18n.set_units(name)
        settings().setValue("units", i18n.units())
        self.language_changed.emit(i18n.language())  # what is written has to be written anew

    def set_language(self, code: str, remember: bool = True) -> None:
        """Speak the language `code` from now on; an unknown one stands for English."""
        code = code if code in i18n.LANGUAGES else "en"
        i18n.set_language(code)
        QLocale.setDefault(QLocale(code))
        app = _app()
        app.removeTranslator(self._translator)  # Qt's own texts: menus of fields, standard buttons
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._translator.load(f"qtbase_{code}", folder):
            app.installTranslator(self._translator)
        if remember:
            settings().setValue("language", code)
        self.language_changed.emit(code)


def system_theme() -> Theme:
    """Return the theme that fits what the system asks for; the dark one if it asks for nothing."""
    hints = QGuiApplication.styleHints()
    if hasattr(hints, "accessibility") and hints.accessibility().contrastPreference() == _HIGH:
        return CONTRAST
    return LIGHT if hints.colorScheme() == Qt.ColorScheme.Light else DARK


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


@cache
def appearance() -> Appearance:
    """Return the one appearance of the program."""
    return Appearance()
