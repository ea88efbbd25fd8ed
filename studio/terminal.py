"""A document in the terminal: progress bars, final metrics, or the values of its tensors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from engine.core.errors import EngineError, InvalidArgumentError
from engine.data.files import use_folder
from studio import terminal_runs
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document, Node
from studio.document.edits import SetParams, SetSetting
from studio.document.file import load
from studio.document.lower import SEED, Program, Values
from studio.document.types import Types
from studio.run import session
from studio.run.messages import Keep, Mode
from studio.run.runs.folder import RunFolder
from studio.terminal_bar import Bar, figures
from studio.ui.i18n import N_, _, ngettext, number
from studio.ui.runs.story import story

_MODES: Final = {"eager": N_("eager"), "lazy": N_("compiled")}


def run(
    path: Path,
    *,
    mode: str | None = None,
    epochs: int | None = None,
    seed: int | None = None,
    changes: Sequence[str] = (),
    data_dir: Path | None = None,
    quiet: bool = False,
    keep: bool = False,
) -> dict[str, Any]:
    """Train a document, or compute its tensors if it has no trainer, and return the outcome as plain data.

    Parameters
    ----------
    keep
        Whether the training is kept as a run.

    Raises
    ------
    EngineError
        If the document cannot be read or run.
    """
    document = load(path)
    for change in changes:
        _set(document, change)
    if seed is not None:
        document.apply(SetSetting(SEED, seed))
    use_folder(data_dir)
    chosen: Mode = "eager" if mode == "eager" else "lazy"
    program = Program(CATALOGUE)
    program.update(document)
    trainers = [n for n in document.nodes.values() if n.type.startswith("train.")]
    if not trainers:
        return _compute(program, chosen, quiet)
    if epochs is not None:
        document.apply(SetParams(trainers[0].id, {"epochs": epochs}))
        program.update(document)
    if keep:
        return _keep(document, path.stem, chosen, quiet)
    training = program.training()
    callbacks = [*session.watching(training), *([] if quiet else [Bar()])]
    outcome = session.train(program, training, chosen, callbacks)
    if not quiet:
        click.echo(figures(outcome.metrics, "   "))
        text = ngettext("{n} epoch in {seconds} s ({mode})", "{n} epochs in {seconds} s ({mode})", outcome.epochs)
        mode_name = _(_MODES[chosen])
        click.echo(text.format(n=outcome.epochs, seconds=number(outcome.seconds, 1), mode=mode_name))
    return {"metrics": dict(outcome.metrics), "epochs": outcome.epochs, "seconds": outcome.seconds, "mode": chosen}


def _keep(document: Document, name: str, mode: Mode, quiet: bool) -> dict[str, Any]:
    folder = terminal_runs.store().new(name)
    ended = terminal_runs.train(document, mode, Keep(str(folder), name), quiet=quiet)
    run = RunFolder(folder)
    if not quiet:
        for line in (*story(run), str(folder)):
            click.echo(line)
    return {
        "metrics": dict(ended.logs),
        "epochs": len(run.epochs()),
        "seconds": ended.seconds,
        "mode": mode,
        "run": str(folder),
    }


def _set(document: Document, change: str) -> None:
    """Carry out ``NODE.PARAM=VALUE``, in which the node is named by id or by title."""
    place, equals, text = change.partition("=")
    name, dot, param_name = place.rpartition(".")
    if not equals or not dot:
        raise InvalidArgumentError(
            "--set takes NODE.PARAM=VALUE, not '{change}'.", hint="As in --set hidden.units=64.", change=change
        )
    node = _node(document, name)
    node_type = Types(document)[node.type]
    if param_name not in node_type.params:
        raise InvalidArgumentError(
            "The node '{name}' has no parameter '{param}'.",
            hint="It has: {names}.",
            name=name,
            param=param_name,
            names=", ".join(node_type.params) or "none",
        )
    param = node_type.params[param_name]
    value = param.validate(param.parse(text), param_name, name)
    document.apply(SetParams(node.id, {param_name: param.to_json(value)}))


def _node(document: Document, name: str) -> Node:
    """Return the node with this id, or the only one with this title."""
    if name in document.nodes:
        return document.nodes[name]
    found = [n for n in document.nodes.values() if name and n.title == name]
    if len(found) > 1:
        raise InvalidArgumentError(
            "There are {count} nodes called '{name}'.",
            hint="Name one by its id: {names}.",
            count=len(found),
            name=name,
            names=", ".join(n.id for n in found),
        )
    if not found:
        raise InvalidArgumentError(
            "There is no node '{name}'.", hint="There are: {names}.", name=name, names=", ".join(document.nodes)
        )
    return found[0]


def _compute(program: Program, mode: Mode, quiet: bool) -> dict[str, Any]:
    _raise_first(program.problems)
    values = session.evaluate(program, mode)
    _raise_first(values.errors)
    ends = _ends(program, values)
    if not quiet:
        for name, tensor in ends.items():
            click.echo(f"{name} = {tensor}")
    return {"values": {name: tensor.numpy().tolist() for name, tensor in ends.items()}, "mode": mode}


def _raise_first(errors: dict[str, EngineError]) -> None:
    for node, error in errors.items():
        error.facts.setdefault("node", node)
        raise error


def _ends(program: Program, values: Values) -> dict[str, Any]:
    """Return the tensors that no other node reads, by the name of their node."""
    read = {ref for step in program.steps for ref in step.sources}
    ends = {ref: t for ref, t in values.tensors.items() if ref not in read}
    several = {ref.node for ref in ends if sum(1 for other in ends if other.node == ref.node) > 1}
    return {f"{ref.node}.{ref.port}" if ref.node in several else ref.node: t for ref, t in ends.items()}
