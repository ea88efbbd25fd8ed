"""What several commands take and say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from studio.ui.i18n import N_, _

#: What stands for the document in the lines of usage.
DOCUMENT = N_("DOCUMENT")


class WholeNumber(click.IntRange):
    """A whole number from `least` on."""

    def __init__(self, least: int) -> None:
        super().__init__(min=least)
        self.name = _("whole number")


def mode_option() -> click.Option:
    """Return the option of how to run."""
    return click.Option(
        ["--mode"], type=click.Choice(["eager", "lazy"]), help=_("Run op by op, or compiled (the default).")
    )


def data_option() -> click.Option:
    """Return the option of where data lie."""
    return click.Option(
        ["--data-dir"],
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar=_("FOLDER"),
        help=_("Folder in which data files are looked for."),
    )


def fail(message: str) -> NoReturn:
    """Say in one line what is wrong, and end with status 2."""
    click.echo(f"trenza: {' '.join(message.split())}", err=True)
    sys.exit(2)


def stopped() -> NoReturn:
    """Say that the user has ended it, and end with the status of that."""
    click.echo(_("Stopped."), err=True)
    sys.exit(130)
