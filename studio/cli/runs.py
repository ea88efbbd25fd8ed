"""``trenza runs``: the trainings that were kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from studio.cli.words import data_option, fail, stopped
from studio.ui.i18n import _, describe


def command() -> click.Group:
    """Return the group of commands, in the language in use."""
    group = click.Group(
        "runs",
        help=_("List, show, continue or delete the trainings that were kept."),
        options_metavar=_("[OPTIONS]"),
        subcommand_metavar=_("COMMAND [ARGUMENTS]..."),
    )
    as_json: click.Parameter = click.Option(["--json", "as_json"], is_flag=True, help=_("Print one line of JSON."))
    run: click.Parameter = click.Argument(["run"], metavar=_("RUN"))
    several: click.Parameter = click.Argument(["runs"], metavar=_("RUN..."), nargs=-1, required=True)
    for name, function, params, text in (
        ("list", "overview", [as_json], _("List the runs, the last one first, and what they take.")),
        ("show", "show", [run, as_json], _("Show what happened in a run.")),
        ("resume", "resume", [run, data_option()], _("Let a run go on from its last checkpoint.")),
        ("delete", "delete", [several], _("Delete runs with all they hold.")),
    ):
        group.add_command(
            click.Command(name, callback=_calling(function), params=params, help=text, options_metavar=_("[OPTIONS]"))
        )
    return group


def _calling(name: str) -> Callable[..., None]:
    """Return what calls a function of `studio.terminal_runs`, which is imported only then."""

    def call(**given: Any) -> None:
        from engine.core.errors import EngineError
        from studio import terminal_runs

        try:
            getattr(terminal_runs, name)(**given)
        except EngineError as error:
            fail(describe(error))
        except KeyboardInterrupt:
            stopped()

    return call
