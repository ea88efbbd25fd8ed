"""Photographs the window in every scene, language and theme.

Run ``python -m tests.screens FOLDER [--scene NAME] [--language CODE] [--theme NAME]``: one PNG each, 1600 by 1000.
Without a display it works all the same. What is clipped or elided is named.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Take the pictures, and return 1 if some text was clipped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scene", action="append")
    parser.add_argument("--language", action="append")
    parser.add_argument("--theme", action="append")
    asked = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        for kind in ("CONFIG", "STATE", "DATA"):  # not those of whoever takes the pictures
            os.environ[f"XDG_{kind}_HOME"] = home
        return _photograph(asked)


def _photograph(asked: argparse.Namespace) -> int:
    from PySide6.QtTest import QTest

    from studio.app import application, open_studio
    from studio.ui.appearance import appearance
    from studio.ui.i18n import LANGUAGES
    from studio.ui.theme import THEMES
    from tests.screens.clipped import clipped
    from tests.screens.scenes import SCENES

    application()
    asked.folder.mkdir(parents=True, exist_ok=True)
    found = 0
    for name in asked.scene or SCENES:
        for language in asked.language or LANGUAGES:
            for theme in asked.theme or THEMES:
                window = open_studio()
                window.resize(1600, 1000)
                appearance().set_language(language)
                appearance().set_theme(theme)
                SCENES[name](window)
                QTest.qWait(200)  # what came last has its place only after a turn of the event loop
                window.grab().save(str(asked.folder / f"{name}-{language}-{theme}.png"))
                for problem in clipped(window):
                    print(f"{name} {language} {theme}: {problem}")
                    found += 1
                if window.canvas is not None:
                    window.canvas.cancel_gesture()
                for document in window.desk.documents:
                    document.history.mark_saved()
                window.close()
                window.deleteLater()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
