"""Runs in the terminal: kept, listed, shown, continued, deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from graphs import moons

from engine.data.files import use_folder
from studio import cli
from studio.document.file import save
from studio.run.messages import Control
from studio.run.runs import store
from studio.run.runs.folder import RunFolder
from studio.run.training import keeping
from studio.run.worker import Worker
from studio.ui import i18n


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "runs"))
    save(moons(), tmp_path / "two moons.trenza")
    yield tmp_path
    use_folder(None)
    i18n.set_language("en")


def call(*words: str) -> Result:
    return CliRunner().invoke(cli.commands(), list(words))


def kept(place: Path, *words: str) -> RunFolder:
    result = call("run", str(place / "two moons.trenza"), "--keep", "--json", *words)
    assert result.exit_code == 0, result.output
    return RunFolder(Path(json.loads(result.output.splitlines()[-1])["run"]))


def test_a_run_that_is_kept_is_listed_and_shown(place: Path) -> None:
    run = kept(place, "--epochs", "4", "--seed", "7")
    assert (run.record.epochs, run.record.seed, run.record.name) == (4, 7, "two moons")
    listed = call("runs", "list").output
    assert f"{run.id}  complete 4/4  loss " in listed
    assert "1 run in" in listed
    (facts,) = json.loads(call("runs", "list", "--json").output)
    assert (facts["id"], facts["status"]) == (run.id, "complete")
    shown = call("runs", "show", "moons").output
    assert shown.startswith(f"{run.id}\n4 epochs of 4, ")
    assert "The loss went from " in shown
    i18n.set_language("es")
    assert "La pérdida pasó de " in call("runs", "show", run.id).output


def test_without_being_asked_nothing_is_kept(place: Path) -> None:
    assert call("run", str(place / "two moons.trenza"), "--json").exit_code == 0
    assert not (place / "runs").exists()
    assert "0 runs in" in call("runs", "list").output


def test_one_that_was_stopped_goes_on(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        epoch = keeping.Keeping.epoch

        def stop(self: keeping.Keeping, listener: object, number: int, *others: object) -> None:
            epoch(self, listener, number, *others)  # type: ignore[arg-type]
            if number == 1:
                worker.receive(Control("stop", 1))

        made = Worker.__init__
        worker: Worker

        def make(self: Worker, *given: object) -> None:
            nonlocal worker
            made(self, *given)  # type: ignore[arg-type]
            worker = self

        patch.setattr(Worker, "__init__", make)
        patch.setattr(keeping.Keeping, "epoch", stop)
        run = kept(place, "--epochs", "6")
    assert run.record.status == "stopped"
    assert "It can go on from step" in call("runs", "show", run.id).output
    result = call("runs", "resume", run.id)
    assert result.exit_code == 0, result.output
    assert "6 epochs of 6" in result.output
    again = RunFolder(run.path)
    assert again.record.status == "complete"
    assert [line["epoch"] for line in again.epochs()] == list(range(6))


def refused(*words: str) -> str:
    result = call(*words)
    assert result.exit_code == 2
    return result.output


def test_what_cannot_be_done_says_so(place: Path) -> None:
    run = kept(place)
    assert "cannot go on: it is complete. Only runs that were stopped" in refused("runs", "resume", run.id)
    assert "There are 0 runs called 'nobody'" in refused("runs", "show", "nobody")
    kept(place)
    assert "There are 2 runs called 'moons'" in refused("runs", "delete", "moons")
    (run.path / "run.json").write_text("{")
    assert "is damaged: run.json cannot be understood" in call("runs", "list").output
    assert "is damaged" in refused("runs", "show", run.id)
    assert f"{run.id} is deleted." in call("runs", "delete", run.id).output
    assert not run.path.exists()


def test_help_is_there_in_both_languages() -> None:
    for language, word in (("en", "Delete runs"), ("es", "Borrar")):
        i18n.set_language(language)
        with click.Context(cli.commands()):
            assert word in call("runs", "--help").output
    i18n.set_language("en")
