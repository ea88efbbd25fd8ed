"""The colours of the window: three themes, each a set of named tokens, and the one in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: How much of a text's colour is in a line behind data.
_GRID: Final = 0.14


@dataclass(frozen=True)
class Theme:
    """Colours by what they are for, each as ``#rrggbb``.

    `canvas`, `panel` and `raised` are surfaces from the lowest to the highest, `line` parts them. `text` and `dim`
    are read; `faint` is for marks that need not be. `data` to `view` are the categories of nodes.
    """

    name: str
    is_dark: bool
    canvas: str
    panel: str
    raised: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    ok: str
    warn: str
    bad: str
    data: str
    layer: str
    op: str
    function: str
    loss: str
    train: str
    view: str

    @property
    def on_accent(self) -> str:
        """Colour of a text that stands on the accent."""
        return self.canvas if self.is_dark else self.panel

    @property
    def grid(self) -> str:
        """Colour of the lines behind data: `line` would outshine the data where contrast is high."""
        return mix(self.panel, self.text, _GRID)

    def category(self, name: str) -> str:
        """Return the colour of a node's category."""
        return str(getattr(self, name))


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, from 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21.

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def mix(a: str, b: str, share: float) -> str:
    """Return `a` with a `share` of it, from 0 to 1, replaced by `b`.

    Examples
    --------
    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


DARK: Final = Theme(
    "dark",
    is_dark=True,
    canvas="#14161a",
    panel="#1b1e24",
    raised="#242830",
    line="#30353f",
    text="#e8eaee",
    dim="#9aa3b2",
    faint="#6a748a",
    accent="#6ea8fe",
    ok="#5bc98c",
    warn="#f2b84b",
    bad="#f2716b",
    data="#e0a24a",
    layer="#6ea8fe",
    op="#a78bfa",
    function="#3fc1c0",
    loss="#f2716b",
    train="#5bc98c",
    view="#9aa3b2",
)

LIGHT: Final = Theme(
    "light",
    is_dark=False,
    canvas="#f5f6f8",
    panel="#ffffff",
    raised="#eef0f3",
    line="#d7dbe2",
    text="#1c2430",
    dim="#5a6473",
    faint="#7b8696",
    accent="#2563c9",
    ok="#1d7f4e",
    warn="#9a6400",
    bad="#b3352f",
    data="#9a6400",
    layer="#2563c9",
    op="#6d4bd1",
    function="#0b7472",
    loss="#b3352f",
    train="#1d7f4e",
    view="#5a6473",
)

# Black and white with lines that can be seen; all that is read keeps 7:1.
CONTRAST: Final = Theme(
    "contrast",
    is_dark=True,
    canvas="#000000",
    panel="#000000",
    raised="#1a1a1a",
    line="#c8c8c8",
    text="#ffffff",
    dim="#e4e4e4",
    faint="#b4b4b4",
    accent="#5ad1ff",
    ok="#5dffa0",
    warn="#ffd84d",
    bad="#ff9d97",
    data="#ffc266",
    layer="#5ad1ff",
    op="#cdb8ff",
    function="#6ff2ee",
    loss="#ff9d97",
    train="#5dffa0",
    view="#e4e4e4",
)

THEMES: Final[dict[str, Theme]] = {theme.name: theme for theme in (DARK, LIGHT, CONTRAST)}

SYSTEM: Final = "system"
"""Stands for the theme that fits what the system asks for."""

CHOICES: Final = (SYSTEM, *THEMES)
