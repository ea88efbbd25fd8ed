"""The floors of the house: who imports whom, and what an import may cost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: What stands at the top of the repository, files whose names begin with a dot aside.
TOP = {"engine", "studio", "resources", "tests", "examples", "pyproject.toml", "README.md", "LICENSE"}

#: Packages that take long to import, or that the engine must not know, by the module that is imported.
KEPT_OUT = {
    "engine": {
        "PySide6",
        "pyqtgraph",
        "studio",
        "numba",
        "llvmlite",
        "sklearn",
        "scipy",
        "pooch",
        "requests",
        "tensorboardX",
    },
    "studio.app": {"pyqtgraph", "numba", "llvmlite", "sklearn", "scipy", "pooch", "requests", "tensorboardX"},
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command at the top of the repository."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_import_contracts_hold() -> None:
    result = run(sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", KEPT_OUT)
def test_an_import_brings_no_more_than_it_needs(name: str) -> None:
    result = run(sys.executable, "-c", f"import sys, {name}; print(*sys.modules)")
    assert result.returncode == 0, result.stderr
    assert KEPT_OUT[name] & {module.split(".")[0] for module in result.stdout.split()} == set()


def test_eager_programs_need_neither_numba_nor_scipy() -> None:
    program = (
        "import sys, engine as tf\n"
        "v = tf.Variable([1.0, 2.0])\n"
        "with tf.GradientTape() as tape:\n"
        "    y = tf.reduce_sum(tf.exp(v))\n"
        "tape.gradient(y, v)\n"
        "tf.keras.Sequential([tf.keras.layers.Dense(2)])(tf.random.normal([1, 3]))\n"
        "print(*sys.modules)"
    )
    result = run(sys.executable, "-c", program)
    assert result.returncode == 0, result.stderr
    assert {"numba", "scipy", "sklearn"} & {module.split(".")[0] for module in result.stdout.split()} == set()


def test_nothing_else_stands_at_the_top() -> None:
    listed = run("git", "ls-files").stdout.split()
    if not listed:
        pytest.skip("this is no git checkout")
    assert {name.split("/")[0] for name in listed if not name.startswith(".")} <= TOP


def test_every_folder_of_tests_mirrors_one_of_the_code() -> None:
    for package in ("engine", "studio"):
        for folder in (ROOT / "tests" / package).iterdir():
            if folder.is_dir() and folder.name != "__pycache__":
                assert (ROOT / package / folder.name).is_dir(), folder
