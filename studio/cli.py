"""The command line: ``trenza`` opens the studio, ``trenza run`` trains in the terminal and never needs Qt."""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from studio import __version__


class _Commands(click.Group):
    """A group in which what is no command is a document to open."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [a for a in args if not a.startswith("-")]
        if not (words and words[0] in self.commands):
            own = [a for a in args if a in ("--help", "--version")]
            args = own or ["open", *args]
        return super().parse_args(ctx, args)


_MODE = click.option("--mode", type=click.Choice(["eager", "lazy"]), help="Run op by op, or compiled (the default).")
_DATA = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder in which data files are looked for.",
)


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="trenza")
def commands() -> None:
    """Wire, run, compile, train and look into neural networks.

    Without a command, the studio opens: `trenza [DOCUMENT] [--train]`.
    """


@commands.command("open", short_help="Open the studio, with a document if one is given.")
@click.argument("document", required=False, type=click.Path(path_type=Path))
@click.option("--train", is_flag=True, help="Start training at once.")
@_MODE
@_DATA
def open_command(document: Path | None, train: bool, mode: str | None, data_dir: Path | None) -> None:
    """Open the studio, with a document if one is given.

    Where there is no display, `--train` trains in the terminal instead.
    """
    # The engine comes first: Qt's import hook reads the source of every module that is imported after it, 0.1 s in all.
    import studio.document.catalogue  # noqa: F401
    from studio.display import why_no_display  # looks at the system

    if document is not None:
        _check_readable(document)
    if train and document is None:
        _fail("--train needs a document.")
    reason = why_no_display()
    if reason and not train:
        _fail(f"{reason} Without a display, use: trenza run DOCUMENT")
    if reason and document is not None:
        click.echo(f"{reason} Training in the terminal.", err=True)
        _run(document, mode, None, None, (), data_dir, as_json=False)
        return
    from studio.app import run_studio  # Qt is loaded here and nowhere before

    sys.exit(run_studio(document, train=train, mode=mode, data_dir=data_dir))


@commands.command("run", short_help="Train a document in the terminal.")
@click.argument("document", type=click.Path(path_type=Path))
@_MODE
@click.option("--epochs", type=click.IntRange(min=1), help="Number of epochs, in place of the document's.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed, in place of the document's.")
@click.option("--set", "changes", multiple=True, metavar="NODE.PARAM=VALUE", help="Set a parameter; may be repeated.")
@_DATA
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON: metrics, epochs, seconds.")
def run_command(
    document: Path,
    mode: str | None,
    epochs: int | None,
    seed: int | None,
    changes: tuple[str, ...],
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Train a document in the terminal, or compute its tensors if it has no trainer."""
    _run(document, mode, epochs, seed, changes, data_dir, as_json=as_json)


def _check_readable(document: Path) -> None:
    """Refuse a missing or broken document before a window opens."""
    from engine.core.errors import EngineError
    from studio.document.file import load

    try:
        load(document)
    except EngineError as error:
        _fail(str(error))


def _run(
    path: Path,
    mode: str | None,
    epochs: int | None,
    seed: int | None,
    changes: tuple[str, ...],
    data_dir: Path | None,
    *,
    as_json: bool,
) -> None:
    from engine.core.errors import EngineError
    from studio.run import terminal

    try:
        result = terminal.run(
            path, mode=mode, epochs=epochs, seed=seed, changes=changes, data_dir=data_dir, quiet=as_json
        )
    except EngineError as error:
        node = f" (node '{error.node}')" if error.node else ""
        _fail(f"{error}{node}")
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    if as_json:
        click.echo(json.dumps(_finite(result), allow_nan=False))


def _finite(value: Any) -> Any:
    """Return plain data with None for what JSON has no number for."""
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return value if not isinstance(value, float) or math.isfinite(value) else None


def _fail(message: str) -> NoReturn:
    """Say in one line what is wrong, and end with status 2."""
    click.echo(f"trenza: {' '.join(message.split())}", err=True)
    sys.exit(2)


def main(args: list[str] | None = None) -> Any:
    """Entry point of the program."""
    try:
        return commands.main(args=args, prog_name="trenza", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        _fail(error.format_message())
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except BrokenPipeError:  # as in `trenza run … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
