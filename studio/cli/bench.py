"""``trenza bench``: the engine beside other libraries."""

from __future__ import annotations

from pathlib import Path

import click

from studio.cli.words import WholeNumber, data_option, fail, stopped
from studio.ui.i18n import _


def command() -> click.Command:
    """Return the command, in the language in use."""
    return click.Command(
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
            click.Option(["--rounds"], type=WholeNumber(1), metavar="N", help=_("How often each is measured.")),
            click.Option(["--quick"], is_flag=True, help=_("Less work, for a look.")),
            data_option(),
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
            fail(_("There is no row '{name}'. There are: {names}.").format(name=name, names=", ".join(ROWS)))
    use_folder(data_dir)
    try:
        bench(peer_python, tuple(names), rounds, quick, as_json)
    except KeyboardInterrupt:
        stopped()
