"""``trenza``, or ``trenza open``: the window."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from studio.cli.run import run
from studio.cli.words import data_option, fail, mode_option
from studio.ui.i18n import _, describe


def command() -> click.Command:
    """Return the command, in the language in use."""
    return click.Command(
        "open",
        callback=_open,
        params=[
            click.Argument(["document"], required=False, type=click.Path(path_type=Path), metavar=_("[DOCUMENT]")),
            click.Option(["--train"], is_flag=True, help=_("Start training at once.")),
            mode_option(),
            data_option(),
        ],
        help=_("Open the studio, with a document if one is given.")
        + "\n\n"
        + _("Where there is no display, `--train` trains in the terminal instead."),
        short_help=_("Open the studio, with a document if one is given."),
        options_metavar=_("[OPTIONS]"),
    )


def _open(document: Path | None, train: bool, mode: str | None, data_dir: Path | None) -> None:
    """Open the studio; where there is no display, train in the terminal."""
    # The engine comes first: Qt's import hook reads the source of every module that is imported after it, 0.1 s in all.
    import studio.document.catalogue  # noqa: F401
    from studio.display import why_no_display  # looks at the system

    if document is not None:
        _check_readable(document)
    if train and document is None:
        fail(_("--train needs a document."))
    reason = why_no_display()
    if reason and not train:
        fail(f"{reason} {_('Without a display, use: trenza run DOCUMENT')}")
    if reason and document is not None:
        click.echo(f"{reason} {_('Training in the terminal.')}", err=True)
        run(document, mode, None, None, (), data_dir, keep=False, as_json=False)
        return
    from studio.app import run_studio  # Qt is loaded here and nowhere before

    sys.exit(run_studio(document, train=train, mode=mode, data_dir=data_dir))


def _check_readable(document: Path) -> None:
    """Refuse a missing or broken document before a window opens."""
    from engine.core.errors import EngineError
    from studio.document.file import load

    try:
        load(document)
    except EngineError as error:
        fail(describe(error))
