"""Compiled functions: traced once for each kind of arguments, and the same as eager ones."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import engine as tf
from engine import keras
from engine.core.dispatch import at
from engine.runtime.probe import probing


class Counted:
    """A function that counts how often Python runs it."""

    def __init__(self) -> None:
        self.runs = 0
        self.compiled = tf.function(self.body)

    def body(self, x: Any, *rest: Any, **options: Any) -> Any:
        """Return twice the argument."""
        self.runs += 1
        return x * 2


@pytest.mark.parametrize(
    ("first", "second", "traces"),
    [
        (tf.constant([1.0]), tf.constant([2.0]), 1),
        (np.ones(2, np.float32), tf.constant([1.0, 2.0]), 1),
        (tf.constant([1.0]), tf.constant([1.0, 2.0]), 2),
        (tf.constant([1.0]), tf.constant([1]), 2),
        (1.0, 1.0, 1),
        (1.0, 2.0, 2),
        (1, 1.0, 2),
        (True, 1, 2),
        (0.0, -0.0, 2),
    ],
)
def test_arguments_are_told_apart_by_shape_and_dtype_or_by_value(first: Any, second: Any, traces: int) -> None:
    f = Counted()
    for argument in (first, second, first, second):
        f.compiled(argument)
    assert f.runs == traces
    assert f.compiled.experimental_get_tracing_count() == traces


def test_other_arguments_count_too() -> None:
    f, x = Counted(), tf.constant(1.0)
    for rest, options in (
        ((), {}),
        ((None,), {}),
        (("a",), {}),
        (("b",), {}),
        ((), {"a": [1, x]}),
        ((), {"a": (1, x)}),
    ):
        f.compiled(x, *rest, **options)
        f.compiled(x, *rest, **options)
    assert f.runs == 6


def test_objects_are_told_apart_by_identity() -> None:
    f, x = Counted(), tf.constant(1.0)
    one, other = tf.Variable(1.0), tf.Variable(1.0)
    for thing in (one, other, one):
        f.compiled(x, thing)
    assert f.runs == 2


Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x,
        lambda x: None,
        lambda x: (x, [x * 2.0, {"k": x + 1.0}], None),
        lambda x: Pair(x, x * 2.0),
        lambda x: {"b": x, "a": [x]},
        lambda x: [x, x],
        lambda x: (),
    ],
)
def test_results_have_the_structure_that_python_returned(make: Any) -> None:
    x = tf.constant([1.0, 2.0])
    found, expected = tf.function(make)(x), make(x)
    assert type(found) is type(expected)
    assert str(found) == str(expected)


def test_python_numbers_come_back_as_tensors() -> None:
    assert tf.function(lambda: 3)().dtype is tf.int32
    with pytest.raises(tf.errors.InvalidArgumentError, match="'text' cannot be made a tensor"):
        tf.function(lambda: "text")()


def test_a_signature_is_traced_once_and_leaves_sizes_open() -> None:
    f = Counted()
    f.compiled = tf.function(f.body, input_signature=[tf.TensorSpec([None, 2])])
    for rows in (1, 3, 0):
        assert f.compiled(np.ones((rows, 2), np.float32)).shape == (rows, 2)
    assert f.compiled([[1.0, 2.0]]).numpy().tolist() == [[2.0, 4.0]]
    assert f.runs == 1


@pytest.mark.parametrize(
    "arguments", [(), (np.ones((3, 3), np.float32),), (np.ones((3, 2)),), (np.ones((1, 2), np.float32),) * 2]
)
def test_a_signature_refuses_other_arguments(arguments: Any) -> None:
    f = tf.function(lambda x: x, input_signature=[tf.TensorSpec([None, 2])])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"declared for float32 \(None, 2\)"):
        f(*arguments)


def test_functions_are_methods_decorators_and_nest() -> None:
    class Model:
        scale = 3.0

        @tf.function
        def __call__(self, x: Any) -> Any:
            return double(x) * self.scale

    @tf.function(input_signature=None)
    def double(x: Any) -> Any:
        """Return twice x."""
        return x * 2.0

    assert float(Model()(tf.constant(1.0))) == 6.0
    assert (double.__doc__, double.name) == ("Return twice x.", "double")
    assert repr(double) == "<tf.function double(x: 'Any') -> 'Any'>"


@pytest.mark.parametrize(
    "use",
    [
        lambda x: 1 if x > 0 else 2,
        lambda x: float(x),
        lambda x: int(x),
        lambda x: np.square(x),
        lambda x: x.numpy(),
        lambda x: [1, 2, 3][x],
    ],
)
def test_a_symbolic_tensor_has_no_value(use: Any) -> None:
    with pytest.raises(tf.errors.EngineError, match=r"symbolic"):
        tf.function(use)(tf.constant(1.0))


def test_a_symbolic_tensor_is_of_no_use_outside() -> None:
    leaked: list[Any] = []
    tf.function(lambda x: leaked.append(x * 2.0))(tf.constant(1.0))
    with pytest.raises(TypeError, match="symbolic"):
        leaked[0] + 1.0
    with pytest.raises(TypeError, match="another function's trace"):
        tf.function(lambda x: x + leaked[0])(tf.constant(1.0))
    with pytest.raises(TypeError, match="depends on a function's arguments"):
        tf.function(lambda x: tf.Variable(x * 2.0))(tf.constant(1.0))


def test_sizes_that_are_known_while_tracing_can_be_used() -> None:
    f = tf.function(lambda x: tf.reshape(tf.zeros(tf.shape(x)) + x, [tf.shape(x)[1], -1]))
    assert f(tf.ones([2, 6])).shape == (6, 2)


def test_python_iterates_over_the_first_axis() -> None:
    f = tf.function(lambda x: [row * float(i) for i, row in enumerate(x)])
    assert [r.numpy().tolist() for r in f(tf.constant([[1.0], [2.0]]))] == [[0.0], [2.0]]


def test_small_tensors_become_constants_and_large_ones_stay_inputs() -> None:
    small, large = tf.ones([3]), tf.ones([100])
    f = tf.function(lambda x: (x + small, x[0] + large))
    graph = f.get_concrete_function(tf.ones([3])).graph
    assert [n.op.name for n in graph.nodes].count("constant") == 1
    assert len(graph.inputs) == 2
    assert float(f(tf.ones([3]))[1][99]) == 2.0


@pytest.mark.parametrize(
    "arrange",
    [lambda a: a.T, lambda a: a[:, ::-1], np.asfortranarray, lambda a: a[::2, 1:3], lambda a: a.astype(">f4")],
)
def test_arrays_of_any_layout_are_taken(arrange: Any) -> None:
    array = arrange(np.arange(16, dtype=np.float32).reshape(4, 4))
    found = tf.function(lambda x: tf.matmul(x * 2.0, x, transpose_b=True))(array)
    np.testing.assert_allclose(found, (array * 2) @ array.T)


def test_arrays_that_are_read_only_are_taken() -> None:
    array = np.ones(100, np.float32)
    array.flags.writeable = False
    kept = tf.constant(array)
    assert float(tf.function(lambda x: tf.reduce_sum(x + kept))(np.asarray(kept))) == 200.0
    generator = tf.random.Generator(1)
    assert tf.function(lambda: generator.normal([2]))().shape == (2,)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint8", "int32", "int64"])
def test_dtypes_without_kernels_run_too_and_whole_numbers_wrap(dtype: str) -> None:
    x = np.array([100, 3, 7], dtype)
    f = tf.function(lambda t: (t * t + t, tf.reduce_sum(t), tf.reduce_max(t * 2)))
    with np.errstate(over="ignore"):
        expected = (x * x + x, x.sum(dtype=dtype), (x * 2).max())
    for found, wanted in zip(f(x), expected, strict=True):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, wanted, rtol=1e-3 if dtype == "float16" else 1e-6)


def test_nan_and_infinities_pass_through_as_they_do_eagerly() -> None:
    x = tf.constant([1.0, float("nan"), -1.0, float("inf"), -float("inf")])

    def program(x: Any) -> Any:
        parts = [tf.maximum(x, 0.0), tf.minimum(0.0, x), tf.nn.relu(x), tf.math.is_nan(x), tf.math.is_inf(x), x - x]
        parts += [tf.exp(x), tf.sigmoid(x), tf.tanh(x), tf.nn.softplus(x), tf.sign(x), tf.clip_by_value(x, -0.5, 0.5)]
        return [*parts, tf.reduce_max(x), tf.reduce_min(x), tf.reduce_sum(x[:3]), tf.where(x > 0.0, x, 0.0)]

    for found, expected in zip(tf.function(program)(x), program(x), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_probe_sees_the_steps_of_either_way() -> None:
    class Names:
        def __init__(self) -> None:
            self.names: list[str] = []

        def step(self, name: str, origin: str, outputs: Any, seconds: float) -> None:
            assert all(isinstance(o, np.ndarray) for o in outputs)
            self.names.append(name)

    f = tf.function(lambda x: tf.matmul(tf.exp(x) * 2.0, x))
    x = tf.ones([2, 2])
    eager, compiled, none = Names(), Names(), Names()
    with probing(eager):
        f.python_function(x)
    with probing(compiled):
        f(x)
    f(x)
    assert eager.names == ["exp", "multiply", "matmul"]
    assert compiled.names == ["exp + multiply", "matmul"]
    assert none.names == []


def test_an_error_of_a_compiled_step_names_the_op() -> None:
    f = tf.function(lambda x, i: tf.gather(x, i))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"^gather: indices holds 3, but the axis 0 has size 2"):
        f([1.0, 2.0], tf.constant([3]))


def test_a_concrete_function_is_called_with_arguments() -> None:
    concrete = tf.function(lambda x, y: x * y).get_concrete_function(tf.TensorSpec([None]), tf.TensorSpec([]))
    assert concrete(tf.constant([1.0, 2.0]), tf.constant(3.0)).numpy().tolist() == [3.0, 6.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="was traced for"):
        concrete(tf.constant([1, 2]), tf.constant(3.0))


def test_a_compiled_method_has_traces_too() -> None:
    class Scale:
        factor = 3.0

        @tf.function
        def apply(self, x):
            return x * self.factor

    scale = Scale()
    assert float(scale.apply(tf.constant(2.0))) == 6.0
    assert float(scale.apply.get_concrete_function(tf.TensorSpec([]))(tf.constant(1.0))) == 3.0


def test_sizes_are_worked_out_in_linear_time() -> None:
    @tf.function
    def f(x):
        n = tf.shape(x)[0]
        for _ in range(40):
            n = n + n - n
        return tf.reshape(x, [n, 1])

    assert f(tf.zeros([3])).shape == [3, 1]


def test_a_step_of_a_plan_knows_which_layer_it_comes_from() -> None:
    x = keras.Input((3,))
    model = keras.Model(x, keras.layers.Dense(2, activation="relu", name="hidden")(x))
    seen: dict[str, str] = {}

    class Origins:
        def step(self, name: str, origin: str, outputs: Any, seconds: float) -> None:
            seen[name] = origin

    @tf.function
    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(model(x))
        return tape.gradient(y, model.trainable_variables[0])

    with probing(Origins()):
        slope(tf.ones([4, 3]))
        compiled = dict(seen)
        model(tf.ones([4, 3]))
    assert {origin for name, origin in compiled.items() if "matmul" in name} == {"hidden"}
    assert seen["relu"] == "hidden"


def test_a_compiled_refusal_names_the_layer() -> None:
    x = keras.Input((2,), dtype="int32")
    with at("table"):
        y = tf.gather(tf.constant([1.0, 2.0]), x)
    model = keras.Model(x, y)
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.function(lambda v: model(v))(tf.constant([[0, 7]]))
    assert (caught.value.op, caught.value.node) == ("gather", "table")


def test_a_gradient_through_a_function_is_compiled_too() -> None:
    v = tf.Variable([1.0, 2.0])
    runs = []

    class Steps:
        def step(self, name: str, origin: str, outputs: Any, seconds: float) -> None:
            runs.append(name)

    @tf.function
    def f(x: Any) -> Any:
        v.assign_add([1.0, 1.0])
        return tf.reduce_sum(tf.exp(x) * v * v), tf.argmax(x)

    x = tf.constant([0.5, 0.25])
    with probing(Steps()), tf.GradientTape() as tape:
        tape.watch(x)
        y, _ = f(x)
        slopes = tape.gradient(y, [x, v])
    np.testing.assert_allclose(slopes[0], np.exp([0.5, 0.25]) * [4, 9], rtol=1e-6)
    np.testing.assert_allclose(slopes[1], np.exp([0.5, 0.25]) * [4, 6], rtol=1e-6)
    assert v.numpy().tolist() == [2.0, 3.0]
    assert len(runs) < 12, "the function is a few kernels, not an op each"


def test_a_gradient_through_a_function_can_be_differentiated_again() -> None:
    f = tf.function(lambda x: x * x * x)
    x = tf.constant(3.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope = inner.gradient(y, x)
    assert (float(slope), float(outer.gradient(slope, x))) == (27.0, 18.0)


def test_an_op_without_a_gradient_matters_only_on_the_way() -> None:
    f = tf.function(lambda x: (x * 2.0, tf.raw_ops.getitem_gradient(tf.round(x), x, index=("...",))))
    x = tf.constant([1.5])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)[0]
    assert tape.gradient(y, x).numpy().tolist() == [2.0]


def test_a_state_read_after_its_assignment_is_the_new_one_in_every_run() -> None:
    w = tf.Variable([1.0, 2.0])

    @tf.function
    def step(x: Any) -> Any:
        w.assign(w * 2.0)
        return tf.reduce_sum(tf.matmul(tf.reshape(w, [1, 2]), tf.reshape(x, [2, 1])))

    x = tf.constant([1.0, 1.0])
    assert [float(step(x)) for _ in range(2)] == [6.0, 12.0]
    w.assign([1.0, 1.0])
    assert [float(step(x)), float(w[0])] == [4.0, 2.0]


def test_arguments_are_the_same_however_they_are_written() -> None:
    traces = []

    @tf.function
    def f(x: Any, scale: int = 2) -> Any:
        traces.append(scale)
        return x * scale

    x = tf.constant(3)
    assert [int(f(x)), int(f(x, 2)), int(f(x=x, scale=2)), int(f(scale=2, x=x))] == [6] * 4
    assert traces == [2]
    with pytest.raises(tf.errors.UnsupportedError, match="missing a required argument: 'x'"):
        f()


def test_retracing_can_leave_sizes_open() -> None:
    f = Counted()
    f.compiled = tf.function(f.body, reduce_retracing=True)
    for rows in (1, 2, 3, 4):
        assert f.compiled(tf.ones([rows, 2])).shape == (rows, 2)
    assert f.runs == 2, "once for the first size, once for all sizes"
    f.compiled(tf.ones([2, 3]))
    assert f.runs == 3


def test_variables_are_made_the_first_time_only() -> None:
    made: list[Any] = []

    @tf.function
    def once(x: Any) -> Any:
        if not made:
            made.append(tf.Variable(1.0))
        return made[0].assign_add(x)

    assert [float(once(tf.constant(2.0))), float(once(tf.constant(2.0)))] == [3.0, 5.0]

    @tf.function
    def always(x: Any) -> Any:
        return tf.Variable(1.0) + x

    with pytest.raises(tf.errors.InvalidArgumentError, match="makes the variable"):
        always(tf.constant(1.0))


def test_functions_can_run_as_plain_python() -> None:
    f = Counted()
    tf.config.run_functions_eagerly(True)
    try:
        for _ in range(3):
            f.compiled(tf.constant(1))
    finally:
        tf.config.run_functions_eagerly(False)
    assert f.runs == 3


def test_a_function_inside_of_another_may_use_its_tensors() -> None:
    @tf.function
    def outer(x: Any) -> Any:
        @tf.function
        def inner(y: Any) -> Any:
            return y * x

        return inner(x + 1.0)

    for value in (2.0, 3.0):
        x = tf.constant(value)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = outer(x)
        assert (float(y), float(tape.gradient(y, x))) == (value * (value + 1), 2 * value + 1)


def test_a_function_that_uses_tensors_of_a_trace_is_traced_for_each() -> None:
    given: list[Any] = []
    inner = tf.function(lambda y: y * given[-1])

    def outer(x: Any) -> Any:
        given.append(x)
        return inner(x)

    assert [float(tf.function(outer)(tf.constant(v))) for v in (2.0, 3.0)] == [4.0, 9.0]
