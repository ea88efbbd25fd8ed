"""``trenza run``: a document in the terminal."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click

from studio.cli.words import DOCUMENT, WholeNumber, data_option, fail, mode_option, stopped
from studio.ui.i18n import _, describe


def command() -> click.Command:
    """Return the command, in the language in use."""
    return click.Command(
        "run",
        callback=run,
        params=[
            click.Argument(["document"], type=click.Path(path_type=Path), metavar=_(DOCUMENT)),
            mode_option(),
            click.Option(
                ["--epochs"], type=WholeNumber(1), metavar="N", help=_("Number of epochs, in place of the document's.")
            ),
            click.Option(["--seed"], type=WholeNumber(0), metavar="N", help=_("Seed, in place of the document's.")),
            click.Option(
                ["--set", "changes"],
                multiple=True,
                metavar=_("NODE.PARAM=VALUE"),
                help=_("Set a parameter; may be repeated."),
            ),
            data_option(),
            click.Option(["--keep"], is_flag=True, help=_("Keep the run: `trenza runs` lists it, and lets it go on.")),
            click.Option(
                ["--json", "as_json"], is_flag=True, help=_("End with one line of JSON: metrics, epochs, seconds.")
            ),
        ],
        help=_("Train a document in the terminal, or compute its tensors if it has no trainer."),
        short_help=_("Train a document in the terminal."),
        options_metavar=_("[OPTIONS]"),
    )


def run(
    document: Path,
    mode: str | None,
    epochs: int | None,
    seed: int | None,
    changes: tuple[str, ...],
    data_dir: Path | None,
    *,
    keep: bool,
    as_json: bool,
) -> None:
    """Run a document in the terminal."""
    from engine.core.errors import EngineError
    from studio import terminal

    try:
        result = terminal.run(
            document, mode=mode, epochs=epochs, seed=seed, changes=changes, data_dir=data_dir, quiet=as_json, keep=keep
        )
    except EngineError as error:
        op = f"{error.op}: " if error.op else ""
        node = f" ({_('node')} '{error.node}')" if error.node else ""
        fail(f"{op}{describe(error)}{node}")
    except KeyboardInterrupt:
        stopped()
    if as_json:
        click.echo(json.dumps(_finite(result), allow_nan=False))


def _finite(value: Any) -> Any:
    """Return plain data with None for what JSON has no number for."""
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return value if not isinstance(value, float) or math.isfinite(value) else None
