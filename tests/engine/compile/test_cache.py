"""Kernels on disk: broken files, folders that come and go, and room for so many."""

from __future__ import annotations

import ast
import ctypes
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from programs import graph_of, run_graph

import engine as tf
from engine.compile import cache, kernel_files
from engine.compile.kernel_files import KernelFiles, limit
from engine.compile.plan import Plan
from engine.compile.source import Source
from engine.passes import optimise

ROOT = Path(__file__).resolve().parents[3]
X = np.linspace(-1, 1, 6, dtype=np.float32)

#: What is compiled in these tests: quick, and with a result that no other kernel has.
PROGRAM = "import engine as tf\nprint(float(tf.function(lambda x: x * 3.5 - x / 8.0 + 0.25)(tf.constant(2.0))))"
RESULT = "7.0"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a new cache, of which this process has loaded nothing."""
    monkeypatch.setenv("TRENZA_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "_loaded", {})
    monkeypatch.setattr(cache, "_folders", {})
    return tmp_path / "kernels"


def compute(length: int = 0) -> None:
    """Compile or load a kernel, another for each length, and check what it yields."""

    def program(x: Any) -> Any:
        y = x * 3.5 - x / 8.0
        for _ in range(length):
            y = y * y - x
        return y

    (found,) = run_graph(graph_of(program, X), [X])
    np.testing.assert_allclose(found, program(X), rtol=1e-5, atol=1e-5)


def forget() -> None:
    """Have kernels loaded from disk again."""
    cache._loaded.clear()


def files_of(place: Path) -> dict[str, Path]:
    """Return the files of the one kernel, by their ending."""
    return {p.suffix: p for p in place.iterdir()}


# -------------------------------------------------------------------------------------------------------- broken files


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3] ^= 0x10
    path.write_bytes(content)


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("harm", [cut, empty, flip, remove])
@pytest.mark.parametrize("kind", [".py", ".sha256", ".o"])
def test_a_broken_file_is_made_anew(place: Path, kind: str, harm: Callable[[Path], None]) -> None:
    compute()
    (name,) = cache._loaded
    paths = files_of(place)
    before = {k: p.read_bytes() for k, p in paths.items()}
    harm(paths[kind])
    forget()
    compute()
    assert paths[".py"].read_bytes() == before[".py"]
    assert KernelFiles(place).find(name, paths[".py"].read_text()), "whole again"


def test_whole_files_are_loaded_and_not_made_again(place: Path) -> None:
    compute()
    before = {p: p.stat().st_mtime_ns for p in place.rglob("k_*")}
    forget()
    compute()
    assert {p: p.stat().st_mtime_ns for p in place.rglob("k_*")} == before
    assert len(before) == 3


def test_machine_code_without_a_seal_is_never_loaded(place: Path) -> None:
    compute()
    files = files_of(place)
    files[".sha256"].unlink()
    files[".o"].write_bytes(b"not machine code")
    forget()
    compute()
    assert files[".o"].read_bytes() != b"not machine code"
    assert files[".sha256"].exists()


def test_well_kept_code_that_cannot_be_loaded_is_made_anew(place: Path) -> None:
    """As when a function that it calls bears another name by now."""
    compute()
    (name,) = cache._loaded
    files, text = KernelFiles(place), files_of(place)[".py"].read_text()
    good = files.find(name, text)
    assert good is not None
    files.keep(name, text, replace(good, needs=("no_such_function",)))
    forget()
    compute()
    found = files.find(name, text)
    assert found is not None
    assert found.needs == good.needs


def test_a_seal_vouches_for_all_that_is_said_of_the_code(place: Path) -> None:
    compute()
    (name,) = cache._loaded
    files = files_of(place)
    text, seal = files[".py"].read_text(), files[".sha256"].read_text()
    for harmed in (seal.replace("#", "# abort", 1), seal.replace(f"k_{name}", "k_other"), seal + "more"):
        assert harmed != seal
        files[".sha256"].write_text(harmed)
        assert KernelFiles(place).find(name, text) is None
    files[".sha256"].write_text(seal)
    assert KernelFiles(place).find(name, text) is not None
    assert KernelFiles(place).find(name, text + " ") is None


# -------------------------------------------------------------------------------------------------------------- folders


def test_a_folder_that_goes_away_is_made_again(place: Path) -> None:
    compute()
    shutil.rmtree(place)
    compute(1)
    forget()
    shutil.rmtree(place.parent)
    compute()
    assert files_of(place).keys() == {".py", ".o", ".sha256"}


def test_a_folder_that_cannot_be_made_again_is_done_without(place: Path) -> None:
    compute()
    shutil.rmtree(place)
    place.write_text("in the way", encoding="utf-8")
    compute(1)
    compute(2)
    assert len(cache._loaded) == 3


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only to this user")
def test_a_folder_that_is_read_only_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compute()
    before = sorted(place.iterdir())
    place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        compute(1)
        forget()
        monkeypatch.setattr(cache, "_compiled", None)  # nothing has to be
        compute()
        assert sorted(place.iterdir()) == before
    finally:
        place.chmod(stat.S_IRWXU)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only to root nothing is read-only")
def test_a_folder_that_is_read_only_is_read_by_root_too(place: Path) -> None:
    """Root without the privilege to overlook permissions."""
    libc = ctypes.CDLL(None)
    drop_from_bounding_set, overlook_permissions = 24, 1  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE

    def run(program: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-B", "-c", f"import os\nprint(os.access({str(place)!r}, os.W_OK))\n{program}"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            preexec_fn=lambda: libc.prctl(drop_from_bounding_set, overlook_permissions, 0, 0, 0),
        )
        assert not done.stderr
        return done.stdout.split()

    assert run(PROGRAM) == ["False", RESULT], "the folder is not there yet"
    before = sorted(place.iterdir())
    place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        if run("") != ["False"]:
            pytest.skip("this system does not let go of the privilege")
        assert run(PROGRAM) == ["False", RESULT]
        assert run(PROGRAM.replace("0.25", "0.5")) == ["False", "7.25"]
        assert sorted(place.iterdir()) == before
    finally:
        place.chmod(stat.S_IRWXU)


def test_where_nothing_can_be_written_nothing_is_kept(place: Path) -> None:
    """A limit to the size of files is met as a full disk is: in the middle of writing."""
    resource = pytest.importorskip("resource")

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-B", "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, preexec_fn=full)
    assert (done.stdout.strip(), done.stderr) == (RESULT, "")
    assert not list(place.glob("*.sha256"))


def test_kernels_that_are_there_need_no_numba(place: Path) -> None:
    """It takes 0.45 s to be ready."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for is_needed in (True, False):
        program = PROGRAM + "\nimport sys\nprint('numba' in sys.modules, 'scipy' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
        assert (done.stdout.split(), done.stderr) == ([RESULT, str(is_needed), str(is_needed)], "")


def test_numba_that_is_turned_off_is_a_clear_refusal(place: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True)
    assert "FailedPreconditionError: Numba, which compiles kernels, is turned off by NUMBA_DISABLE_JIT." in done.stderr


# ---------------------------------------------------------------------------------------------------------------- room


def age(place: Path, name: str, days: float) -> None:
    """Let a kernel have been used so long ago."""
    then = time.time() - days * 86_400
    for path in place.rglob(f"k_{name}.*"):
        os.utime(path, (then, then))


def test_kernels_that_were_not_used_for_longest_make_room(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for number in range(3):
        compute(number)
        names.append(list(cache._loaded)[-1])
        age(place, names[-1], 10 - number)
    size = sum(e.nbytes for e in KernelFiles(place).entries()) / 3
    forget()
    compute(0)  # the oldest has now been used
    monkeypatch.setenv("TRENZA_CACHE_LIMIT", str(3.6 * size / 1e6))  # of four, 80 % of this leaves two
    compute(3)
    newest = list(cache._loaded)[-1]
    assert {e.name for e in KernelFiles(place).entries()} == {names[0], newest}
    forget()
    for number in range(4):
        compute(number)


def test_a_use_is_noted_once_a_day(place: Path) -> None:
    compute()
    (name,) = cache._loaded
    (seal,) = place.glob("*.sha256")
    for days, is_noted in ((0.9, False), (1.1, True)):
        age(place, name, days)
        forget()
        compute()
        assert (time.time() - seal.stat().st_mtime < 60) == is_noted


@pytest.mark.parametrize(("given", "nbytes"), [("10", 10**7), ("0.5", 500_000), ("-1", 0), ("", None), ("many", None)])
def test_the_limit_is_given_in_megabytes(given: str, nbytes: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENZA_CACHE_LIMIT", given)
    assert limit() == (kernel_files.DEFAULT_LIMIT_MB * 10**6 if nbytes is None else nbytes)


def test_without_room_kernels_work_and_are_not_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENZA_CACHE_LIMIT", "0")
    compute()
    assert KernelFiles(place).entries() == []


def test_what_killed_processes_left_is_swept_up(place: Path) -> None:
    compute()
    left = [place / "k_0.abc.tmp", place / "k_0.def.tmp"]
    for path in left:
        path.write_bytes(b"half")
    fresh = place / "k_1.def.tmp"
    fresh.write_bytes(b"half")
    for path in left:
        os.utime(path, (0, 0))
    KernelFiles(place).trim(10**9)
    assert not any(p.exists() for p in left)
    assert fresh.exists(), "somebody may be writing it"


def test_clearing_leaves_what_is_not_ours(place: Path) -> None:
    compute()
    for name in ("notes.txt", "k_mine.py"):
        (place / name).write_text("mine", encoding="utf-8")
    assert len(KernelFiles(place).clear()) == 1
    assert sorted(p.name for p in place.rglob("*")) == ["k_mine.py", "notes.txt"]
    compute()
    compute(1)


# ----------------------------------------------------------------------------------------------------- what is compiled


def test_all_that_goes_into_kernels_is_in_their_keys() -> None:
    """What a kernel may import, and what that imports in turn, as far as it is written for Numba or says how."""
    layout = ("engine.ops.scalar", "engine.compile.row", "engine.compile.machine")
    engine = ROOT / "engine"
    words = ["engine.compile.mathlib", "engine.compile.native", "engine.ops.scalar"]
    words += ["engine.compile.blas"]

    def source(module: str) -> Path:
        path = engine.parent / module.replace(".", "/")
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

    seen: set[str] = set()
    while words:
        module = words.pop()
        text = source(module).read_text(encoding="utf-8")
        if module in seen or not (module in layout or "numba" in text):
            continue
        seen.add(module)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine."):
                candidates = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
                words += [c for c in candidates if c and source(c).exists()]
    assert {engine / name for name in cache.HELPERS} == {source(module) for module in seen}


def test_a_key_tells_processors_and_settings_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("text", ("exp",))
    keys = {cache.key(source)}
    changes = [
        (cache.machine, "processor", lambda: ("another", "")),
        (cache.importlib.metadata, "version", lambda name: "0.0"),
        (cache.np, "__version__", "0.0"),
        (cache.llvmlite, "__version__", "0.0"),
    ]
    for owner, name, value in changes:
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, value)
            cache._surroundings.cache_clear()
            keys.add(cache.key(source))
    monkeypatch.setenv("NUMBA_OPT", "1")
    cache._surroundings.cache_clear()
    keys.add(cache.key(source))
    monkeypatch.undo()
    cache._surroundings.cache_clear()
    assert len(keys) == len(changes) + 2


# ------------------------------------------------------------------------------------------------ progress and stopping


def several(x: Any) -> Any:
    """Return a result for which four kernels and two products are needed."""
    y = tf.matmul(tf.exp(x), x)
    z = tf.matmul(tf.tanh(y) * 1.5, x)
    return tf.reduce_sum(tf.sqrt(tf.abs(z)), axis=0) + tf.reduce_max(z)


def test_each_kernel_to_be_compiled_is_told_with_how_many_steps_are_ready(place: Path) -> None:
    square = np.eye(3, dtype=np.float32)
    graph = optimise(graph_of(several, square))
    told: list[tuple[str, int, int]] = []
    plan = Plan(graph, report=lambda *news: told.append(news))
    kernels = [(i, s.name) for i, s in enumerate(plan.steps) if s.source is not None]
    assert [(number, name) for name, number, _ in told] == kernels
    assert {total for _, _, total in told} == {len(plan.steps)}
    Plan(graph, report=lambda *news: told.append(news))
    assert len(told) == len(kernels), "they are ready now"


@pytest.mark.parametrize("stop_at", [0, 1, 2])
def test_a_report_that_raises_cancels_and_leaves_nothing_half_done(place: Path, stop_at: int) -> None:
    class StopError(Exception):
        pass

    count = 0

    def report(name: str, number: int, total: int) -> None:
        nonlocal count
        if count == stop_at:
            raise StopError
        count += 1

    square = np.arange(9, dtype=np.float32).reshape(3, 3) / 9
    concrete = tf.function(several).get_concrete_function(tf.constant(square))
    specs = [tf.constant(square).spec]
    with pytest.raises(StopError):
        concrete.executor(specs, report)
    assert len(cache._loaded) == stop_at
    y = np.tanh(np.exp(square) @ square) * 1.5
    z = y @ square
    np.testing.assert_allclose(np.asarray(concrete(tf.constant(square))), np.sqrt(abs(z)).sum(0) + z.max(), rtol=1e-5)
