"""``trenza bench``: the engine beside other libraries."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from studio.bench.columns import peers
from studio.bench.measure import ROWS, Row, machine, measure
from studio.bench.report import NAMES, heading, summary, text
from studio.ui.i18n import _

_ROUNDS = 5


def bench(
    peer_python: tuple[str, ...], rows: tuple[str, ...], rounds: int | None, quick: bool, as_json: Path | None
) -> None:
    """Measure, print the table and write it as JSON.

    Raises
    ------
    click.UsageError
        If an interpreter cannot be used, or the file not be written.
    """
    given = [*peer_python, *os.environ.get("TRENZA_BENCH_PEERS", "").split(os.pathsep)]
    try:
        found = peers(p for p in given if p)
    except OSError as error:
        raise click.UsageError(_("The interpreter cannot be used: {reason}").format(reason=error)) from error
    count = rounds or (1 if quick else _ROUNDS)
    facts = machine()
    if as_json is not None:
        _write(as_json, facts, count, [])  # that it cannot be written is better known before than after
    click.echo(heading(facts, count))
    if not found:
        click.echo(_("No other library was found: the engine is held against the floor only. See --peer-python."))
    done: list[Row] = []
    for row in measure([r for r in ROWS if not rows or r in rows], found, count, quick, _progress):
        _progress("", "", 0)
        click.echo(text(row))
        done.append(row)
        if as_json is not None:
            _write(as_json, facts, count, done)
    click.echo(summary(done))


def _write(path: Path, facts: dict[str, object], rounds: int, rows: list[Row]) -> None:
    document = {"machine": facts, "rounds": rounds, "rows": [row.plain() for row in rows]}
    try:
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(
            _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)
        ) from error


def _progress(row: str, column: str, number: int) -> None:
    """Say in one line that is written over what is being measured."""
    if sys.stderr.isatty():
        line = f"{row}: {_(NAMES[column])} ({number + 1})" if row else ""
        click.echo(f"\r{line:<60}\r", nl=False, err=True)
