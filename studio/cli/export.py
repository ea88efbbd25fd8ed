"""``trenza export``: a picture of a document, without a window."""

from __future__ import annotations

import os
from pathlib import Path

import click

from studio.cli.words import DOCUMENT, WholeNumber, fail, stopped
from studio.ui.i18n import _, describe


def command() -> click.Command:
    """Return the command, in the language in use."""
    return click.Command(
        "export",
        callback=_export,
        params=[
            click.Argument(["document"], type=click.Path(path_type=Path), metavar=_(DOCUMENT)),
            click.Option(
                ["-o", "--output"],
                type=click.Path(path_type=Path, dir_okay=False),
                metavar=_("FILE"),
                help=_("Where the picture goes; without it, beside the document."),
            ),
            click.Option(
                ["--format", "format_"],
                type=click.Choice(["svg", "png", "pdf"]),
                help=_("Format, in place of the one that the file's ending names."),
            ),
            click.Option(
                ["--theme"],
                type=click.Choice(["dark", "light", "contrast"]),
                default="light",
                show_default=True,
                help=_("Colours of the picture."),
            ),
            click.Option(["--transparent"], is_flag=True, help=_("Let show through what is behind it.")),
            click.Option(["--scale"], type=click.Choice(["1", "2", "4"]), default="1", help=_("Scale of a PNG.")),
            click.Option(["--margin"], type=WholeNumber(0), metavar="N", help=_("Pixels around the graph.")),
            click.Option(
                ["--nodes"],
                metavar=_("NODE,NODE…"),
                help=_("Show only these nodes, notes and frames, by their ids."),
            ),
        ],
        help=_("Export a document as a picture: SVG, PNG or PDF."),
        options_metavar=_("[OPTIONS]"),
    )


def _export(
    document: Path,
    output: Path | None,
    format_: str | None,
    theme: str,
    transparent: bool,
    scale: str,
    margin: int | None,
    nodes: str | None,
) -> None:
    """Draw without a display, whichever there is."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from engine.core.errors import EngineError
    from studio.canvas.export.command import export_document
    from studio.canvas.export.look import MARGIN, Look
    from studio.ui.theme import THEMES

    look = Look(THEMES[theme], transparent, int(scale), MARGIN if margin is None else margin)
    ids = None if nodes is None else [name for name in map(str.strip, nodes.split(",")) if name]
    try:
        path = export_document(document, output, format_, look, ids)
    except EngineError as error:
        fail(describe(error))
    except KeyboardInterrupt:
        stopped()
    click.echo(path)
