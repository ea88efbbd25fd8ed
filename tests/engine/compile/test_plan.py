"""Plans: kernels over buffers, kernels on disk, and what a run leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from programs import graph_of, on_threads, run_graph

import engine as tf
from engine.compile import cache
from engine.compile.layout import layout_of
from engine.compile.plan import Plan
from engine.compile.source import Source, literal
from engine.core.errors import EngineError
from engine.passes import optimise

ROOT = Path(__file__).resolve().parents[3]
X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


def plan_of(program: Any, *arrays: Any) -> Plan:
    """Return the plan of a program, bound to its arguments."""
    plan = Plan(optimise(graph_of(program, *arrays)))
    for i, array in enumerate(arrays):
        plan.bind(i, array)
    return plan


def sources(program: Any, *arrays: Any) -> list[Source]:
    """Return the generated kernels of a program."""
    return [s.source for s in plan_of(program, *arrays).steps if s.source is not None]


# ------------------------------------------------------------------------------------------------------------ plans


def test_a_plan_can_be_shown_and_run_again() -> None:
    plan = plan_of(lambda x: tf.reduce_sum(tf.matmul(tf.exp(x), x, transpose_b=True), axis=0), X)
    assert [(s.choice.kind, s.name) for s in plan.steps] == [
        ("kernel", "exp"),
        ("BLAS", "matmul"),
        ("kernel", "reduce_sum"),
    ]
    assert str(plan.explain()).splitlines()[0] == f"3 steps, {plan.nbytes} bytes of buffers"
    for factor in (1, 2):
        plan.bind(0, X * np.float32(factor))
        plan.run()
        np.testing.assert_allclose(plan.output(0), (np.exp(X * factor) @ (X * factor).T).sum(0), rtol=1e-5)


def test_buffers_are_shared_and_outputs_are_not() -> None:
    def program(x: Any) -> Any:
        y = x
        for _ in range(6):
            y = tf.matmul(tf.matmul(x, y, transpose_b=True), x) * 0.1
        return y, y + 1.0

    plan = plan_of(program, X)
    needed = sum(o.nbytes for s in plan.steps for o in s.outputs)
    assert plan.nbytes < needed / 2
    plan.run()
    first = [plan.output(i).copy() for i in range(2)]
    np.testing.assert_allclose(first[1], first[0] + 1, rtol=1e-6)
    assert not np.shares_memory(plan.output(0), plan.output(1))


def test_what_is_needed_for_its_shape_only_gives_its_memory_away() -> None:
    def program(x: Any) -> Any:
        model = tf.matmul(tf.matmul(x, x, transpose_b=True), x)
        other = tf.matmul(tf.matmul(model, x, transpose_b=True), x)
        g, like = tf.expand_dims(other, 1), tf.expand_dims(model, 1)
        return tf.raw_ops.max_unpool(g, tf.zeros(g.shape, "int32"), like)

    plan = plan_of(program, X)
    model, other = (s.outputs[0] for s in plan.steps if s.name == "matmul" and s.outputs[0].shape == X.shape)
    assert np.shares_memory(model, other)
    plan.run()
    np.testing.assert_allclose(plan.output(0), program(tf.constant(X)), rtol=1e-5)


@pytest.mark.parametrize(
    "program",
    [
        lambda x: x,
        lambda x: (x, x),
        lambda x: tf.reshape(x, [3, 4]),
        lambda x: (tf.reshape(tf.exp(x), [-1]), tf.exp(x)),
        lambda x: tf.constant([1.0, 2.0]),
        lambda x: (x[0], x[:, 0], x[0, 0]),
        lambda x: tf.reshape(tf.transpose(x), [-1]),
    ],
)
def test_views_arguments_and_constants_can_be_results(program: Any) -> None:
    f = tf.function(program)
    first, expected = f(X), program(tf.constant(X))
    f(X + 1)
    found = first if isinstance(first, tuple) else (first,)
    for a, b in zip(found, expected if isinstance(expected, tuple) else (expected,), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_a_plan_needs_all_sizes() -> None:
    f = tf.function(lambda x: tf.exp(x), input_signature=[tf.TensorSpec([None])])
    with pytest.raises(EngineError, match=r"needs all shapes.*\(None,\)"):
        Plan(f.get_concrete_function().graph)


def test_each_kernel_that_is_not_ready_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_loaded", {})
    heard: list[tuple[str, int, int]] = []
    graph = optimise(graph_of(lambda x: tf.exp(tf.reduce_max(tf.cos(x) * 0.123)), X))
    for _ in range(2):
        Plan(graph, report=lambda *news: heard.append(news))
    assert heard == [("cos + multiply + reduce_max", 0, 2), ("exp", 1, 2)]


# ---------------------------------------------------------------------------------------------------------- kernels


@pytest.mark.parametrize(
    ("shapes", "loops"),
    [
        ([(4, 3), (4, 3)], 1),
        ([(4, 3), ()], 1),
        ([(4, 3), (3,)], 2),
        ([(2, 4, 3), (4, 3)], 2),
        ([(2, 4, 3), (4, 1)], 3),
        ([(2, 4, 3), (2, 1, 1)], 2),
        ([(1, 4, 1), (4, 1)], 1),
        ([(), ()], 0),
    ],
)
def test_axes_that_all_arrays_treat_alike_are_one_loop(shapes: Any, loops: int) -> None:
    graph = optimise(graph_of(lambda x, y: x + y, *(np.zeros(s, np.float32) for s in shapes)))
    (body,) = (n.attrs["body"] for n in graph.nodes if n.op.name == "fused")
    layout = layout_of(body)
    assert len(layout.sizes) == loops
    assert len(layout.pattern[1]) == 2  # type: ignore[arg-type]


def test_kernels_do_not_depend_on_sizes_or_on_what_constants_hold() -> None:
    def program(x: Any) -> Any:
        return tf.exp(x) * 2.0 + 1.0

    (one,), (other,) = sources(program, X), sources(program, np.ones((7, 5), np.float32))
    assert cache.key(one) == cache.key(other)


def test_kernels_depend_on_everything_else() -> None:
    programs: list[Any] = [
        (lambda x: tf.exp(x) + x, X),
        (lambda x: tf.exp(x) - x, X),
        (lambda x: x - tf.exp(x), X),
        (lambda x: tf.exp(x) + x, X.astype(np.float64)),
        (lambda x: tf.exp(x) + x[0], X),
        (lambda x: tf.exp(x) + tf.exp(x), X),
        (lambda x: tf.reduce_sum(tf.exp(x), axis=0), X),
        (lambda x: tf.reduce_sum(tf.exp(x), axis=1), X),
        (lambda x: tf.reduce_mean(tf.exp(x), axis=1), X),
        (lambda x: tf.nn.gelu(x), X),
        (lambda x: tf.nn.gelu(x, approximate=True), X),
        (lambda x: tf.nn.leaky_relu(x, 0.1), X),
        (lambda x: tf.nn.leaky_relu(x, 0.3), X),
    ]
    keys = [cache.key(source) for program, x in programs for source in sources(program, x)[:1]]
    assert len(set(keys)) == len(keys) == len(programs)


@pytest.mark.parametrize(
    ("value", "dtype", "text"),
    [
        (0.5, "float32", "np.float32(0.5)"),
        (1, "float64", "np.float64(1.0)"),
        (-3, "int32", "np.int32(-3)"),
        (float("inf"), "float32", "np.float32(np.inf)"),
        (-float("inf"), "float64", "np.float64(-np.inf)"),
        (float("nan"), "float32", "np.float32(np.nan)"),
        (1, "bool", "True"),
    ],
)
def test_numbers_in_kernels_are_typed(value: Any, dtype: str, text: str) -> None:
    assert literal(value, tf.as_dtype(dtype)) == text


# ------------------------------------------------------------------------------------------------------------- cache


@pytest.fixture
def no_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the kernels of this process, and where they lie."""
    monkeypatch.setattr(cache, "_loaded", {})


def test_kernels_are_kept_in_the_folder_that_the_environment_names(
    no_kernels: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRENZA_CACHE", str(tmp_path))
    run_graph(graph_of(lambda x: tf.exp(x), X), [X])
    (file,) = (tmp_path / "kernels").glob("k_*.py")
    assert "Fused: exp." in file.read_text(encoding="utf-8")
    assert not list((tmp_path / "kernels").glob("*.tmp"))


def test_a_folder_that_cannot_be_written_is_done_without(
    no_kernels: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("TRENZA_CACHE", str(blocked))
    (found,) = run_graph(graph_of(lambda x: tf.exp(x), X), [X])
    np.testing.assert_allclose(found, np.exp(X), rtol=1e-6)
    assert blocked.read_text(encoding="utf-8") == "not a folder"


# --------------------------------------------------------------------------------------------------------- denormals


def test_a_run_leaves_the_float_unit_as_it_was() -> None:
    tiny = np.float32(1e-40)
    f = tf.function(lambda x: tf.gather(x * 1.5, [5]))
    with pytest.raises(tf.errors.InvalidArgumentError):
        f(tf.constant([1.0]))
    assert tiny * np.float32(2) > 0
    tf.function(lambda x: x * 1.5)(tf.constant([1.0]))
    assert tiny * np.float32(2) > 0


def test_a_kernel_file_that_was_cut_off_is_written_anew(tmp_path: Path) -> None:
    program = "import engine as tf\nprint(float(tf.function(lambda x: tf.exp(x) * 0.0 + x * 17.25)(tf.constant(2.0))))"

    def run() -> str:
        environment = {**os.environ, "TRENZA_CACHE": str(tmp_path), "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert run() == "34.5"
    for file in (tmp_path / "kernels").glob("k_*.py"):
        file.write_text(file.read_text()[:40])
    assert run() == "34.5"


def _mixed(x: Any) -> Any:
    e = tf.exp(x) + 1.0
    return (
        tf.reduce_sum(e, axis=0),
        tf.reduce_mean(e * x, axis=1),
        tf.reduce_max(tf.tanh(x)),
        tf.reduce_mean(e),
        tf.reduce_min(e, axis=0),
        tf.reduce_any(x > 2.9, axis=0),
        tf.reduce_prod(tf.cos(x) * 0.1 + 1.0, axis=0),
        e,
    )


@pytest.mark.parametrize(
    ("program", "shape"),
    [
        (_mixed, (2000, 300)),
        (lambda x: (tf.reduce_sum(tf.exp(x), axis=0), tf.reduce_mean(tf.exp(x), axis=1)), (3, 400_000)),
        (lambda x: (tf.reduce_sum(tf.exp(x)), tf.tanh(x) * tf.exp(x)), (600_000,)),
    ],
)
def test_large_loops_are_divided_and_give_the_same_on_any_number_of_threads(
    program: Any, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRENZA_BOUNDSCHECK", "")  # as shipped: a vector adds up 400,000 numbers more exactly
    x = np.random.default_rng(0).uniform(-3, 3, shape).astype(np.float32)
    for alone, together, eager in zip(*on_threads(program, x), program(tf.constant(x)), strict=True):
        assert alone.tobytes() == together.tobytes()
        np.testing.assert_allclose(alone, eager, rtol=2e-5)


def test_small_loops_are_not_divided() -> None:
    assert not plan_of(lambda x: tf.exp(x), X).needs_threads


# ------------------------------------------------------------------------------------------------------------ notes


def two_numbers(x: Any) -> Any:
    return tf.reduce_sum(x), tf.reduce_max(tf.exp(x))


@pytest.mark.parametrize("watched", [False, True])
def test_notes_hold_what_outputs_were_after_each_run(watched: bool) -> None:
    plan = plan_of(two_numbers, X)
    plan.run()  # nobody asked for this one
    notes = plan.take_notes([1, 0])
    assert notes is not None
    wanted = []
    for factor in (1, 2, -3):
        plan.bind(0, X * np.float32(factor))
        plan.run((lambda _step, _seconds: None) if watched else None)
        wanted.append([float(plan.output(1)), float(plan.output(0))])
    assert notes.take().tolist() == wanted
    assert notes.take().shape == (0, 2)
    plan.run()
    assert notes.take().tolist() == wanted[-1:]


def test_notes_go_with_an_output_that_is_written_elsewhere() -> None:
    """An output that is an input with another shape lies where the input does."""
    plan = plan_of(lambda x, y: (tf.reshape(x, []), tf.reduce_sum(y)), X[0, :1].copy(), X)
    notes = plan.take_notes([0, 1])
    assert notes is not None
    for number in (5.0, 7.0):
        plan.bind(0, np.array([number], np.float32))
        plan.run()
    assert notes.take()[:, 0].tolist() == [5.0, 7.0]


def test_notes_end_where_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.compile.notes.ROOM", 3)
    plan = plan_of(two_numbers, X)
    notes = plan.take_notes([0, 1])
    assert notes is not None
    for _ in range(5):
        plan.run()
    assert len(notes.take()) == 3
    plan.run()
    assert len(notes.take()) == 1


def test_only_single_numbers_of_float32_are_noted() -> None:
    assert plan_of(tf.exp, X).take_notes([0]) is None
    assert plan_of(tf.reduce_sum, X.astype(np.float64)).take_notes([0]) is None
    assert plan_of(two_numbers, X).take_notes([]) is None
