"""Where elements come from: no element that changes a cell is left out, and for known ops none is too many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from calls import Call, calls
from graphs import moons

import engine as tf
from engine import keras
from engine.core.errors import EngineError
from engine.core.op import OPS
from studio.document.catalogue import CATALOGUE
from studio.document.lower import Program
from studio.run.provenance import made_of, trace_back
from studio.run.provenance_rules import everything, rule_of
from studio.run.tensor_ref import TensorRef

RNG = np.random.default_rng(0)


def others(values: np.ndarray, at: tuple[int, ...]) -> list[Any]:
    """Return what a cell may be instead: of indices, what others are."""
    if values.dtype.kind == "f":
        return [values[at] + delta for delta in (1.0, -3.7, 100.0, -100.0)]
    if values.dtype.kind == "b":
        return [not values[at]]
    return [value for value in np.unique([*values.ravel(), 0, 1]) if value != values[at]]


def changed_by(
    apply: Any, inputs: list[Any], output: int, place: tuple[int, ...], which_ones: Any = None
) -> list[np.ndarray]:
    """Return which elements of which inputs change a cell when they change, found by changing each."""
    before = np.asarray(apply(inputs)[output].numpy())[place]
    found = []
    for which, x in enumerate(inputs):
        values = np.asarray(x.numpy())
        marks = np.zeros(values.shape, bool)
        for at in np.ndindex(values.shape) if which_ones is None or which in which_ones else ():
            for value in others(values, at):
                other = values.copy()
                other[at] = value
                changed = [*inputs]
                changed[which] = tf.constant(other)
                after = np.asarray(apply(changed)[output].numpy())[place]
                marks[at] |= not np.array_equal(after, before, equal_nan=True)
        found.append(marks)
    return found


CASES: list[tuple[str, list[tuple[int, ...]], dict[str, Any], tuple[int, ...]]] = [
    ("add", [(3, 4), (4,)], {}, (1, 2)),
    ("multiply", [(3, 1), (1, 4)], {}, (2, 3)),
    ("tanh", [(5,)], {}, (3,)),
    ("reduce_sum", [(3, 4, 2)], {"axis": (1,), "keepdims": False}, (2, 1)),
    ("reduce_mean", [(3, 4)], {"axis": None, "keepdims": False}, ()),
    ("matmul", [(3, 4), (4, 5)], {"transpose_a": False, "transpose_b": False}, (1, 2)),
    ("matmul", [(2, 3, 4), (2, 5, 4)], {"transpose_a": False, "transpose_b": True}, (1, 2, 3)),
    ("transpose", [(2, 3, 4)], {"perm": (2, 0, 1)}, (3, 1, 2)),
    ("reshape", [(2, 6)], {"shape": (3, 4)}, (1, 3)),
    ("concat", [(2, 3), (2, 2)], {"axis": 1}, (1, 4)),
    ("pad", [(2, 3)], {"paddings": ((1, 1), (0, 2))}, (1, 2)),
    ("softmax", [(3, 4)], {"axis": -1}, (1, 2)),
    ("cumsum", [(5,)], {"axis": 0}, (3,)),
]


@pytest.mark.parametrize(("name", "shapes", "attrs", "place"), CASES, ids=[case[0] for case in CASES])
def test_known_ops_name_exactly_what_a_cell_depends_on(
    name: str, shapes: list[tuple[int, ...]], attrs: dict[str, Any], place: tuple[int, ...]
) -> None:
    op = OPS[name]
    inputs = [tf.constant(RNG.normal(size=shape).astype(np.float32)) for shape in shapes]

    def apply(given: list[Any]) -> list[Any]:
        return [op([*given], **attrs) if op.variadic else op(*given, **attrs)]

    found, _variables = trace_back(apply, inputs, 0, place)
    for marks, expected in zip(found, changed_by(apply, inputs, 0, place), strict=True):
        np.testing.assert_array_equal(marks, expected)


LAYERS: list[tuple[Any, tuple[int, ...], tuple[int, ...]]] = [
    (keras.layers.Dense(3), (2, 4), (1, 2)),
    (keras.layers.Conv2D(2, 3), (1, 6, 6, 2), (0, 1, 2, 1)),
    (keras.layers.Conv2D(2, 3, strides=2, padding="same"), (1, 6, 6, 1), (0, 2, 0, 0)),
    (keras.layers.AveragePooling2D(2), (1, 4, 4, 2), (0, 1, 0, 1)),
    (keras.layers.Flatten(), (2, 3, 2), (1, 4)),
    (keras.layers.LayerNormalization(), (2, 3), (1, 1)),
    (keras.layers.MaxPooling2D(2), (1, 4, 4, 1), (0, 1, 0, 0)),
]


@pytest.mark.parametrize(("layer", "shape", "place"), LAYERS, ids=lambda x: getattr(x, "name", ""))
def test_layers_are_gone_back_through_op_by_op(layer: Any, shape: tuple[int, ...], place: tuple[int, ...]) -> None:
    x = tf.constant(RNG.normal(size=shape).astype(np.float32))
    layer(x)
    for weight in layer.weights:
        weight.assign(RNG.normal(size=tuple(weight.shape)).astype(np.float32))

    def apply(given: list[Any]) -> list[Any]:
        return [layer(*given)]

    found, variables = trace_back(apply, [x], 0, place)
    np.testing.assert_array_equal(found[0], changed_by(apply, [x], 0, place)[0])
    by_id = {id(variable): marks for variable, marks in variables}
    for weight in layer.weights:
        before, values = np.asarray(apply([x])[0].numpy())[place], weight.numpy().copy()
        for at in np.ndindex(values.shape):
            other = values.copy()
            other[at] += 1.0
            weight.assign(other)
            is_changed = np.asarray(apply([x])[0].numpy())[place] != before
            assert is_changed == by_id[id(weight)][at], (weight.name, at)
        weight.assign(values)


def test_an_embedding_comes_from_its_row_and_attention_from_all_of_a_sequence() -> None:
    words = tf.constant([[1, 2, 0], [2, 2, 1]])
    embedding = keras.layers.Embedding(5, 3)
    [marks], [(_table, rows)] = trace_back(lambda given: [embedding(given[0])], [words], 0, (1, 0, 2))
    assert np.argwhere(marks).tolist() == [[1, 0]]
    assert np.argwhere(rows).tolist() == [[2, 2]]
    x = tf.constant(RNG.normal(size=(2, 3, 4)).astype(np.float32))

    def apply(given: list[Any]) -> list[Any]:
        queries, keys = given
        return [tf.matmul(tf.nn.softmax(tf.matmul(queries, keys, transpose_b=True)), keys)]

    found, _weights = trace_back(apply, [x, x + 1.0], 0, (1, 2, 3))
    for marks, expected in zip(found, changed_by(apply, [x, x + 1.0], 0, (1, 2, 3)), strict=True):
        np.testing.assert_array_equal(marks, expected)


def test_a_maximum_comes_from_its_window() -> None:
    layer = keras.layers.MaxPooling2D(2)
    x = tf.constant(RNG.normal(size=(1, 4, 4, 2)).astype(np.float32))
    found, _variables = trace_back(lambda given: [layer(*given)], [x], 0, (0, 1, 0, 1))
    expected = np.zeros((1, 4, 4, 2), bool)
    expected[0, 2:4, 0:2, 1] = True
    np.testing.assert_array_equal(found[0], expected)


#: Changing each element of more than this takes too long.
SMALL = 150
CALLS = [
    call for name in OPS if not (op := OPS[name]).internal and not op.stateful for call in calls(op, "float32")[:2]
]


@pytest.mark.parametrize("call", [c for c in CALLS if sum(a.size for a in c.arrays) <= SMALL], ids=str)
def test_no_op_leaves_out_what_changes_a_cell(call: Call) -> None:
    inputs = [tf.constant(array) for array in call.arrays]
    outputs = call.apply(inputs)
    if not outputs or not int(np.prod(outputs[0].shape)):
        return  # there is no cell
    place = tuple(size // 2 for size in outputs[0].shape)
    found, _variables = trace_back(call.apply, inputs, 0, place)
    floats = set(call.floating)
    try:
        changed = changed_by(call.apply, inputs, 0, place, floats)
    except EngineError:
        return  # it does not take such values
    for which in floats:
        assert not (changed[which] & ~found[which]).any()


@pytest.mark.parametrize(("kind", "steps", "at"), [("LSTM", 5, 2), ("GRU", 600, 580)])
def test_a_state_comes_from_its_own_example_up_to_its_time(kind: str, steps: int, at: int) -> None:
    layer = getattr(tf.keras.layers, kind)(64, return_sequences=True)
    x = tf.constant(RNG.normal(size=(2, steps, 3)).astype(np.float32))
    [marks], _weights = trace_back(lambda inputs: [layer(inputs[0])], [x], 0, (1, at, 40))
    expected = np.zeros((2, steps, 3), bool)
    expected[1, : at + 1] = True
    np.testing.assert_array_equal(marks, expected)


def test_a_normalised_value_comes_from_its_channel_and_a_loss_from_its_row() -> None:
    x = tf.constant(RNG.normal(size=(4, 3)).astype(np.float32))
    layer = tf.keras.layers.BatchNormalization()
    [marks], _weights = trace_back(lambda inputs: [layer(inputs[0], training=True)], [x], 0, (1, 2))
    np.testing.assert_array_equal(marks, np.broadcast_to([False, False, True], (4, 3)))
    labels = tf.constant([0, 2, 1, 0])
    cross_entropy = OPS["sparse_softmax_cross_entropy_with_logits"]
    rows, _weights = trace_back(lambda inputs: [cross_entropy(*inputs)], [labels, x], 0, (1,))
    np.testing.assert_array_equal(rows[1], np.arange(4)[:, np.newaxis] == np.ones(3))


#: Ops whose cells come from some cells only, which the values of indices and conditions say.
SHARP = (
    *(
        "gather",
        "gather_nd",
        "take_along",
        "take_pooled",
        "one_hot",
        "top_k",
        "in_top_k",
        "where",
        "setitem",
        "getitem",
    ),
    *("max_pool_with_indices", "max_pool2d", "sparse_softmax_cross_entropy_with_logits", "softmax_without_one_hot"),
    *("set_diag", "band_part", "diag", "diag_part", "bitcast", "sum_like", "mirror_pad_gradient", "broadcast_like"),
    *("zeros_like", "shape", "size", "inv", "det", "solve", "sort", "cumsum", "cumprod", "stack", "tile", "roll"),
    *("reverse", "conv_input_gradient", "conv_filter_gradient", "layer_norm", "fused_batch_norm", "moments"),
)
#: In which a change of one cell is hidden by what others are: of these only so many cells are too many.
HIDDEN = {"in_top_k": 2, "softmax_without_one_hot": 1}


@pytest.mark.parametrize(
    "call",
    [c for name in SHARP for c in calls(OPS[name], "float32") if sum(a.size for a in c.arrays) <= SMALL],
    ids=str,
)
def test_cells_come_from_those_only_that_can_change_them(call: Call) -> None:
    inputs = [tf.constant(array) for array in call.arrays]
    made = [np.asarray(y.numpy()) for y in call.apply(inputs)]
    for output, values in enumerate(made):
        for flat in {0, values.size // 2, values.size - 1} if values.size else ():
            place = tuple(int(i) for i in np.unravel_index(flat, values.shape))
            found, _variables = trace_back(call.apply, inputs, output, place)
            for marks, expected in zip(found, changed_by(call.apply, inputs, output, place), strict=True):
                assert not (expected & ~marks).any()
                assert (marks & ~expected).sum() <= HIDDEN.get(call.op.name, 0)


def test_integers_are_gone_back_through_as_floats_are() -> None:
    tensor, updates = tf.constant([1, 2, 3, 4]), tf.constant([10, 20])
    scatter = OPS["tensor_scatter_nd_add"]
    found, _weights = trace_back(lambda given: [scatter(given[0], [[0], [3]], given[1])], [tensor, updates], 0, (3,))
    assert [marks.tolist() for marks in found] == [[False, False, False, True], [False, True]]


def test_what_no_rule_knows_depends_on_everything() -> None:
    assert rule_of(OPS["bincount"]) is everything


@pytest.mark.parametrize(
    ("name", "operands", "attrs", "output", "place", "expected"),
    [
        ("nonzero", [[[0, 3, 0], [4, 5, 0]]], {}, 0, (1, 0), [[[1, 1, 1], [1, 0, 0]]]),
        ("boolean_mask", [[5, 6, 7, 8], [True, False, True, True]], {"axis": 0}, 0, (1,), [[0, 0, 1, 0], [1, 1, 1, 0]]),
        (
            "boolean_mask",
            [[[5, 6, 7], [8, 9, 10]], [False, True, True]],
            {"axis": 1},
            0,
            (1, 0),
            [[[0, 0, 0], [0, 1, 0]], [1, 1, 0]],
        ),
        ("unique", [[3, 1, 3, 2, 1]], {"out_idx": tf.int32}, 0, (1,), [[1, 1, 0, 0, 0]]),
        ("unique", [[3, 1, 3, 2, 1]], {"out_idx": tf.int32}, 1, (2,), [[1, 1, 1, 0, 0]]),
        ("unique_with_counts", [[3, 1, 3, 2, 1]], {"out_idx": tf.int32}, 2, (1,), [[1, 1, 1, 1, 1]]),
    ],
)
def test_what_is_found_in_order_comes_from_all_up_to_it(
    name: str, operands: list[Any], attrs: dict[str, Any], output: int, place: tuple[int, ...], expected: list[Any]
) -> None:
    def apply(inputs: Any) -> Any:
        made = OPS[name].apply(*inputs, **attrs)
        return made if isinstance(made, list | tuple) else [made]

    found, _weights = trace_back(apply, [tf.constant(x) for x in operands], output, place)
    assert [marks.astype(int).tolist() for marks in found] == expected


def test_the_weights_of_a_node_are_named() -> None:
    program = Program(CATALOGUE)
    program.update(moons())
    step = program.step("hidden")
    assert step is not None
    inputs = [program.values().tensors[ref] for ref in step.sources]
    found = dict(made_of(program, step, inputs, "output", (3, 5)))
    kernel, bias = (found[TensorRef("weight", "hidden", name)] for name in ("kernel", "bias"))
    assert [tuple(at) for at in np.argwhere(kernel)] == [(0, 5), (1, 5)]
    assert [tuple(at) for at in np.argwhere(bias)] == [(5,)]
    (x,) = (marks for ref, marks in found.items() if ref.kind == "value")
    assert set(np.argwhere(x)[:, 0]) == {3}
