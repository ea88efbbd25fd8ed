"""The curves of kept runs: short ones step by step, long ones by means of some of their steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.run.runs.curves import MEANT, POINTS, curve
from studio.run.runs.folder import STEPS, RunFolder
from studio.run.runs.record import Record


def run_of(folder: Path, loss: np.ndarray) -> RunFolder:
    folder.mkdir()
    record = Record("a", 0.0, epochs=1, steps_per_epoch=10, series=("loss", "accuracy"))
    record.write(folder)
    np.column_stack([loss, -loss]).astype(np.float32).tofile(folder / STEPS)
    return RunFolder(folder)


@pytest.mark.parametrize("count", [0, 1, POINTS, POINTS + 1, POINTS * MEANT])
def test_all_steps_count_if_they_are_not_too_many(tmp_path: Path, count: int) -> None:
    loss = np.arange(count, dtype=float)
    run = run_of(tmp_path / "run", loss)
    assert run.step_count == count
    epochs, values = curve(run, "loss")
    assert len(epochs) == len(values) <= POINTS
    np.testing.assert_allclose(values, epochs * 10 - 1, rtol=1e-6, err_msg="each at its place")


def test_of_a_long_run_some_steps_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loss = np.arange(300_000, dtype=float)
    run = run_of(tmp_path / "run", loss)
    read: list[int] = []
    original = RunFolder.some_steps
    monkeypatch.setattr(
        RunFolder, "some_steps", lambda self, firsts, n: (read.append(n * len(firsts)), original(self, firsts, n))[1]
    )
    epochs, values = curve(run, "accuracy")
    assert POINTS / 2 < len(values) <= POINTS
    assert 0 < sum(read) < len(loss) / 4
    np.testing.assert_allclose(values, -(epochs * 10 - 1), rtol=1e-5)


def test_a_row_that_is_half_written_is_left_out(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", np.arange(3.0))
    with (run.path / STEPS).open("ab") as file:
        file.write(b"abcd")
    assert run.step_count == 3
    assert run.steps(1).tolist() == [[1, -1], [2, -2]]
    assert run.steps(1, 1).tolist() == [[1, -1]]
    assert run.steps(7, 1).shape == (0, 2)
