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
from studio.ui.click_words import click_speaks
from studio.ui.i18n import N_, _, describe, language, preferred_language, set_language

#: What stands for the document in the lines of usage.
_DOCUMENT = N_("DOCUMENT")


class _Commands(click.Group):
    """A group in which what is no command is a document to open."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [a for a in args if not a.startswith("-")]
        if not (words and words[0] in self.commands):
            own = [a for a in args if a in ("--help", "--version")]
            args = own or ["open", *args]
        return super().parse_args(ctx, args)


class _WholeNumber(click.IntRange):
    def __init__(self, least: int) -> None:
        super().__init__(min=least)
        self.name = _("whole number")


def commands() -> click.Group:
    """Return the commands, in the language in use."""
    mode = click.Option(
        ["--mode"], type=click.Choice(["eager", "lazy"]), help=_("Run op by op, or compiled (the default).")
    )
    data = click.Option(
        ["--data-dir"],
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar=_("FOLDER"),
        help=_("Folder in which data files are looked for."),
    )
    group = _Commands(
        "trenza",
        help=_("Wire, run, compile, train and look into neural networks.")
        + "\n\n"
        + _("Without a command, the studio opens: `trenza [DOCUMENT] [--train]`."),
        options_metavar=_("[OPTIONS]"),
        subcommand_metavar=_("COMMAND [ARGUMENTS]..."),
    )
    click.version_option(__version__, prog_name="trenza")(group)
    group.add_command(
        click.Command(
            "open",
            callback=_open,
            params=[
                click.Argument(["document"], required=False, type=click.Path(path_type=Path), metavar=_("[DOCUMENT]")),
                click.Option(["--train"], is_flag=True, help=_("Start training at once.")),
                mode,
                data,
            ],
            help=_("Open the studio, with a document if one is given.")
            + "\n\n"
            + _("Where there is no display, `--train` trains in the terminal instead."),
            short_help=_("Open the studio, with a document if one is given."),
            options_metavar=_("[OPTIONS]"),
        )
    )
    group.add_command(
        click.Command(
            "run",
            callback=_run,
            params=[
                click.Argument(["document"], type=click.Path(path_type=Path), metavar=_(_DOCUMENT)),
                mode,
                click.Option(
                    ["--epochs"],
                    type=_WholeNumber(1),
                    metavar="N",
                    help=_("Number of epochs, in place of the document's."),
                ),
                click.Option(
                    ["--seed"], type=_WholeNumber(0), metavar="N", help=_("Seed, in place of the document's.")
                ),
                click.Option(
                    ["--set", "changes"],
                    multiple=True,
                    metavar=_("NODE.PARAM=VALUE"),
                    help=_("Set a parameter; may be repeated."),
                ),
                data,
                click.Option(
                    ["--json", "as_json"],
                    is_flag=True,
                    help=_("End with one line of JSON: metrics, epochs, seconds."),
                ),
            ],
            help=_("Train a document in the terminal, or compute its tensors if it has no trainer."),
            short_help=_("Train a document in the terminal."),
            options_metavar=_("[OPTIONS]"),
        )
    )
    group.add_command(_cache_commands())
    group.add_command(
        click.Command(
            "bench",
            callback=_bench,
            params=[
                click.Option(
                    ["--peer-python"],
                    multiple=True,
                    type=click.Path(exists=True, dir_okay=False),
                    metavar=_("PROGRAM"),
                    help=_("Python interpreter that has TensorFlow, PyTorch or JAX; may be repeated."),
                ),
                click.Option(
                    ["--rows"],
                    multiple=True,
                    metavar=_("NAME"),
                    help=_("Row to measure, in place of all; may be repeated."),
                ),
                click.Argument(["more"], nargs=-1, metavar=_("[NAME]...")),
                click.Option(["--rounds"], type=_WholeNumber(1), metavar="N", help=_("How often each is measured.")),
                click.Option(["--quick"], is_flag=True, help=_("Less work, for a look.")),
                data,
                click.Option(
                    ["--json", "as_json"],
                    type=click.Path(path_type=Path, dir_okay=False),
                    metavar=_("FILE"),
                    help=_("Write the figures as JSON."),
                ),
            ],
            help=_("Measure the engine beside TensorFlow, PyTorch and JAX, as far as they are installed."),
            options_metavar=_("[OPTIONS]"),
        )
    )
    return group


def _cache_commands() -> click.Group:
    group = click.Group(
        "cache",
        help=_("Show or empty the cache of compiled kernels."),
        options_metavar=_("[OPTIONS]"),
        subcommand_metavar=_("COMMAND [ARGUMENTS]..."),
    )
    as_json: click.Parameter = click.Option(["--json", "as_json"], is_flag=True, help=_("Print one line of JSON."))
    for name, callback, params, text in (
        ("info", _cache_info, [as_json], _("Show where the kernels lie, how many there are, and what they take.")),
        ("clear", _cache_clear, [], _("Remove all kernels: they are compiled again when they are needed.")),
    ):
        group.add_command(
            click.Command(name, callback=callback, params=params, help=text, options_metavar=_("[OPTIONS]"))
        )
    return group


def _cache_info(*, as_json: bool) -> None:
    from studio import kernels

    kernels.info(as_json=as_json)


def _cache_clear() -> None:
    from studio import kernels

    kernels.clear()


def _bench(
    peer_python: tuple[str, ...],
    rows: tuple[str, ...],
    more: tuple[str, ...],
    rounds: int | None,
    quick: bool,
    data_dir: Path | None,
    as_json: Path | None,
) -> None:
    """Measure, which takes minutes."""
    from engine.data.files import use_folder
    from studio.bench.command import bench
    from studio.bench.measure import ROWS

    names = [name for given in (*rows, *more) for name in given.replace(",", " ").split()]
    for name in names:
        if name not in ROWS:
            _fail(_("There is no row '{name}'. There are: {names}.").format(name=name, names=", ".join(ROWS)))
    use_folder(data_dir)
    try:
        bench(peer_python, tuple(names), rounds, quick, as_json)
    except KeyboardInterrupt:
        click.echo(_("Stopped."), err=True)
        sys.exit(130)


def _open(document: Path | None, train: bool, mode: str | None, data_dir: Path | None) -> None:
    """Open the studio; where there is no display, train in the terminal."""
    # The engine comes first: Qt's import hook reads the source of every module that is imported after it, 0.1 s in all.
    import studio.document.catalogue  # noqa: F401
    from studio.display import why_no_display  # looks at the system

    if document is not None:
        _check_readable(document)
    if train and document is None:
        _fail(_("--train needs a document."))
    reason = why_no_display()
    if reason and not train:
        _fail(f"{reason} {_('Without a display, use: trenza run DOCUMENT')}")
    if reason and document is not None:
        click.echo(f"{reason} {_('Training in the terminal.')}", err=True)
        _run(document, mode, None, None, (), data_dir, as_json=False)
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
        _fail(describe(error))


def _run(
    document: Path,
    mode: str | None,
    epochs: int | None,
    seed: int | None,
    changes: tuple[str, ...],
    data_dir: Path | None,
    *,
    as_json: bool,
) -> None:
    """Run a document in the terminal."""
    from engine.core.errors import EngineError
    from studio import terminal

    try:
        result = terminal.run(
            document, mode=mode, epochs=epochs, seed=seed, changes=changes, data_dir=data_dir, quiet=as_json
        )
    except EngineError as error:
        op = f"{error.op}: " if error.op else ""
        node = f" ({_('node')} '{error.node}')" if error.node else ""
        _fail(f"{op}{describe(error)}{node}")
    except KeyboardInterrupt:
        click.echo(_("Stopped."), err=True)
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
            _fail(error.format_message().rstrip(".") + "." + _advice(error))
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except BrokenPipeError:  # as in `trenza run … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)


if __name__ == "__main__":
    main()
