"""Where the user's settings lie, and what of them the terminal wants to know, which has no Qt to read them with."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Final

import platformdirs

#: The setting that names the folder of runs.
RUNS_DIR: Final = "runs_dir"


def settings_file() -> Path:
    """Return the file of the user's settings."""
    return Path(platformdirs.user_config_dir("trenza", appauthor=False)) / "studio.ini"


def stored(name: str) -> str:
    """Return a setting that is a plain word, "" if there is none or the file is none."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(settings_file(), "utf-8")
        return parser.get("General", name, fallback="")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return ""


def runs_place() -> Path | None:
    """Return the folder of runs that the user has chosen, None for the usual one."""
    found = stored(RUNS_DIR)
    return Path(found) if found else None
