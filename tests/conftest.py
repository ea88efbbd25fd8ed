"""What all tests share: kernels of their own that check every index, and no screen where there is none."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("tests", deadline=None)  # the first example of a kind may have to compile a kernel
settings.load_profile("tests")

#: The first needs TensorFlow, which the project does not depend on; the others are programs on their own.
collect_ignore = ["conformance/generate.py", "benchmarks/rows"]


@pytest.fixture
def all_work_is_divided() -> Iterator[None]:
    """Kernels divide their work, however small, and run side by side wherever they can."""
    from programs import all_work_divided  # which imports the engine

    with all_work_divided():
        yield


def pytest_collection_finish() -> None:
    """Let no search for garbage go through all tests and modules: half a second each time."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Keep kernels and bytecode beside pytest's own cache, so that each is compiled once; do without a screen."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as what a shell runs in the background inherits it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for kind in ("CONFIG", "STATE", "DATA"):  # what is whose runs the tests is not for them, nor theirs for him
        folder = tempfile.mkdtemp(prefix="trenza-tests-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ[f"XDG_{kind}_HOME"] = folder
    if hasattr(config, "cache"):
        os.environ.setdefault("TRENZA_CACHE", str(config.cache.mkdir("trenza")))
        if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):  # each program that a test starts would take 3 s to begin
            os.environ["PYTHONPYCACHEPREFIX"] = str(config.cache.mkdir("bytecode"))
    # where they are to be as shipped a test says so; a large kernel in both forms would take twice as long to compile
    os.environ.setdefault("TRENZA_BOUNDSCHECK", "1")
