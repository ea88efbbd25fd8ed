"""Python programs under the debugger: what their tensors are called, and how they are run."""

from __future__ import annotations

import contextlib
import io
import linecache
import random
import runpy
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.runtime import rng
from engine.runtime.function import functions_run_eagerly, run_functions_eagerly
from studio.document.lower import Step
from studio.document.stopping import Stopped
from studio.run.debug.marks import Marks
from studio.run.debug.recorder import Recorder
from studio.run.debug.step import Frame, Path
from studio.run.debug.work import Work
from studio.run.tensor_ref import TensorRef

#: Lines of a program that are shown before and behind the present one.
AROUND: Final = 4


class ScriptNames:
    """The names of what occurs in a program: of weights those of their layers, and steps belong to lines."""

    takes_all = True

    def __init__(self) -> None:
        self.variables: dict[int, tuple[Any, tuple[TensorRef, ...]]] = {}

    def begin(self) -> None:
        """Know nothing: the program begins."""
        self.variables = {}

    def refs_of(self, variable: Any) -> tuple[TensorRef, ...]:
        """Return what a variable is called: those of layers and optimisers bear the name of their owner, too."""
        known = self.variables.get(id(variable))
        if known is None:
            owner, slash, name = str(variable.name).rpartition("/")
            refs = (TensorRef("weight", owner, name),) if slash and variable.trainable else ()
            known = self.variables[id(variable)] = variable, refs
        return known[1]

    def state(self) -> dict[TensorRef, Array]:
        """Return the values of all weights that were seen, as they are now."""
        return {ref: variable.array for variable, refs in self.variables.values() for ref in refs}

    def outputs_of(self, node: str, count: int) -> list[TensorRef]:
        """Return what the results of a layer are called."""
        return [TensorRef("value", node, "output" if count == 1 else f"output[{i}]") for i in range(count)]

    def of_training(self) -> None:
        """Return None: what a program trains for is its own affair."""

    def names_of(self, ref: TensorRef) -> tuple[TensorRef, ...]:
        """Return what the value of an output is called."""
        return (ref,)

    def path_of(self, place: Sequence[str], line: str) -> Path:
        """Return the frames of an op: the line that asked for it, and the layers in it."""
        return (Frame("line", line), *(Frame("layer", name) for name in place))

    def fed(self, _index: Array) -> Iterator[tuple[str, list[TensorRef], list[Array]]]:
        """Yield nothing: a program has no data nodes."""
        yield from ()

    def given(self) -> list[TensorRef]:
        """Return nothing."""
        return []

    def prepared(self) -> list[tuple[Step, list[TensorRef]]]:
        """Return nothing."""
        return []

    def sources_of(self, step: Step) -> list[TensorRef]:
        """Return nothing."""
        return []


class _Output(io.TextIOBase):
    """Hands each line that a program prints to somebody."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._rest = say, ""

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._say(line)
        return len(text)

    def finish(self) -> None:
        """Hand over what was printed without an end of line."""
        rest, self._rest = self._rest, ""
        if rest:
            self._say(rest)


class _Chance:
    """All that is drawn at random, as it stood when this was made: the same is drawn again from there."""

    def __init__(self) -> None:
        self._engine, self._numpy, self._python = rng.states(), np.random.get_state(), random.getstate()  # noqa: NPY002  # programs draw from it

    def restore(self) -> None:
        rng.restore_states(self._engine)
        np.random.set_state(self._numpy)  # noqa: NPY002
        random.setstate(self._python)


def program(path: FilePath, say: Callable[[str], None]) -> Work:
    """Return a Python program as work for a recorder. It runs op by op, whatever it says.

    It has no checkpoints but its beginning: to see again what was forgotten, all of it is run again, with the same
    random numbers.

    Parameters
    ----------
    say
        Told each line that it prints.
    """

    chance = _Chance()
    said = 0

    def work(recorder: Recorder, marks: Marks, start: Any) -> None:
        nonlocal said
        before, arguments, known = functions_run_eagerly(), sys.argv, said
        modules = set(sys.modules)
        lines = 0

        def tell(line: str) -> None:
            nonlocal said, lines
            lines += 1
            if lines > known:  # what it has printed before it is run again has been told
                said += 1
                say(line)

        chance.restore()
        run_functions_eagerly(True)
        sys.argv = [str(path)]
        sys.path.insert(0, str(path.parent))
        linecache.checkcache(str(path))  # it may have been mended since it was shown last
        recorder.begin()
        output = _Output(tell)
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                runpy.run_path(str(path), run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise _told(end, path) from end
        except (EngineError, Stopped):
            raise
        except BaseException as error:
            raise _told(error, path) from error
        finally:
            output.finish()
            sys.argv = arguments
            sys.path.remove(str(path.parent))
            for name in set(sys.modules) - modules:
                if _is_within(sys.modules[name], path.parent):
                    del sys.modules[name]  # it may be another one when the program is run again
            run_functions_eagerly(before)

    return work


def _is_within(module: Any, folder: FilePath) -> bool:
    """Return whether a module comes from a folder, and not from a library that is installed there."""
    file = FilePath(getattr(module, "__file__", None) or "")
    return file.is_relative_to(folder) and "site-packages" not in file.parts


def _told(error: BaseException, path: FilePath) -> EngineError:
    """Return what went wrong in a program, with the line of it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else 0
    return EngineError(
        "{file}, line {line}: {why}.",
        hint="Mend the program, and debug it again.",
        file=path.name,
        line=line or 0,
        why=f"{type(error).__name__}: {error}",
    )


def lines_around(line: str) -> str:
    """Return the lines of a program around one, which is marked; "" if it cannot be read."""
    file, _colon, number = line.rpartition(":")
    if not file or not number.isdigit():
        return ""
    here = int(number)
    shown = range(max(1, here - AROUND), here + AROUND + 1)
    texts = [(n, linecache.getline(file, n)) for n in shown]
    return "\n".join(f"{'▶' if n == here else ' '} {n:4}  {text.rstrip()}" for n, text in texts if text)
