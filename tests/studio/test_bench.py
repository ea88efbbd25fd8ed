"""``trenza bench`` and ``trenza cache``: what they print, what they refuse, and that all rows are whole."""

from __future__ import annotations

import importlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from graphs import ROOT

from studio.bench import columns
from studio.bench.measure import ROWS, Row, Verdict, measure
from studio.bench.report import MEASURES, NAMES, quantity, text
from studio.ui import i18n

PROGRAMS = ROOT / "tests" / "benchmarks" / "rows"


def trenza(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    return subprocess.run(
        [sys.executable, "-m", "studio", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANGUAGE": "en", "TRENZA_BENCH_PEERS": "", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def program(name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a row's program."""
    monkeypatch.syspath_prepend(str(PROGRAMS))
    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delitem(sys.modules, "mlp_sgd", raising=False)  # a variant of it sets its batch
    return importlib.import_module(name)


# --------------------------------------------------------------------------------------------------------------- bench


def test_without_other_libraries_it_prints_the_engine_and_the_floor(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    done = trenza("bench", "--quick", "--rows", "eager_add", "--json", str(file))
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert sum(line[:1] == ["Trenza"] for line in lines) == 2
    assert sum(line[:1] == ["floor"] for line in lines) == 2
    assert "processors for each library" in done.stdout
    (row,) = json.loads(file.read_text())["rows"]
    for name in ("scalars", "vectors"):
        found = row["measures"][name]["columns"]
        assert found["floor"]["median"] > 0
        assert found["engine"]["median"] > 0
        assert found["floor"]["ratio"] == found["floor"]["median"] / found["engine"]["median"]
    assert all(t["met"] is None for t in row["targets"]), "there is nobody to be held against"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--rows", "eager_add", "nonsense"), "nonsense"),
        (("--peer-python", "/nowhere/python"), "/nowhere/python"),
        (("--rounds", "0"), "0"),
        (("--rows", "eager_add", "--json", "/nowhere/figures.json"), "/nowhere/figures.json"),
    ],
)
def test_what_it_cannot_use_is_refused_in_one_line(arguments: tuple[str, ...], word: str) -> None:
    done = trenza("bench", "--quick", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("trenza: ")
    assert done.stderr.count("\n") == 1
    assert word in done.stderr


def test_an_interpreter_that_does_not_work_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    done = trenza("bench", "--quick", "--rows", "eager_add", TRENZA_BENCH_PEERS=str(broken))
    assert done.returncode == 2
    assert f"{broken}: broken" in done.stderr


def test_every_row_has_a_program_and_every_program_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    helpers = {"bench_common", "serve"}
    assert {p.stem for p in PROGRAMS.glob("*.py")} - helpers == set(ROWS)
    for name in ROWS:
        module = program(name, monkeypatch)
        assert callable(module.engine)
        assert callable(module.keras)
        assert callable(module.torch)
        for one, other, word, wanted in module.TARGETS:
            assert one in MEASURES
            assert other is None or other in NAMES
            assert word in ("faster", "within", "most")
            assert wanted > 0
            assert (other is None) == (word == "most")


def test_the_reference_by_hand_computes_what_the_engine_does(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    import engine as tf

    chain = program("chain", monkeypatch)
    arrays: dict[str, Any] = {}

    def keep(work: Any) -> Any:
        arrays[str(len(arrays))] = work
        return lambda: 0.0

    monkeypatch.setattr(chain, "repeated", keep)
    made: list[Any] = []
    original = np.empty_like
    monkeypatch.setattr(np, "empty_like", lambda a: made.append(original(a)) or made[-1])
    chain.tuned()
    for work in arrays.values():
        work()
    x = tf.constant(chain.X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = chain._chain(tf, x)
    np.testing.assert_allclose(made[0], np.asarray(y), atol=1e-5)
    np.testing.assert_allclose(made[1], np.asarray(tape.gradient(y, x)), atol=1e-5)


def test_a_column_that_cannot_do_a_row_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (PROGRAMS / "serve.py").read_text()
    (tmp_path / "serve.py").write_text(source)
    (tmp_path / "eager_add.py").write_text(
        "TARGETS = [('step', 'floor', 'within', 4.0), ('step', None, 'most', 1.0), ('step', 'torch', 'faster', 2.0)]\n"
        "def engine():\n    print('talks')\n    return {'step': lambda: 2.0}\n"
        "def floor():\n    return {'step': lambda: 1.0}\n"
        "def tuned():\n    import absent\n"
        "def keras():\n    return {'step': lambda: 1 / 0}\n"
    )
    monkeypatch.setattr("studio.bench.measure.programs", lambda: tmp_path)
    monkeypatch.setattr(columns, "programs", lambda: tmp_path)
    (row,) = measure(["eager_add"], {"keras": sys.executable, "torch": sys.executable}, 2, True, lambda *news: None)
    assert row.rounds == {"step": {"engine": [2.0, 2.0], "floor": [1.0, 1.0]}}
    assert row.missing == {"tuned": "No module named 'absent'", "keras": "ZeroDivisionError: division by zero"}
    assert [(v.found, v.met) for v in row.verdicts()] == [(2.0, True), (2.0, False), (None, None)]
    shown = text(row)
    assert "✓ target floor ≤ 4×: 2.00×, met" in shown
    assert "✗ target ≤ 1.00 s: 2.00 s, missed" in shown
    assert "by hand is not available here: No module named 'absent'" in shown


def test_verdicts_go_by_medians() -> None:
    rounds = {"step": {"engine": [1.0, 9.0, 1.1], "keras": [8.0, 8.8, 99.0]}}
    row = Row("mlp_sgd", {}, rounds, targets=[("step", "keras", "faster", 8.0), ("step", "keras", "faster", 8.1)])
    assert [v.met for v in row.verdicts()] == [True, False]
    assert Verdict("step", None, "most", 3.0, 3.0).met


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(3.21, "s", "3.21 s"), (0.0123, "s", "12.3 ms"), (3e-7, "s", "300 ns"), (5e4, "bytes", "50.0 kB")],
)
def test_quantities_have_a_fitting_unit(value: float, unit: str, shown: str) -> None:
    assert quantity(value, unit) == shown


def test_it_speaks_spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row("cnn", {}, {"step": {"engine": [0.5], "floor": [0.25]}}, targets=[("step", "floor", "within", 1.5)])
    try:
        i18n.set_language("es")
        shown = text(row)
    finally:
        i18n.set_language("en")
    assert "un paso" in shown
    assert "✗ objetivo mínimo ≤ 1,5×: 2,00×, no cumplido" in shown


# --------------------------------------------------------------------------------------------------------------- cache


def test_the_cache_can_be_looked_at_and_emptied(tmp_path: Path) -> None:
    place = {"TRENZA_CACHE": str(tmp_path), "TRENZA_CACHE_LIMIT": "20"}
    empty = json.loads(trenza("cache", "info", "--json", **place).stdout)
    assert empty == {
        "folder": str(tmp_path / "kernels"),
        "kernels": 0,
        "bytes": 0,
        "limit": 20_000_000,
        "oldest": None,
        "newest": None,
    }
    program = "import engine as tf; tf.function(lambda x: x * 2.0 - 1.0)(tf.constant(1.0))"
    subprocess.run([sys.executable, "-c", program], env={**os.environ, **place, "PYTHONPATH": str(ROOT)}, check=True)
    found = json.loads(trenza("cache", "info", "--json", **place).stdout)
    assert found["kernels"] == 1
    assert found["bytes"] == sum(p.stat().st_size for p in tmp_path.rglob("k_*"))
    assert found["oldest"] == found["newest"]
    shown = trenza("cache", "info", **place).stdout
    assert f"Folder: {tmp_path / 'kernels'}\nKernels: 1\n" in shown
    assert "/ 20.0 MB" in shown
    assert trenza("cache", "clear", **place).stdout.startswith("1 kernel removed")
    assert trenza("cache", "clear", **place).stdout.startswith("0 kernels removed")
    assert not list(tmp_path.rglob("k_*"))


def test_looking_at_the_cache_needs_neither_qt_nor_numba() -> None:
    code = "import sys; from studio import kernels; kernels.info(as_json=True); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"PySide6", "numba", "scipy"} & {m.split(".")[0] for m in done.stdout.split()} == set()


def test_the_bench_needs_no_qt() -> None:
    code = "import sys, studio.bench.command; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "PySide6" not in {m.split(".")[0] for m in done.stdout.split()}
