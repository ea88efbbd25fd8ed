"""Python programs under the debugger: line by line, and into the ops of a line."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np

from engine.runtime.function import functions_run_eagerly
from studio.run.debug.script import ScriptNames, lines_around, program
from studio.run.debug.session import DebugSession, Stop
from studio.run.debug.teller import Teller
from studio.run.tensor_ref import TensorRef

TEXT = """\
import engine as tf

w = tf.Variable([2.0, 3.0], name="line/w")
x = tf.constant([1.0, 4.0])
for step in range(2):
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.square(w * x))
    slope = tape.gradient(y, w)
    print("loss", float(y))
    tf.keras.optimizers.SGD(0.1).apply_gradients([(slope, w)])
bad = tf.math.log(x - 4.0)
"""


class Author:
    """Somebody who debugs a program."""

    def __init__(self, path: Path, **options: int) -> None:
        self.said: list[str] = []
        self.stops: list[Stop] = []
        self._news = threading.Semaphore(0)
        work = program(path, self.said.append)
        self.session = DebugSession(work, ScriptNames(), self._on_stop, lambda _hit: None, **options)

    def _on_stop(self, stop: Stop) -> None:
        self.stops.append(stop)
        self._news.release()

    def wait(self) -> Stop:
        assert self._news.acquire(timeout=60)
        return self.stops[-1]

    def run(self) -> Stop:
        """Begin, and go on to the end."""
        self.session.start()
        self.wait()
        self.session.go_on()
        return self.wait()

    def over(self) -> str:
        self.session.move("over")
        stop = self.wait()
        return self.session.trace[stop.place.step].path[2].name.rpartition(":")[2]


def test_a_program_is_stepped_line_by_line_with_its_gradients_and_updates(tmp_path: Path) -> None:
    path = tmp_path / "line.py"
    path.write_text(TEXT)
    author = Author(path)
    author.session.start()
    author.wait()
    lines = [author.over() for _ in range(3)]
    assert lines == ["7", "8", "10"]
    assert author.said == ["loss 148.0"]
    step = author.session.trace[author.session.place.step]
    assert step.line.startswith(str(path))
    while author.session.trace[author.session.place.step].phase != "update":
        author.over()
    gradient = author.session.array(TensorRef("weight_gradient", "line", "w"))
    assert gradient is not None
    np.testing.assert_allclose(gradient, [4.0, 96.0])
    author.session.go_on()
    stop = author.wait()
    assert stop.reason == "bad"
    assert author.session.trace[stop.place.step].op == "log"
    author.session.go_on()
    assert author.wait().reason == "complete"
    author.session.end()
    assert len(author.said) == 2
    assert not functions_run_eagerly()


LONG = """\
import random
import numpy as np
import engine as tf
from helper import WIDTH

w = tf.Variable(np.random.normal(size=WIDTH).astype("float32"), name="line/w")
for step in range(6):
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.square(w * tf.random.normal([WIDTH]) * random.random()))
    tf.keras.optimizers.SGD(0.01).apply_gradients([(tape.gradient(y, w), w)])
    print("step", step)
"""


def test_what_was_forgotten_of_a_program_is_run_again_from_its_beginning(tmp_path: Path) -> None:
    """With the same random numbers, whatever draws them; what it has printed is not told twice."""
    (tmp_path / "helper.py").write_text("WIDTH = 50\n")
    path = tmp_path / "long.py"
    path.write_text(LONG)
    author = Author(path, memory=2000, disk=1000)
    author.session.start()
    author.wait()
    for _ in range(3):
        author.over()
    session = author.session
    step, ref = session.place.step, TensorRef("weight", "line", "w")
    early = np.array(session.array(ref))
    session.go_on()
    assert author.wait().reason == "complete"
    late = np.array(session.array(ref))
    assert session.trace.batches[0].is_gone
    assert not np.array_equal(early, late)
    session.go_to(step)
    assert author.wait().place.step == step
    np.testing.assert_array_equal(session.array(ref), early)
    session.go_on()
    assert author.wait().reason == "complete"
    np.testing.assert_array_equal(session.array(ref), late)
    session.end()
    assert author.said == [f"step {i}" for i in range(6)]


def test_large_steps_of_a_program_make_way_for_others(tmp_path: Path) -> None:
    path = tmp_path / "large.py"
    path.write_text("import engine as tf\nx = tf.ones([1000])\nfor _ in range(50):\n    x = x + 1.0\n")
    author = Author(path, memory=20_000)
    author.session.start()
    author.wait()
    author.session.go_on()
    author.wait()
    assert author.session.trace.in_memory < 3 * 20_000
    author.session.end()


def test_a_program_that_fails_says_where(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("import engine as tf\nx = tf.constant(1.0) + 1.0\nprint(unknown)\n")
    author = Author(path)
    stop = author.run()
    assert stop.reason == "failed"
    assert "broken.py, line 3: NameError" in str(stop.error)
    author.session.end()


def test_an_op_of_a_program_that_fails_says_where_and_so_it_does_at_the_end_again(tmp_path: Path) -> None:
    (tmp_path / "helping.py").write_text("import engine as tf\ndef add(x):\n    return x + tf.ones([3])\n")
    path = tmp_path / "failing.py"
    path.write_text("import engine as tf\nfrom helping import add\nx = tf.ones([2]) + 1.0\nadd(x)\n")
    author = Author(path)
    stop = author.run()
    teller = Teller(-1, 0)
    for _ in range(2):
        assert stop.reason == "failed"
        place, error = teller.tell(author.session, stop).findings
        assert str(place) == "It fails in helping.py, line 3:"
        assert error is stop.error
        author.session.go_to(0)
        author.wait()
        author.session.go_on()
        stop = author.wait()
    author.session.end()


def test_a_program_without_ops_says_where_it_is_and_can_be_ended(tmp_path: Path) -> None:
    path = tmp_path / "loops.py"
    path.write_text("import engine as tf\nx = tf.ones([2]) + 1.0\nwhile True:\n    pass\n")
    author = Author(path)
    author.session.start()
    author.wait()
    author.session.go_on()
    deadline = time.monotonic() + 60
    while author.session.line() not in (f"{path}:3", f"{path}:4"):
        assert time.monotonic() < deadline
    author.session.end(patience=0.1)
    author.session._thread.join(60)
    assert not author.session._thread.is_alive()


def test_what_a_program_brings_along_is_read_anew_and_its_warnings_are_told(tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_text("import sys, brought\nprint(brought.WORD)\nprint('careful', file=sys.stderr)\n")
    for word in ("one", "three"):
        (tmp_path / "brought.py").write_text(f"WORD = {word!r}\n")
        author = Author(path)
        author.session.start()
        assert author.wait().reason == "complete"
        assert author.said == [word, "careful"]
        author.session.end()


def test_the_lines_around_a_line_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "line.py"
    path.write_text(TEXT)
    shown = lines_around(f"{path}:8").splitlines()
    assert len(shown) == 8
    assert shown[4] == "▶    8      slope = tape.gradient(y, w)"
    assert lines_around("") == ""


def test_a_model_in_a_program_is_seen_op_by_op(tmp_path: Path) -> None:
    path = tmp_path / "fit.py"
    path.write_text(
        "import numpy as np\nimport engine as tf\n"
        "model = tf.keras.Sequential([tf.keras.Input([2]), tf.keras.layers.Dense(1, name='only')])\n"
        "model.compile('sgd', 'mse')\n"
        "model.fit(np.ones((8, 2), 'float32'), np.ones((8, 1), 'float32'), batch_size=4, verbose=0)\n"
    )
    author = Author(path)
    author.session.start()
    author.wait()
    author.session.go_on()
    assert author.wait().reason == "complete"
    phases = {step.phase for batch in author.session.trace.batches for step in batch.steps}
    assert {"forward", "loss", "backward", "update"} <= phases
    assert author.session.array(TensorRef("weight", "only", "kernel")) is not None
    author.session.end()


def test_the_last_line_that_is_printed_needs_no_end_and_an_exit_says_its_code(tmp_path: Path) -> None:
    path = tmp_path / "exits.py"
    path.write_text(
        "import sys\nimport engine as tf\nx = tf.constant(1.0) + 1.0\nprint('almost', end='')\nsys.exit('went wrong')\n"
    )
    author = Author(path)
    stop = author.run()
    assert stop.reason == "failed"
    assert "exits.py, line 5: SystemExit: went wrong" in str(stop.error)
    assert author.said == ["almost"]
    author.session.end()


def test_a_program_that_was_mended_is_shown_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mended.py"
    for number in (1.0, 23.0):
        path.write_text(f"import engine as tf\nx = tf.constant({number}) + 1.0\n")
        author = Author(path)
        author.run()
        assert f"constant({number})" in lines_around(author.session.trace[0].line)
        author.session.end()
