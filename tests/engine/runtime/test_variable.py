"""Variables change by assignment only, and never behind the back of a tensor that was read before."""

from __future__ import annotations

import copy
import operator
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import basic_indices

import engine as tf
from engine.core.memory import LINE


def matrix() -> Any:
    """Return a small variable."""
    return tf.Variable(np.arange(6, dtype=np.float32).reshape(2, 3))


METHODS = {"assign": lambda old, new: new, "assign_add": operator.add, "assign_sub": operator.sub}


def assign_to_slice(index: Any, method: str, wrap: Any) -> tuple[Any, Any]:
    """Return a variable after an assignment to a slice, and the array that it should hold."""
    v, array = matrix(), np.arange(6, dtype=np.float32).reshape(2, 3)
    change = np.full_like(array[index], 10)
    wrap(lambda: getattr(v[index], method)(change))()
    array[index] = METHODS[method](array[index], change)
    return v, array


@given(basic_indices((2, 3), allow_newaxis=False), st.sampled_from(list(METHODS)))
def test_assigning_to_a_slice_changes_what_numpy_would_change(index: Any, method: str) -> None:
    v, array = assign_to_slice(index, method, lambda f: f)
    assert np.array_equal(v, array)


@pytest.mark.parametrize("index", [np.s_[0, 1], np.s_[:, 2], np.s_[::-1, 1:], np.s_[...]], ids=str)
@pytest.mark.parametrize("method", METHODS)
def test_assigning_to_a_slice_in_a_compiled_function(index: Any, method: str) -> None:
    v, array = assign_to_slice(index, method, tf.function)
    assert np.array_equal(v, array)


def test_assignments_return_the_variable_and_take_python_numbers() -> None:
    v = tf.Variable([1.0, 2.0])
    assert v.assign([3, 4]) is v
    assert v.assign_add([1, 1]) is v
    assert v.assign_sub(1.0) is v
    assert v.numpy().tolist() == [3.0, 4.0]
    assert v[0].assign(9) is v


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda v: v.assign([1.0]), r"'v' is float32 \(2, 3\), but the value is float32 \(1,\)"),
        (lambda v: v.assign(tf.ones([2, 3], "int32")), "int32"),
        (lambda v: v.assign(tf.ones((2, 3), "float64")), "float64"),
        (lambda v: v.assign_add(np.ones((3, 2, 3), np.float32)), r"the value is float32 \(3, 2, 3\)"),
        (lambda v: v[0].assign([1.0, 2.0]), r"The place has shape \(3,\) and the value has shape \(2,\)"),
        (lambda v: v[5].assign(1.0), "out of bounds"),
        (lambda v: v[0].assign(tf.constant(1)), "dtypes must be equal"),
        (lambda v: v.scatter_nd_update([[7]], [[1.0, 2.0, 3.0]]), "indices holds 7"),
        (lambda v: v.scatter_nd_update([[0]], [[1.0, 2.0]]), "updates"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_changes_nothing(change: Any, words: str) -> None:
    v = tf.Variable(matrix(), name="v")
    before = v.numpy()
    for wrap in (lambda f: f, tf.function):
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            wrap(lambda: change(v))()
    assert np.array_equal(v, before)


def test_item_assignment_says_what_to_use() -> None:
    with pytest.raises(TypeError, match=r"v\[\.\.\.\]\.assign\(x\)"):
        matrix()[1] = 0.0


def test_scatter_updates() -> None:
    v = tf.Variable([1.0, 2.0, 3.0, 4.0])
    v.scatter_nd_update([[0], [2]], [10.0, 30.0])
    v.scatter_nd_add([[0], [0]], [1.0, 1.0])
    v.scatter_update(tf.IndexedSlices([40.0], [3]))
    assert v.numpy().tolist() == [12.0, 2.0, 30.0, 40.0]


def test_a_scalar_stays_one() -> None:
    v = tf.Variable(1.0)
    v.assign_add(2.0)
    v.assign(np.float32(5))
    assert (v.shape, v.numpy().shape, v.read_value().shape) == ((), (), ())
    assert repr(v.read_value()) == "<tf.Tensor: shape=(), dtype=float32, numpy=5.0>"


# ------------------------------------------------------------------------------------- what was read stays as it was


@pytest.mark.parametrize("wrap", [lambda f: f, tf.function], ids=["eager", "compiled"])
def test_tensors_and_views_of_the_old_value_keep_it(wrap: Any) -> None:
    v = tf.Variable([1.0, 2.0])
    held = [v.read_value(), v[0:1], tf.reshape(v, [2, 1]), tf.identity(v), tf.transpose(v)]
    before = [t.numpy() for t in held]
    step = wrap(lambda: v.assign_add([10.0, 10.0]))
    for _ in range(3):
        step()
        held.append(v.read_value())
        before.append(v.numpy())
    assert v.numpy().tolist() == [31.0, 32.0]
    for tensor, values in zip(held, before, strict=True):
        assert np.array_equal(tensor, values)


def test_assigning_copies_what_is_assigned() -> None:
    array = np.ones(2, np.float32)
    v, w = tf.Variable(array), tf.Variable([0.0, 0.0])
    w.assign(v)
    array[:] = 7
    tf.function(lambda: v.assign_add([1.0, 1.0]))()
    assert v.numpy().tolist() == [2.0, 2.0]
    assert w.numpy().tolist() == [1.0, 1.0]


# ----------------------------------------------------------------------------------------------- in compiled functions


def run_twice(make: Any) -> tuple[list[list[float]], list[list[float]]]:
    """Return what the variables hold after two eager and after two compiled runs of a program."""
    ends = []
    for wrap in (lambda f: f, tf.function):
        a, b = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 5.0])
        program = wrap(lambda a=a, b=b: make(a, b))
        results = [np.asarray(r).tolist() for _ in range(2) for r in (program() or [])]
        ends.append([*results, a.numpy().tolist(), b.numpy().tolist()])
    return ends[0], ends[1]


def swap(a: Any, b: Any) -> None:
    old = a.read_value()
    a.assign(b)
    b.assign(old)


def swap_and_change(a: Any, b: Any) -> None:
    old = a.read_value()
    a.assign(b + 1.0)
    b.assign(old * 2.0)


def read_after_assignment(a: Any, b: Any) -> list[Any]:
    before = a + 0.0
    a.assign_add(b)
    return [before, a * 2.0, a.read_value()]


def assign_twice(a: Any, b: Any) -> list[Any]:
    a.assign(a * 2.0)
    between = a + b
    a.assign(a - 1.0)
    return [between]


def read_old_later(a: Any, b: Any) -> list[Any]:
    old = a.read_value()
    a.assign(a * 3.0)
    b.assign(tf.reduce_sum(old) + b)
    return [old * b]


def reverse_in_place(a: Any, b: Any) -> None:
    a.assign(a[::-1] + b)


def from_a_reduction(a: Any, b: Any) -> None:
    a.assign(a - tf.reduce_sum(a))
    b.assign(b / tf.reduce_max(b))


def the_same_value_twice(a: Any, b: Any) -> None:
    total = a + b
    a.assign(total)
    b.assign(total)


def return_the_new_value(a: Any, b: Any) -> list[Any]:
    total = a * b
    a.assign(total)
    return [total, tf.reshape(total, [2, 1])]


def assign_a_view(a: Any, b: Any) -> None:
    a.assign(tf.reshape(tf.reshape(b, [2, 1]), [2]))
    b.assign(tf.reshape(tf.reshape(a * 2.0, [2, 1]), [2]))


def assign_a_constant(a: Any, b: Any) -> None:
    a.assign([7.0, 8.0])
    b.assign(tf.zeros([2]))


def product_of_itself(a: Any, b: Any) -> None:
    m = tf.reshape(a, [1, 2])
    a.assign(tf.reshape(tf.matmul(m, tf.matmul(m, m, transpose_a=True)), [2]) * 0.1 + b)


@pytest.mark.parametrize(
    "program",
    [
        swap,
        swap_and_change,
        read_after_assignment,
        assign_twice,
        read_old_later,
        reverse_in_place,
        from_a_reduction,
        the_same_value_twice,
        return_the_new_value,
        assign_a_view,
        assign_a_constant,
        product_of_itself,
    ],
    ids=lambda f: f.__name__,
)
def test_a_compiled_program_leaves_the_same_state_as_an_eager_one(program: Any) -> None:
    eager, compiled = run_twice(program)
    for a, b in zip(compiled, eager, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_results_of_one_call_are_not_overwritten_by_the_next() -> None:
    v = tf.Variable([1.0, 2.0])
    step = tf.function(lambda: v.assign_add([1.0, 1.0]) * 2.0)
    first = step()
    second = step()
    assert first.numpy().tolist() == [4.0, 6.0]
    assert second.numpy().tolist() == [6.0, 8.0]


# ------------------------------------------------------------------------------------------------------------- making


@pytest.mark.parametrize(
    ("make", "dtype", "shape"),
    [
        (lambda: tf.Variable(1), "int32", ()),
        (lambda: tf.Variable(1, dtype="float64"), "float64", ()),
        (lambda: tf.Variable(lambda: tf.ones([2])), "float32", (2,)),
        (lambda: tf.Variable(lambda: tf.ones([2]), shape=[2], dtype="float32"), "float32", (2,)),
        (lambda: tf.Variable(matrix()), "float32", (2, 3)),
        (lambda: tf.Variable([1.0], shape=[None]), "float32", (None,)),
    ],
)
def test_a_variable_takes_its_spec_from_its_first_value(make: Any, dtype: str, shape: Any) -> None:
    assert (make().dtype, make().shape) == (dtype, shape)


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.Variable("a"),
        lambda: tf.Variable(None),
        lambda: tf.Variable(1.5, dtype="int32"),
        lambda: tf.Variable([1.0, 2.0], shape=[3]),
        lambda: tf.Variable(lambda: tf.ones([3]), shape=[2], dtype="float32").read_value(),
        lambda: tf.Variable(lambda: tf.ones([2]), shape=[2], dtype="int32").read_value(),
    ],
)
def test_a_first_value_that_does_not_fit_is_refused(make: Any) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError):
        make()


def test_a_late_variable_is_initialised_when_it_is_needed() -> None:
    calls = []
    v = tf.Variable(lambda: calls.append(1) or tf.ones([2]), shape=[2], dtype="float32")
    assert not v.is_initialized
    assert not calls
    tf.function(lambda: v * 2.0)()
    tf.function(lambda: v.assign_add(v))()
    assert v.numpy().tolist() == [2.0, 2.0]
    assert calls == [1]


def test_a_variable_that_grows_may_change_its_size() -> None:
    v = tf.Variable([1.0], shape=[None])
    v.assign([1.0, 2.0])
    assert v.numpy().tolist() == [1.0, 2.0]


def test_variables_are_objects_with_names_copies_and_keys() -> None:
    v = tf.Variable([1.0, 2.0], name="weights")
    assert repr(v) == "<tf.Variable 'weights' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>"
    for again in (copy.deepcopy(v), pickle.loads(pickle.dumps(v))):
        again.assign([0.0, 0.0])
        assert (again.name, v.numpy().tolist()) == ("weights", [1.0, 2.0])
    assert {v.ref(): 1}[v.ref()] == 1
    with pytest.raises(TypeError, match=r"ref\(\)"):
        hash(v)
    assert [float(x) for x in v] == [1.0, 2.0]
    assert np.add(v, np.ones(2, np.float32)).tolist() == [2.0, 3.0]


def test_large_states_begin_with_a_line_of_the_cache_wherever_they_come_from() -> None:
    large = np.ones((100, 129), np.float32)
    variable = tf.Variable(large)
    places = [variable.array.ctypes.data]
    for value in (large, tf.constant(large), large.tolist(), variable.read_value() + 1.0):
        variable.assign(value)
        places.append(variable.array.ctypes.data)
    seen = variable.read_value()  # so that another array is written
    places.append(variable.writable().ctypes.data)
    assert seen.numpy()[0, 0] == 2
    assert [place % LINE for place in places] == [0] * len(places)
