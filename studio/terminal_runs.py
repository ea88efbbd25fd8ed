"""Trainings that are kept, in the terminal."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from engine.core.errors import EngineError, FailedPreconditionError
from engine.data.files import use_folder
from studio.document.document import Document
from studio.document.file import dumps, load
from studio.run.messages import Ended, Event, Keep, Mode, Refused, Train
from studio.run.runs.folder import RunFolder
from studio.run.runs.store import RunStore
from studio.run.training.job import Job
from studio.run.worker import Worker
from studio.terminal_bar import Bar
from studio.ui.i18n import _, describe, ngettext, number, written_size
from studio.ui.runs.story import STATUS, story
from studio.ui.stored import runs_place


def store() -> RunStore:
    """Return the runs of the user."""
    return RunStore(runs_place())


def train(document: Document, mode: Mode, keep: Keep, start: str = "", quiet: bool = False) -> Ended:
    """Train a document and keep the run; return how it ended.

    Raises
    ------
    EngineError
        If it failed.
    """
    events: list[Ended] = []

    def hear(event: Event) -> None:
        if isinstance(event, Ended):
            events.append(event)
        if isinstance(event, Refused):
            click.echo(f"trenza: {describe(event.error)}", err=True)

    worker = Worker(hear)
    worker.shown = 0
    command = Train(1, 1, dumps(document), mode, keep, start)
    Job(worker, worker.study(1), command, worker.versions, [] if quiet else [Bar()]).run()
    (ended,) = events
    if ended.error is not None:
        raise ended.error
    return ended


def overview(*, as_json: bool) -> None:
    """Print the runs."""
    runs = store().runs()
    facts = [_facts(run) for run in runs]
    if as_json:
        click.echo(json.dumps(facts))
        return
    for found in facts:
        click.echo("  ".join(str(found[name]) for name in ("id", "said", "result") if found[name]))
    total = written_size(sum(found["bytes"] for found in facts))
    line = ngettext("{count} run in {folder}, {size}.", "{count} runs in {folder}, {size}.", len(runs))
    click.echo(line.format(count=number(len(runs)), folder=store().place, size=total))


def _facts(run: RunFolder) -> dict[str, Any]:
    """Return what there is to say of a run in a line: of one that is damaged, that."""
    found: dict[str, Any] = {"id": run.id, "bytes": run.size, "status": "damaged", "result": "", "tags": [*run.tags]}
    try:
        record, epochs = run.record, run.epochs()
    except EngineError as error:
        return {**found, "said": describe(error)}
    last = epochs[-1]["logs"] if epochs else {}
    return {
        **found,
        "status": record.status,
        "said": f"{_(STATUS[record.status])} {len(epochs)}/{record.epochs}",
        "created": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds"),
        "result": " ".join(f"{name} {number(value, 4)}" for name, value in last.items()),
        "seconds": record.seconds,
    }


def show(*, run: str, as_json: bool) -> None:
    """Print what happened in a run."""
    found = store().find(run)
    if as_json:
        click.echo(json.dumps({**_facts(found), "folder": str(found.path), "epochs": found.epochs()}))
        return
    for line in (found.id, *story(found), str(found.path)):
        click.echo(line)


def resume(*, run: str, data_dir: Path | None) -> None:
    """Let a run go on.

    Raises
    ------
    FailedPreconditionError
        If it is over, or goes on already.
    """
    found = store().find(run)
    last = found.last
    if not found.can_go_on or last is None:
        raise FailedPreconditionError(
            "The run {name} cannot go on: it is {status}.",
            hint="Only runs that were stopped or cut off can.",
            name=found.id,
            status=found.record.status,
        )
    use_folder(data_dir)
    mode: Mode = "eager" if found.record.mode == "eager" else "lazy"
    train(load(found.document), mode, Keep(str(found.path), found.record.name), str(last.path))
    for line in story(RunFolder(found.path)):
        click.echo(line)


def delete(*, runs: tuple[str, ...]) -> None:
    """Delete runs."""
    for run in [store().find(name) for name in runs]:
        run.delete()
        click.echo(_("{name} is deleted.").format(name=run.id))
