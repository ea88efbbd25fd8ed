"""The columns of the table: each library works in a process of its own, and is asked for one measure after another."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import engine
from engine.data import mnist
from engine.data.files import find
from studio.ui.resources import resource, root

#: What each library is found by; these columns are there only where it is.
PEERS: Final = {"keras": "tensorflow", "torch": "torch", "jax": "jax"}
#: These need nothing but the engine.
OWN: Final = ("engine", "floor", "tuned")

_LOOK: Final = (
    "import importlib.util as u, json, sys; print(json.dumps([n for n in sys.argv[1:] if u.find_spec(n) is not None]))"
)


def programs() -> Path:
    """Return the folder of what is measured: in the resources of a wheel, with the tests in a checkout."""
    installed = resource("benchmarks")
    return installed if installed.is_dir() else root().parent / "tests" / "benchmarks" / "rows"


def digits() -> Path | None:
    """Return where MNIST lies, if it does: nothing is downloaded to measure something."""
    return find(mnist.FILE)


def peers(pythons: Iterable[str]) -> dict[str, str]:
    """Return for each column of another library the interpreter that has it, this one first.

    Raises
    ------
    OSError
        If one of the interpreters cannot be started.
    """
    found: dict[str, str] = {}
    for python in (sys.executable, *pythons):
        done = subprocess.run([python, "-c", _LOOK, *PEERS.values()], capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(f"{python}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ''}")
        names = json.loads(done.stdout)
        for column, package in PEERS.items():
            if package in names:
                found.setdefault(column, python)
    return found


class Failed(Exception):  # noqa: N818  # what a column says instead of a figure
    """A column cannot do the row."""


class Column:
    """A process that does the work of one row with one library.

    Parameters
    ----------
    row
        Name of a program.
    name
        "engine", "floor", "tuned" or a key of `PEERS`.
    quick
        Whether the amounts of work are small.

    Attributes
    ----------
    measures
        Names of what it can measure.
    versions
        Of the packages that it stands on.

    Raises
    ------
    Failed
        If there is nothing to measure: the program has no such column, or a layer is not there.
    """

    def __init__(self, row: str, name: str, python: str, quick: bool) -> None:
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
        if name in OWN:
            path = [str(Path(engine.__file__).parents[1]), environment.get("PYTHONPATH", "")]
            environment["PYTHONPATH"] = os.pathsep.join(p for p in path if p)
        for key, value in (("TRENZA_BENCH_QUICK", "1" if quick else ""), ("TRENZA_BENCH_DATA", str(digits() or ""))):
            environment[key] = value
        self._process = subprocess.Popen(
            [python, str(programs() / "serve.py"), row, name],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        try:
            told = self._answer()
        except BaseException:
            self.close()
            raise
        self.measures: Sequence[str] = told["measures"]
        self.versions: dict[str, str] = told["versions"]

    def ask(self, measure: str) -> float:
        """Measure once.

        Raises
        ------
        Failed
            If that goes wrong.
        """
        assert self._process.stdin is not None
        try:
            print(measure, file=self._process.stdin, flush=True)
        except OSError as error:
            raise Failed(str(error)) from error
        return float(self._answer()["value"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"exit {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        for word in ("missing", "failed"):
            if word in answer:
                raise Failed(answer[word])
        return answer

    def close(self) -> None:
        """End the process."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
