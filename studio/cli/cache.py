"""``trenza cache``: the compiled kernels on disk."""

from __future__ import annotations

import click

from studio.ui.i18n import _


def command() -> click.Group:
    """Return the group of commands, in the language in use."""
    group = click.Group(
        "cache",
        help=_("Show or empty the cache of compiled kernels."),
        options_metavar=_("[OPTIONS]"),
        subcommand_metavar=_("COMMAND [ARGUMENTS]..."),
    )
    as_json: click.Parameter = click.Option(["--json", "as_json"], is_flag=True, help=_("Print one line of JSON."))
    for name, callback, params, text in (
        ("info", _info, [as_json], _("Show where the kernels lie, how many there are, and what they take.")),
        ("clear", _clear, [], _("Remove all kernels: they are compiled again when they are needed.")),
    ):
        group.add_command(
            click.Command(name, callback=callback, params=params, help=text, options_metavar=_("[OPTIONS]"))
        )
    return group


def _info(*, as_json: bool) -> None:
    from studio import kernels

    kernels.info(as_json=as_json)


def _clear() -> None:
    from studio import kernels

    kernels.clear()
