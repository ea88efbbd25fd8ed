"""What an installed program brings along."""

from __future__ import annotations

import tomllib
from typing import Any

from graphs import ROOT


def test_the_wheel_holds_all_resources_but_the_picture_of_the_readme() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    folders = {f"resources/{path.name}" for path in (ROOT / "resources").iterdir() if path.is_dir()}
    assert folders <= set(included)
    assert not any((ROOT / place / "screenshot.png").exists() for place in included)
    assert all(target.startswith("studio/resources/") for target in included.values())
