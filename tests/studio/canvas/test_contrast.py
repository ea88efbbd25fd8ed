"""Whatever is read on the canvas, and in the window, can be read; whatever is seen can be seen. In every theme.

WCAG 2.2, level AA: 4.5:1 for texts, 3:1 for shapes that mean something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from PySide6.QtGui import QColor

from studio.canvas.ports import ALL_KINDS
from studio.canvas.style import Style
from studio.document.nodetype import CATEGORIES
from studio.ui.resources import resource
from studio.ui.style import derived
from studio.ui.theme import THEMES, Theme, contrast

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")

READ, SEEN = 4.5, 3.0
STATES = ("", *CATEGORIES)

every_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def over(colour: QColor, ground: str) -> str:
    """Return a colour that lets something through, on its ground, as the eye gets it."""
    below, share = QColor(ground), colour.alphaF()
    mixed = (c * share + b * (1 - share) for c, b in zip(colour.getRgb()[:3], below.getRgb()[:3], strict=True))
    return "#" + "".join(f"{round(c):02x}" for c in mixed)


def texts(style: Style) -> Iterator[tuple[str, QColor, str]]:
    """Yield the texts of the canvas: what, in which colour, on which ground."""
    canvas, body = style.canvas.name(), style.body.color().name()
    yield "value", style.text, body
    yield "label", style.dim, body
    yield "shape on a wire", style.dim, over(style.label_back, canvas)
    for category in STATES:
        header = style.header[category].color().name()
        yield f"title of {category or 'an unknown node'}", style.text, header
        yield f"type beside the title of {category or 'an unknown node'}", style.beside_title, header
    for colour in STATES:
        yield f"note {colour}", style.text, style.sheet_ground[colour].color().name()
        yield f"link in a note {colour}", style.accent, style.sheet_ground[colour].color().name()
        yield f"title of a frame {colour}", style.frame_title[colour], style.frame_ground[colour].color().name()
        yield f"title of a frame {colour} from afar", style.frame_title[colour], canvas
    yield "error badge", style.on_badge, style.bad.name()
    yield "warning badge", style.on_badge, style.warn.name()


def shapes(style: Style) -> Iterator[tuple[str, QColor, str]]:
    """Yield what is seen on the canvas: what, in which colour, on which ground."""
    canvas, body = style.canvas.name(), style.body.color().name()
    for kind in ALL_KINDS:
        name = f"{kind.token} {kind.shape}"
        yield f"wire of {name}", style.wire[kind].color(), canvas
        yield f"port of {name} on the canvas", style.port[kind].color(), canvas
        yield f"port of {name} on a node", style.port[kind].color(), body
    for category in CATEGORIES:
        yield f"bar of {category}", style.category[category].color(), style.header[category].color().name()
        yield f"{category} from afar", style.category[category].color(), canvas
    for name, colour in (("selection", style.ring.color()), ("running", style.running.color())):
        yield f"ring of {name}", colour, canvas
    yield "refused wire", style.refused.color(), canvas
    yield "doubtful wire", style.doubtful.color(), canvas
    yield "knife", style.knife.color(), canvas
    yield "placeholder", style.placeholder.color(), canvas
    yield "error badge", style.bad, style.header[""].color().name()
    yield "warning badge", style.warn, style.header[""].color().name()


@every_theme
def test_texts_of_the_canvas_can_be_read(theme: Theme) -> None:
    poor = {what: c for what, ink, ground in texts(Style(theme)) if (c := contrast(ink.name(), ground)) < READ}
    assert poor == {}


@every_theme
def test_shapes_of_the_canvas_can_be_seen(theme: Theme) -> None:
    poor = {what: c for what, ink, ground in shapes(Style(theme)) if (c := contrast(ink.name(), ground)) < SEEN}
    assert poor == {}


def rules() -> Iterator[tuple[str, str, str]]:
    """Yield what the style sheet says of texts on grounds: where, and the tokens of both."""
    sheet = re.sub(r"/\*.*?\*/", "", resource("themes", "studio.qss").read_text("utf-8"), flags=re.S)
    found = []
    inks: dict[str, str] = {}
    for selectors, body in re.findall(r"([^{}]+)\{((?:[^{}]|\{\w+\})*)\}", sheet):
        said = dict(re.findall(r"(?:^|;|\s)([\w-]+):\s*\{(\w+)\}", body))
        for where in map(str.strip, selectors.split(",")):
            inks |= {where: said["color"]} if "color" in said else {}
            found.append((where, said))
    for where, said in found:
        calm = re.sub(r"(?<!:):(hover|pressed|focus|checked|selected)", "", where)  # a state keeps what it does not say
        ink = said.get("color") or inks.get(calm, "text")
        if ground := said.get("background", ""):
            yield where, ink, ground
        elif "color" in said:
            yield from ((where, ink, surface) for surface in ("canvas", "panel"))


@every_theme
def test_texts_of_the_style_sheet_can_be_read(theme: Theme) -> None:
    tokens = {**asdict(theme), **derived(theme)}
    pairs = list(rules())
    assert len(pairs) > 60
    poor = {
        (where, ink, ground): c
        for where, ink, ground in pairs
        # what cannot be used need not be read, and these grounds bear no words
        if "disabled" not in where
        and not re.search(r"separator|handle|indicator|groove|sub-page|line=|Progress", where)
        if (c := contrast(str(tokens[ink]), str(tokens[ground]))) < READ
    }
    assert poor == {}
