"""Several processes and one cache: killed, interrupted, working at the same time.

The long form runs with ``pytest -m slow tests/engine/compile/test_cache_processes.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WORKER = Path(__file__).with_name("cache_worker.py")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills and forks as POSIX systems do")


def start(place: Path, *arguments: object) -> subprocess.Popen[str]:
    """Start the worker on a cache."""
    environment = {**os.environ, "TRENZA_CACHE": str(place), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", str(WORKER), *map(str, arguments)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], said: str | None = None) -> tuple[str, str]:
    """Return what a process says until it ends; one that hangs is ended, and is a failure."""
    try:
        return process.communicate(said, timeout=600)
    finally:
        process.kill()


@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_one_process_does_not_notice_another_that_is_killed(tmp_path: Path, rounds: int) -> None:
    killed = start(tmp_path, "die", rounds, (rounds + 1) // 2)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "ready\n"
    steady = start(tmp_path, "check", rounds)
    out, err = finish(steady)
    last, complaints = finish(killed, "end\n")
    assert steady.returncode == 0, err
    assert out.split("\n")[:-1] == [f"round {i}" for i in range(rounds)]
    assert "failed" not in last, last
    assert not complaints, complaints
    assert int(last.split()[-1]) >= rounds / 2


@pytest.mark.parametrize("rounds", [4, pytest.param(50, marks=pytest.mark.slow)])
def test_an_interrupted_compile_can_be_done_again(tmp_path: Path, rounds: int) -> None:
    worker = start(tmp_path, "interrupt", rounds, rounds)
    out, err = finish(worker)
    assert worker.returncode == 0, err
    assert int(out.split()[-1]) >= rounds / 3
