"""Pictures of a graph as files: they show what the screen shows, in any theme, and need nothing of this machine."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from graphs import EXAMPLES, example, moons
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from engine.core.errors import EngineError, InvalidArgumentError, UnavailableError
from studio.canvas.export import png
from studio.canvas.export.drawing import Drawing
from studio.canvas.export.job import FORMATS, export, format_of
from studio.canvas.export.look import Look, Progress
from studio.canvas.status import Status
from studio.cli import commands
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document, Note, PortRef
from studio.document.edits import AddNote, SetTitle
from studio.document.infer import Inference
from studio.document.work import finished
from studio.run.messages import TensorInfo
from studio.ui.theme import DARK, LIGHT, THEMES
from tests.benchmarks.documents import large_document

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")

Export = Callable[..., Path]


def known(document: Document) -> Status:
    status = Status()
    status.set_analysis(Inference(CATALOGUE).analyse(document))
    return status


@pytest.fixture
def exported(tmp_path: Path) -> Export:
    """Exports a document and returns the file."""

    def exported(document: Document, format: str, look: Look | None = None, ids=None, status=None) -> Path:
        path = tmp_path / f"picture.{format}"
        look = look or Look()
        drawing = Drawing(document, CATALOGUE, look.theme, ids, status or known(document))
        finished(export(drawing, format, look, path, Progress()))
        return path

    return exported


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).astype(int)


def rendered(path: Path, size: QSize) -> np.ndarray:
    """Return an SVG as pixels, by a renderer that is not the writer's."""
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return pixels(image)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_svg_and_png_show_the_same(exported: Export, theme) -> None:
    document, look = example("digits_mlp"), Look(theme)
    image = QImage(str(exported(document, "png", look)))
    shown, drawn = pixels(image), rendered(exported(document, "svg", look), image.size())
    assert np.abs(shown - drawn).mean() < 2
    # Letters are painted by two rasterisers; where more than a fringe differed, a whole shape would be missing.
    blurred = np.abs(shown - drawn).max(axis=2) > 96
    assert blurred.mean() < 0.01


def test_an_svg_names_no_font_and_says_each_letter_once(exported: Export) -> None:
    text = exported(example("digits_mlp"), "svg").read_text("utf-8")
    root = ET.fromstring(text)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"text", "font", "style"}
    assert "font-family" not in text
    ids = re.findall(r'<path id="(g\d+)"', text)
    assert len(ids) == len(set(ids)) < len(re.findall("<use ", text))
    assert set(re.findall(r'xlink:href="#(\w+)"', text)) == set(ids)


def test_a_pdf_has_its_fonts_and_one_page(exported: Export) -> None:
    data = exported(example("digits_mlp"), "pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    assert len(re.findall(rb"/FontFile\d?", data)) == len(set(re.findall(rb"/BaseFont /([\w-]+)", data))) == 3


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_a_png_has_the_scale_that_is_asked_for(exported: Export, scale: int) -> None:
    document = moons()
    drawing = Drawing(document, CATALOGUE, DARK)
    finished(drawing.prepare())
    area = drawing.area(10)
    drawing.close()
    image = QImage(str(exported(document, "png", Look(scale=scale, margin=10))))
    assert (image.width(), image.height()) == (round(area.width()) * scale, round(area.height()) * scale)
    assert abs(image.dotsPerMeterX() - 96 * scale / 0.0254) < 1


def test_what_is_behind_shows_through_if_that_is_asked_for(exported: Export) -> None:
    corner = pixels(QImage(str(exported(moons(), "png", Look(LIGHT)))))[0, 0]
    assert corner.tolist() == [0xF5, 0xF6, 0xF8, 255]
    clear = pixels(QImage(str(exported(moons(), "png", Look(LIGHT, transparent=True)))))
    assert clear[0, 0, 3] == 0
    assert clear[..., 3].max() == 255
    ground = f'fill="{LIGHT.canvas}"/>'
    assert ground in exported(moons(), "svg", Look(LIGHT)).read_text("utf-8")
    assert ground not in exported(moons(), "svg", Look(LIGHT, transparent=True)).read_text("utf-8")


def test_a_picture_in_bands_and_tiles_is_the_picture_at_once(exported: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    document = example("digits_mlp")
    whole = pixels(QImage(str(exported(document, "png"))))
    monkeypatch.setattr(png, "_BAND_BYTES", 4 * 40 * whole.shape[1])
    monkeypatch.setattr(png, "_TILE", 300)
    parts = pixels(QImage(str(exported(document, "png"))))
    assert whole.shape == parts.shape
    assert np.abs(whole - parts).max(axis=2).mean() < 0.05  # Qt places letters by fractions of a pixel
    assert (np.abs(whole - parts).max(axis=2) > 24).mean() < 0.001


def test_only_what_is_asked_for_is_shown(exported: Export) -> None:
    document = moons()
    part = QImage(str(exported(document, "png", Look(margin=0), ids=["hidden", "output"])))
    whole = QImage(str(exported(document, "png", Look(margin=0))))
    assert part.width() < whole.width()
    curve = r'<path d="M[^"L]*C[^"L]*" stroke="#[0-9a-f]{6}" stroke-width="2"/>'
    texts = [exported(document, "svg", ids=ids).read_text("utf-8") for ids in (None, ["hidden", "output"])]
    assert [len(re.findall(curve, text)) for text in texts] == [len(document.wires), 1]


def test_notes_frames_and_pictures_of_values_are_in_it(exported: Export) -> None:
    document, status = moons(), Status()
    document.apply(AddNote(Note("n", "# Title\n\n- a list\n- **bold**", (0.0, 300.0), (200.0, 120.0))))
    document.apply(AddNote(Note("f", "A frame", (-40.0, -60.0), (700.0, 260.0), frame=True)))
    document.apply(SetTitle("hidden", "größer <&> ñandú"))
    values = np.linspace(0, 1, 64).reshape(8, 8)
    status.set_preview({PortRef("hidden", "output"): TensorInfo((8, 8), "float32", 256, picture=values)}, {})
    text = exported(document, "svg", status=status).read_text("utf-8")
    ET.fromstring(text)
    assert "data:image/png;base64," in text
    assert "clipPath" in text, "a note's text stays within the note"
    image = QImage(str(exported(document, "png", status=status)))
    shown = pixels(image)
    drawn = rendered(exported(document, "svg", status=status), image.size())
    assert np.abs(shown - drawn).mean() < 2


def test_hostile_names_are_only_names(exported: Export, tmp_path: Path) -> None:
    document = moons()
    document.apply(SetTitle("hidden", "</g><script>alert(1)</script>\u202e\x00\"'&" + "x" * 120))
    drawing = Drawing(document, CATALOGUE, DARK)
    path = tmp_path / "a <b> & 'c'.svg"
    finished(export(drawing, "svg", Look(), path, Progress()))
    root = ET.parse(path).getroot()
    assert root[0].text == "a <b> & 'c'"
    assert "script" not in {element.tag.rpartition("}")[2] for element in root.iter()}


def test_an_empty_document_and_a_picture_that_is_too_large_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidArgumentError, match="nothing to export"):
        Drawing(Document(), CATALOGUE, DARK)
    monkeypatch.setattr(png, "MOST_SIDE", 100)
    path = tmp_path / "old.png"
    path.write_bytes(b"old")
    with pytest.raises(InvalidArgumentError, match="too large for a PNG"):
        finished(export(Drawing(moons(), CATALOGUE, DARK), "png", Look(), path, Progress()))
    assert path.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "a.svg"
    with pytest.raises(UnavailableError, match="nowhere"):
        finished(export(Drawing(moons(), CATALOGUE, DARK), "svg", Look(), path, Progress()))


@pytest.mark.parametrize("format", FORMATS)
def test_it_is_done_in_short_parts_and_can_be_called_off(tmp_path: Path, format: str) -> None:
    document, progress, path = large_document(400), Progress(), tmp_path / f"big.{format}"
    work = export(Drawing(document, CATALOGUE, DARK), format, Look(), path, progress)
    shares = [progress.share for _step in work]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 400
    work = export(Drawing(document, CATALOGUE, DARK), format, Look(), tmp_path / f"none.{format}", Progress())
    for _step in range(500):
        next(work)
    work.close()
    assert not (tmp_path / f"none.{format}").exists()


def test_a_format_is_told_by_the_ending() -> None:
    assert format_of(Path("a/b.PNG")) == "png"
    with pytest.raises(EngineError, match="svg, png, pdf"):
        format_of(Path("a.gif"))


def test_the_command_line_draws_without_a_window(tmp_path: Path) -> None:
    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(commands(), ["export", *map(str, arguments)])
        return result.exit_code, result.output.strip()

    source = EXAMPLES / "digits_mlp.trenza"
    target = tmp_path / "a.png"
    assert run(source, "--scale", 2, "--theme", "dark", "-o", target) == (0, str(target))
    assert pixels(QImage(str(target)))[0, 0].tolist() == [0x14, 0x16, 0x1A, 255]
    assert run(source, "--format", "pdf", "-o", tmp_path / "b")[0] == 0
    assert (tmp_path / "b").read_bytes().startswith(b"%PDF")
    status, words = run(source, "-o", tmp_path / "c.gif")
    assert (status, "no format of pictures" in words) == (2, True)
    status, words = run(source, "-o", tmp_path / "c.svg", "--nodes", "hidden, nobody")
    assert (status, "'nobody'" in words) == (2, True)


def test_letters_that_qt_slants_are_not_those_that_stand_upright(exported: Export) -> None:
    document = Document()
    document.apply(AddNote(Note("n", "*same* same", (0.0, 0.0), (200.0, 60.0))))
    uses = re.findall(r'xlink:href="#(\w+)"', exported(document, "svg").read_text("utf-8"))
    assert len(uses) == 8
    assert not set(uses[:4]) & set(uses[4:])


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_links_of_notes_are_in_the_colour_of_the_theme(exported: Export, theme) -> None:
    document = Document()
    document.apply(AddNote(Note("n", "[here](https://example.org)", (0.0, 0.0), (200.0, 60.0))))
    text = exported(document, "svg", Look(theme)).read_text("utf-8")
    assert f'fill="{theme.accent}"><use' in text
    assert "#0000ff" not in text
