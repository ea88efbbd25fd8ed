"""The command line: ``trenza`` opens the studio, ``trenza run`` trains in the terminal and never needs Qt.

Each command has a file. It imports what it works with when it is called, so that help is there at once.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from studio import __version__
from studio.cli import bench, cache, export, run, runs, window
from studio.cli.words import fail
from studio.ui.click_words import click_speaks
from studio.ui.i18n import _, language, preferred_language, set_language


class _Commands(click.Group):
    """A group in which what is no command is a document to open."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [a for a in args if not a.startswith("-")]
        if not (words and words[0] in self.commands):
            own = [a for a in args if a in ("--help", "--version")]
            args = own or ["open", *args]
        return super().parse_args(ctx, args)


def commands() -> click.Group:
    """Return the commands, in the language in use."""
    group = _Commands(
        "trenza",
        help=_("Wire, run, compile, train and look into neural networks.")
        + "\n\n"
        + _("Without a command, the studio opens: `trenza [DOCUMENT] [--train]`."),
        options_metavar=_("[OPTIONS]"),
        subcommand_metavar=_("COMMAND [ARGUMENTS]..."),
    )
    click.version_option(__version__, prog_name="trenza")(group)
    for file in (window, run, runs, export, cache, bench):
        group.add_command(file.command())
    return group


def _advice(error: click.ClickException) -> str:
    """Return where to read more, if it was the arguments that were wrong."""
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return ""
    return " " + _("Try '{command} {option}' for help.").format(command=error.ctx.command_path, option="--help")


def main(args: list[str] | None = None) -> Any:
    """Entry point of the program."""
    set_language(preferred_language())
    with click_speaks(language()):
        try:
            return commands().main(args=args, prog_name="trenza", standalone_mode=False)
        except click.exceptions.Abort:
            sys.exit(130)
        except click.ClickException as error:
            fail(error.format_message().rstrip(".") + "." + _advice(error))
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except BrokenPipeError:  # as in `trenza run … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
