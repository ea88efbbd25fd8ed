"""Tensors: immutable, indexed as NumPy's arrays are, and strict about dtypes."""

from __future__ import annotations

import copy
import operator
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, basic_indices

import engine as tf

VECTOR = tf.constant([1.0, 2.0, 3.0])

ARITHMETIC = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.eq,
    operator.ne,
]


# -------------------------------------------------------------------------------------------------------- indexing


@st.composite
def indexed(draw: st.DrawFn) -> tuple[np.ndarray, Any]:
    """Return an array and a basic index into it."""
    shape = draw(array_shapes(min_dims=0, max_dims=4, max_side=5))
    index = draw(basic_indices(shape, allow_newaxis=True, max_dims=6))
    return np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape), index


@given(indexed())
def test_an_index_means_what_it_means_in_numpy(case: tuple[np.ndarray, Any]) -> None:
    array, index = case
    found, expected = tf.constant(array)[index], array[index]
    assert found.shape == expected.shape
    assert np.array_equal(found, expected)


@given(indexed())
def test_the_gradient_of_an_index_marks_what_was_taken(case: tuple[np.ndarray, Any]) -> None:
    array, index = case
    x, mark = tf.constant(array), np.zeros_like(array)
    mark[index] = 1
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x[index]
    assert np.array_equal(tape.gradient(y, x), mark)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (3, "out of bounds"),
        (-4, "out of bounds"),
        ((0, 0), "2 entries"),
        (1.0, "no index"),
        (True, "no index"),
        ("a", "no index"),
        ([0, 1], "gather"),
        (slice(None, None, 0), "step of 0"),
        (slice(0.5, None), "no index"),
        ((..., ...), "at most one"),
    ],
)
def test_a_wrong_index_is_refused_in_words(key: Any, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"^getitem: .*{words}"):
        VECTOR[key]


def test_a_mask_of_another_length_is_refused_in_words() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"^boolean_mask: .*mask has shape \(2,\)"):
        VECTOR[np.array([True, False])]


def test_a_tensor_can_be_an_index() -> None:
    assert float(VECTOR[tf.constant(1)]) == 2.0
    assert VECTOR[tf.constant(1) : tf.constant(3)].numpy().tolist() == [2.0, 3.0]


# ------------------------------------------------------------------------------------------------------- operators


@pytest.mark.parametrize("sign", ARITHMETIC, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_operators_are_numpys_on_either_side_of_tensors_numbers_and_arrays(sign: Any, dtype: str) -> None:
    a, b = np.array([7, 3, 5], dtype), np.array([2, 3, 4], dtype)
    expected = sign(a, b)
    for x, y in ((tf.constant(a), tf.constant(b)), (tf.constant(a), b), (a, tf.constant(b))):
        found = sign(x, y)
        assert isinstance(found, tf.Tensor)
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
    for found, wanted in ((sign(tf.constant(a), 3), sign(a, 3)), (sign(3, tf.constant(b)), sign(3, b))):
        np.testing.assert_array_equal(found, wanted)
        assert found.dtype == wanted.dtype, "a Python number adopts the tensor's dtype"


@pytest.mark.parametrize("sign", [operator.and_, operator.or_, operator.xor], ids=lambda f: f.__name__)
def test_logic_is_for_truth_values_and_bits(sign: Any) -> None:
    a, b = np.array([True, True, False]), np.array([True, False, False])
    for found in (sign(tf.constant(a), tf.constant(b)), sign(tf.constant(a), b), sign(a, tf.constant(b))):
        np.testing.assert_array_equal(found, sign(a, b))
    with pytest.raises(tf.errors.InvalidArgumentError, match="only integer tensors"):
        sign(tf.constant([1.0]), tf.constant([1.0]))


def test_unary_operators_and_matrix_products() -> None:
    m = tf.constant([[1.0, -2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(-m, -m.numpy())
    np.testing.assert_array_equal(abs(m), abs(m.numpy()))
    np.testing.assert_array_equal(~tf.constant([True, False]), [False, True])
    for product in (m @ m, m @ m.numpy(), m.numpy() @ m):
        assert isinstance(product, tf.Tensor)
        np.testing.assert_array_equal(product, m.numpy() @ m.numpy())


def test_dtypes_never_convert_by_themselves() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.constant(2.0) + tf.constant([40])
    text = str(caught.value)
    assert text.startswith("add: ")
    for word in ("x is float32 with shape ()", "y is int32 with shape (1,)", "cast"):
        assert word in text


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: tf.constant([1]) + 1.5, "add: .* int32 .* float32"),
        (lambda: 1.5 * tf.constant([1]), "multiply: .* float32 .* int32"),
        (lambda: tf.constant([1], "int8") + 200, "200 does not fit into int8"),
        (lambda: tf.constant([1.0]) + True, "add: .* bool"),
        (lambda: tf.constant([1]) + np.ones(1), "add: .* int32 .* float64"),
        (lambda: np.ones(1) + tf.constant([1]), "add: .* float64 .* int32"),
        (lambda: tf.constant([1.0]) + "a", "add: 'a' cannot be made a tensor"),
        (lambda: tf.constant([1.0]) + None, "add: None cannot be made a tensor"),
    ],
)
def test_what_does_not_go_together_is_refused(make: Any, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        make()


def test_the_first_number_decides_for_the_others() -> None:
    assert tf.add(2.5, 1).dtype is tf.float32
    assert tf.maximum(0.0, [1, 2]).dtype is tf.float32
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"int32 .* float32"):
        tf.add(1, 2.5)


@pytest.mark.parametrize("text", ["floordiv", "mod"])
def test_integers_are_not_divided_by_zero_eagerly_or_compiled(text: str) -> None:
    op = tf.raw_ops.__dict__[text]
    for f in (op, tf.function(lambda x, y: op(x, y))):
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"^{text}: y holds a zero"):
            f(tf.constant([1]), tf.constant([0]))


def test_a_tensor_is_compared_with_none_as_a_whole() -> None:
    assert (VECTOR == None) is False  # noqa: E711
    assert (VECTOR != None) is True  # noqa: E711


# ---------------------------------------------------------------------------------------------------- immutability


def test_a_tensor_cannot_be_changed() -> None:
    with pytest.raises(TypeError, match="tensor_scatter_nd_update"):
        VECTOR[1] = 3.0
    with pytest.raises(TypeError, match="Variable"):
        VECTOR.assign([1.0])
    with pytest.raises(TypeError, match="Variable"):
        VECTOR[0].assign(1.0)


def test_nobody_can_change_the_values_from_outside() -> None:
    source = np.array([1.0, 2.0], np.float32)
    tensor = tf.constant(source)
    source[0] = 9
    tensor.numpy()[1] = 9
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(tensor)[0] = 9
    assert tensor.numpy().tolist() == [1.0, 2.0]
    total = tensor + source
    source[:] = 0
    assert total.numpy().tolist() == [10.0, 4.0]


# ---------------------------------------------------------------------------------------------- Python and NumPy


def test_numpy_takes_tensors() -> None:
    assert np.square(VECTOR).tolist() == [1, 4, 9]
    assert np.asarray(VECTOR).dtype == np.float32
    assert np.asarray(VECTOR, np.float64).dtype == np.float64
    assert np.array(VECTOR).flags.writeable
    assert np.mean(VECTOR) == 2
    assert np.stack([VECTOR, VECTOR]).shape == (2, 3)


def test_ops_take_numpy() -> None:
    assert tf.square(np.array([2.0])).dtype is tf.float64
    assert tf.square(np.float32(2)).dtype is tf.float32
    assert tf.square(np.arange(4).reshape(2, 2).T).numpy().tolist() == [[0, 4], [1, 9]]
    assert tf.square(np.arange(3, dtype=">f4")).dtype is tf.float32


def test_python_numbers_come_out() -> None:
    one = tf.constant([[3]])
    assert (int(one), float(one), one.item(), bool(one)) == (3, 3.0, 3, True)
    assert [10, 20, 30, 40][tf.constant(3)] == 40
    assert f"{tf.constant(3.14159):.2f}" == "3.14"
    assert len(VECTOR) == 3
    assert [float(v) for v in VECTOR] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda: bool(VECTOR), "not one number"),
        (lambda: int(VECTOR), "not one number"),
        (lambda: len(tf.constant(1)), "no length"),
        (lambda: list(tf.constant(1)), "no length"),
        (lambda: [1][tf.constant(0.0)], "no index"),
        (lambda: hash(VECTOR), r"tensor\.ref\(\)"),
        (lambda: {VECTOR}, r"tensor\.ref\(\)"),
    ],
)
def test_what_python_cannot_do_with_a_tensor_is_a_type_error(use: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        use()


def test_a_reference_is_a_key_for_one_very_tensor() -> None:
    other = tf.constant([1.0, 2.0, 3.0])
    names = {VECTOR.ref(): "vector", other.ref(): "other"}
    assert names[VECTOR.ref()] == "vector"
    assert VECTOR.ref().deref() is VECTOR
    assert VECTOR.ref() != other.ref()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (tf.constant(3), "<tf.Tensor: shape=(), dtype=int32, numpy=3>"),
        (tf.constant([True]), "<tf.Tensor: shape=(1,), dtype=bool, numpy=array([ True])>"),
        (tf.constant([1.5]), "<tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.5], dtype=float32)>"),
        (tf.zeros([0, 2]), "<tf.Tensor: shape=(0, 2), dtype=float32, numpy=array([], shape=(0, 2), dtype=float32)>"),
    ],
)
def test_repr_shows_shape_dtype_and_values(value: Any, text: str) -> None:
    assert repr(value) == text


def test_copies_and_pickles_are_equal() -> None:
    for again in (copy.copy(VECTOR), copy.deepcopy(VECTOR), pickle.loads(pickle.dumps(VECTOR))):
        assert np.array_equal(again, VECTOR)


# ---------------------------------------------------------------------------------------------------------- making


@pytest.mark.parametrize(
    ("value", "dtype", "shape"),
    [
        (1, "int32", ()),
        (1.5, "float32", ()),
        (True, "bool", ()),
        ([1, 2.5], "float32", (2,)),
        ([[1], [2]], "int32", (2, 1)),
        ([], "float32", (0,)),
        (np.float64(1), "float64", ()),
        (np.arange(2), "int64", (2,)),
        ([np.ones(2, np.float64)] * 2, "float64", (2, 2)),
        (range(3), "int64", (3,)),
    ],
)
def test_constants_take_python_numbers_as_32_bits_and_keep_numpys_dtypes(value: Any, dtype: str, shape: Any) -> None:
    tensor = tf.constant(value)
    assert (tensor.dtype, tensor.shape) == (dtype, shape)


@pytest.mark.parametrize("value", ["a", None, object(), 1j, [[1], [2, 3]], 2**70, 2**63, {"a": 1}])
def test_what_is_no_tensor_is_refused(value: Any) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.constant(value)


@pytest.mark.parametrize(
    ("value", "dtype"), [(1.5, "int32"), (float("nan"), "int32"), (300, "uint8"), (-1, "uint8"), (1, "bool")]
)
def test_a_constant_that_would_lose_something_is_refused(value: Any, dtype: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"does not fit into {dtype}"):
        tf.constant(value, dtype)


def test_a_constant_fills_or_takes_a_shape() -> None:
    assert tf.constant(7, shape=[2, 2]).numpy().tolist() == [[7, 7], [7, 7]]
    assert tf.constant([1, 2, 3, 4], shape=[2, 2]).numpy().tolist() == [[1, 2], [3, 4]]
    with pytest.raises(tf.errors.InvalidArgumentError, match="3 values do not fill"):
        tf.constant([1, 2, 3], shape=[2, 2])


def test_convert_keeps_tensors_and_refuses_another_dtype() -> None:
    assert tf.convert_to_tensor(VECTOR) is VECTOR
    assert tf.convert_to_tensor([1, 2], dtype="float64").dtype is tf.float64
    with pytest.raises(tf.errors.InvalidArgumentError, match="cast"):
        tf.convert_to_tensor(VECTOR, dtype="int32")


def test_numpy_arrays_take_on_the_dtype_of_a_tensor() -> None:
    """TensorFlow converts them where nothing but digits is lost; tensors are never converted."""
    assert (tf.constant([1.0]) * np.array([2.0])).dtype is tf.float32
    assert (np.array([2]) + tf.constant([1.0])).dtype is tf.float32
    assert tf.matmul(tf.Variable(np.eye(2, dtype="float32")), np.eye(2)).dtype is tf.float32


def test_lists_of_tensors_are_stacked_with_their_gradients() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum([x * 2.0, [1.0, x * 3.0][1]])
    assert float(tape.gradient(y, x)) == 5.0
    assert float(tf.function(lambda v: tf.reduce_sum([v, v * 2.0]))(x)) == 6.0
    assert tf.constant([x, x]).shape == [2]


def test_a_tensor_keeps_its_values_when_its_source_changes(tmp_path: Path) -> None:
    source = np.memmap(tmp_path / "values", np.float32, "w+", shape=(2,))
    tensor, variable = tf.constant(source), tf.Variable([0.0, 0.0])
    variable.assign(source)
    source[0] = 7.0
    assert tensor.numpy().tolist() == variable.numpy().tolist() == [0.0, 0.0]


def test_newaxis_adds_an_axis() -> None:
    assert tf.constant([1.0, 2.0])[tf.newaxis, :].shape == [1, 2]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (lambda: tf.constant([1.0, 2.0]) == tf.constant([1.0, 2.0, 3.0]), np.False_),
        (lambda: tf.constant([1.0, 2.0]) != tf.constant([1.0, 2.0, 3.0]), np.True_),
        (lambda: tf.constant([6, 5]) & tf.constant([3, 3]), np.int32([2, 1])),
        (lambda: 3 | tf.constant([6, 4]), np.int32([7, 7])),
        (lambda: tf.constant([6, 5]) ^ 3, np.int32([5, 6])),
        (lambda: ~tf.constant([6, 5]), np.int32([-7, -6])),
        (lambda: ~tf.constant([True, False]), np.array([False, True])),
        (lambda: tf.round(tf.constant([1, 2])), np.int32([1, 2])),
        (lambda: tf.constant([2**40, 1]), np.int64([2**40, 1])),
        (lambda: tf.constant([0, 255], tf.uint8) / 255, np.float32([0, 1])),
        (lambda: tf.zeros_like([1.0, 2.0], dtype=tf.int32), np.int32([0, 0])),
        (lambda: tf.ones_like([1, 2], dtype="float32"), np.float32([1, 1])),
        (lambda: tf.one_hot([1], 2, on_value=True, off_value=False), np.array([[False, True]])),
        (lambda: tf.one_hot([1], 2, on_value=3, off_value=1), np.int32([[1, 3]])),
        (lambda: tf.pad([1], [[1, 0]], mode="constant"), np.int32([0, 1])),
    ],
)
def test_it_means_what_it_means_in_tensorflow(found: Any, wanted: Any) -> None:
    """The right sides are what TensorFlow 2.21 returns."""
    result = found()
    assert result.numpy().dtype == np.asarray(wanted).dtype
    np.testing.assert_array_equal(result.numpy(), wanted)
    traced = tf.function(found)()
    np.testing.assert_array_equal(traced.numpy(), wanted)
