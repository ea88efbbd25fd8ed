"""The steps that random programs are made of: how each chooses its operands, and what it does with them.

Every step keeps away from places where two right ways of computing may differ: near a kink, a jump or a pole `far`
says so while the program is run eagerly, and the step is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

import engine as tf

#: How near to a kink, a jump or a pole a program may come, and how large its values may be.
NEAREST, LARGEST, MOST_ELEMENTS = 1e-3, 8.0, 48


class LeaveOutError(Exception):
    """A step that does not go with the values at hand."""


def far(distance: Any, least: float = NEAREST) -> None:
    """Leave the step out if one of these numbers is too small; a trace knows no numbers, and need not."""
    if tf.executing_eagerly() and np.abs(np.asarray(distance)).min(initial=np.inf) < least:
        raise LeaveOutError


def apart(x: Any, axis: Any = None) -> None:
    """Leave the step out if two numbers along an axis, or among all, are nearly the same."""
    if tf.executing_eagerly():
        far(np.diff(np.sort(np.asarray(x), axis=axis), axis=-1 if axis is None else axis))


class Choice:
    """Draws the operands and attributes of a step for the values that there are."""

    def __init__(self, draw: st.DrawFn, values: Sequence[Any]) -> None:
        self.draw = draw
        self.values = values

    def of(self, options: Sequence[Any]) -> Any:
        """One of these; without any the step is left out."""
        if not options:
            raise LeaveOutError
        return self.draw(st.sampled_from(options))

    def value(self, fits: Callable[[Any], Any]) -> int:
        """The number of a value that fits; the latest is the simplest choice."""
        return int(self.of([i for i in reversed(range(len(self.values))) if fits(self.values[i])]))

    def float(self, rank: int = 0) -> int:
        """A float with so many axes or more, none of them empty."""
        return self.value(lambda v: v.dtype.is_floating and len(v.shape) >= rank)

    def mate(self, i: int) -> int:
        """A value of the same dtype that broadcasts with it."""
        return self.value(lambda v: v.dtype is self.values[i].dtype and broadcasts(v, self.values[i]))

    def twin(self, i: int) -> int:
        """A value of the same shape and dtype."""
        return self.value(lambda v: v.spec == self.values[i].spec)

    def shape(self, i: int) -> tuple[int, ...]:
        """The sizes of a value."""
        return tuple(self.values[i].shape)

    def axis(self, i: int) -> int:
        """An axis of a value, counted from the end now and then."""
        rank = len(self.shape(i))
        return int(self.of(range(-rank, rank)))

    def axes(self, i: int) -> Any:
        """No axis, one or two of them."""
        rank = len(self.shape(i))
        return self.of([None, *range(-rank, rank), *((a, b) for a in range(rank) for b in range(a))])

    def integers(self, low: int, high: int, count: int) -> tuple[int, ...]:
        """So many whole numbers."""
        return tuple(self.of(range(low, high + 1)) for _ in range(count))


def broadcasts(a: Any, b: Any) -> bool:
    """Whether two values go together, and make no large one."""
    pairs = zip(reversed(tuple(a.shape)), reversed(tuple(b.shape)), strict=False)
    if not all(m == n or 1 in (m, n) for m, n in pairs):
        return False
    return math.prod(np.broadcast_shapes(tuple(a.shape), tuple(b.shape))) <= MOST_ELEMENTS


Chosen = tuple[tuple[int, ...], tuple[Any, ...]]
STEPS: dict[str, tuple[Callable[[Choice], Chosen], Callable[..., Any]]] = {}

Run = Callable[..., Any]


def step(choose: Callable[[Choice], Chosen]) -> Callable[[Run], Run]:
    """Enter a function of tensors and attributes, under its name, with what chooses them."""

    def enter(run: Run) -> Run:
        STEPS[run.__name__] = choose, run
        return run

    return enter


def _table(choose: Callable[[Choice], Chosen], **runs: Run) -> None:
    STEPS.update((name, (choose, run)) for name, run in runs.items())


def _guarded(guard: Run, run: Run) -> Run:
    """Return the function where the guard, which measures a distance, lets it pass."""

    def guarded(*operands: Any) -> Any:
        far(guard(*operands))
        return run(*operands)

    return guarded


def one(c: Choice) -> Chosen:
    """Choose a float."""
    return (c.float(),), ()


def two(c: Choice) -> Chosen:
    """Choose two floats of one dtype that broadcast."""
    a = c.float()
    return (a, c.mate(a)), ()


# --------------------------------------------------------------------------------------------------------- elementwise

#: Smooth everywhere, and of moderate slope. Bodies of loops and branches are made of these, too.
SMOOTH: dict[str, Run] = {
    "tanh": lambda a: tf.tanh(a),
    "sigmoid": lambda a: tf.nn.sigmoid(a),
    "sin": lambda a: tf.sin(a),
    "cos": lambda a: tf.cos(a),
    "line": lambda a: a * 0.5 + 1.0,
    "minus": lambda a: 0.25 - a,
    "negative": lambda a: -a,
    "bell": lambda a: tf.exp(-tf.square(a)),
    "softplus": lambda a: tf.nn.softplus(a),
    "silu": lambda a: tf.nn.silu(a),
    "gelu": lambda a: tf.nn.gelu(a),
    "gelu_approximate": lambda a: tf.nn.gelu(a, approximate=True),
    "erf": lambda a: tf.math.erf(a),
    "atan": lambda a: tf.math.atan(a),
    "softsign_by_hand": lambda a: a / (1.0 + tf.square(a)),
    "log_of_square": lambda a: tf.math.log(tf.square(a) + 0.5),
    "log_of_1_and_square": lambda a: tf.math.log(tf.square(a) + 1.0),
    "root": lambda a: tf.sqrt(tf.square(a) + 0.5),
    "inverse_root": lambda a: tf.math.rsqrt(tf.square(a) + 0.5),
    "reciprocal": lambda a: tf.math.reciprocal(tf.square(a) + 0.7),
    "cube": lambda a: a**3.0 * 0.2,
    "square": lambda a: a**2.0 * 0.5,
    "expm1": lambda a: tf.exp(a * 0.4) - 1.0,
    "log_sigmoid": lambda a: tf.math.log(tf.nn.sigmoid(a)),
    "power": lambda a: tf.pow(tf.square(a) + 0.5, 0.75),
}
_table(one, **SMOOTH)

#: What a pass should see through.
_table(
    one,
    neutral=lambda a: (a + 0.0) * 1.0 - 0.0,
    divided_by_1=lambda a: (a / 1.0) ** 1.0,
    negated_twice=lambda a: tf.negative(tf.negative(a)),
    minus_minus=lambda a: a - tf.negative(tf.tanh(a)),
    plus_minus=lambda a: a + tf.negative(tf.sin(a)),
    identity=lambda a: tf.identity(a),
    no_gradient=lambda a: tf.stop_gradient(a),
    log_of_exp=lambda a: tf.math.log(tf.exp(a)),
    written_twice=lambda a: tf.sin(a * 1.5) * tf.cos(a * 1.5) + tf.sin(a * 1.5),
    transposed_twice=lambda a: tf.transpose(tf.transpose(a) * 0.5),
    reshaped_twice=lambda a: tf.reshape(tf.reshape(a, [-1]), a.shape),
    cast_and_back=lambda a: tf.cast(tf.cast(a, "float64"), a.dtype),
    dead_ends=lambda a: (tf.exp(tf.reduce_sum(a)), a * 0.75)[1],
    folded=lambda a: a * tf.cast(tf.reduce_mean(tf.exp(tf.constant([0.0, 0.5]))), a.dtype),
    by_size=lambda a: a * (tf.cast(tf.size(a), a.dtype) / 48.0),
)

#: Bent or broken somewhere, or defined on a part of the line only; the first function says how far that is.
for _name, _guard, _run in (
    ("relu", lambda a: a, lambda a: tf.nn.relu(a)),
    ("leaky_relu", lambda a: a, lambda a: tf.nn.leaky_relu(a, 0.2)),
    ("elu", lambda a: a, lambda a: tf.nn.elu(a)),
    ("abs", lambda a: a, lambda a: tf.abs(a)),
    ("sign", lambda a: a, lambda a: tf.sign(a)),
    ("clip", lambda a: tf.abs(a) - 0.7, lambda a: tf.clip_by_value(a, -0.7, 0.7)),
    ("floor", lambda a: a - tf.round(a), lambda a: tf.floor(a) * 0.5 + a),
    ("round", lambda a: a - tf.floor(a) - 0.5, lambda a: tf.round(a) * a),
    ("log", lambda a: tf.nn.relu(a - 0.1), lambda a: tf.math.log(a)),
    ("sqrt", lambda a: tf.nn.relu(a - 0.1), lambda a: tf.sqrt(a)),
    ("rsqrt", lambda a: tf.nn.relu(a - 0.1), lambda a: tf.math.rsqrt(a)),
    ("exp", lambda a: tf.nn.relu(2.0 - a), lambda a: tf.exp(a)),
    ("inverse", lambda a: tf.nn.relu(tf.abs(a) - 0.3), lambda a: 1.0 / a),
    ("log_of_1_more", lambda a: tf.nn.relu(a + 0.8), lambda a: tf.math.log(1.0 + a)),
):
    STEPS[_name] = one, _guarded(_guard, _run)

_table(
    two,
    add=lambda a, b: a + b,
    subtract=lambda a, b: a - b,
    multiply=lambda a, b: a * b,
    quotient=lambda a, b: a / (tf.square(b) + 0.7),
    squared_difference=lambda a, b: tf.math.squared_difference(a, b) * 0.25,
    atan2=lambda a, b: tf.math.atan2(a, tf.square(b) + 0.5),
    two_powers=lambda a, b: tf.pow(tf.nn.sigmoid(a) + 0.5, b),
    maximum=_guarded(lambda a, b: a - b, lambda a, b: tf.maximum(a, b)),
    minimum=_guarded(lambda a, b: a - b, lambda a, b: tf.minimum(a, b)),
    divide=_guarded(lambda a, b: tf.nn.relu(tf.abs(b) - 0.3), lambda a, b: a / b),
    less=_guarded(lambda a, b: a - b, lambda a, b: a < b),
    not_less=_guarded(lambda a, b: a - b, lambda a, b: a >= b),
)


@step(lambda c: ((c.float(),), c.integers(-2, 2, 1)))
def greater(a: Any, least: int) -> Any:
    far(a - (least + 0.3))
    return a > least + 0.3


# ----------------------------------------------------------------------------------------------- truth, whole numbers


def _bools(c: Choice) -> Chosen:
    a = c.value(lambda v: v.dtype.is_bool)
    return (a, c.mate(a)), ()


def _whole(c: Choice) -> Chosen:
    a = c.value(lambda v: v.dtype.is_integer)
    return (a, c.mate(a)), ()


_table(
    _bools,
    logical_and=lambda a, b: tf.logical_and(a, b),
    logical_or=lambda a, b: tf.logical_or(a, tf.logical_not(b)),
    logical_xor=lambda a, b: tf.math.logical_xor(a, b),
)
_table(
    _whole,
    sum_of_whole=lambda i, j: (i + j) % 7,
    product_of_whole=lambda i, j: (i * j - 1) // 3 % 5,
    least_of_whole=lambda i, j: tf.minimum(i, 4 - j),
    equal=lambda i, j: tf.equal(i, j),
    larger=lambda i, j: i > j,
    running_whole=lambda i, j: tf.cumsum(tf.reshape(i + j, [-1])) % 5,
    total_of_whole=lambda i, j: tf.reduce_sum(i * j) % 6,
    largest_of_whole=lambda i, j: tf.reduce_max(i - j),
)


@step(lambda c: ((b := c.value(lambda v: v.dtype.is_bool), a := c.float(), c.twin(a)), (c.shape(b),)))
def where(b: Any, x: Any, y: Any, shape: Any) -> Any:
    if not broadcasts(b, x):
        b = tf.reduce_any(b)
    return tf.where(b, x, y * 0.5)


@step(lambda c: ((c.value(lambda v: v.dtype.is_bool),), (c.of(["float32", "float64", "int32"]),)))
def cast_of_bool(b: Any, dtype: str) -> Any:
    return tf.cast(b, dtype)


@step(lambda c: ((c.value(lambda v: v.dtype.is_integer),), (c.of(["float32", "float64", "int64", "int32"]),)))
def cast_of_whole(i: Any, dtype: str) -> Any:
    return tf.cast(i % 5, dtype)


@step(lambda c: ((c.float(),), (c.of(["float32", "float64"]),)))
def cast(a: Any, dtype: str) -> Any:
    return tf.cast(a, dtype)


@step(one)
def truncated(a: Any) -> Any:
    far(a * 3.0 - tf.round(a * 3.0))
    return tf.cast(a * 3.0, "int32") % 5


@step(lambda c: ((a := c.float(1),), (c.axis(a),)))
def argmax(a: Any, axis: int) -> Any:
    apart(a, axis)
    return tf.argmax(a, axis, output_type="int32")


@step(lambda c: ((c.value(lambda v: v.dtype.is_integer and math.prod(v.shape) <= 12),), c.integers(2, 4, 1)))
def one_hot(i: Any, depth: int) -> Any:
    return tf.one_hot(i % depth, depth, on_value=0.8, off_value=-0.1)


# ------------------------------------------------------------------------------------------ reductions and contractions


def _reduced(c: Choice) -> Chosen:
    a = c.float()
    return (a,), (c.axes(a), c.of([False, True]))


def _extreme(run: Run) -> Run:
    def reduced(a: Any, axis: Any, keepdims: bool) -> Any:
        apart(a, axis if isinstance(axis, int) else None)
        return run(a, axis=axis, keepdims=keepdims)

    return reduced


_table(
    _reduced,
    reduce_sum=lambda a, axis, keep: tf.reduce_sum(a, axis=axis, keepdims=keep) * 0.4,
    reduce_mean=lambda a, axis, keep: tf.reduce_mean(a, axis=axis, keepdims=keep),
    reduce_prod=lambda a, axis, keep: tf.reduce_prod(tf.nn.sigmoid(a) + 0.6, axis=axis, keepdims=keep),
    reduce_max=_extreme(tf.reduce_max),
    reduce_min=_extreme(tf.reduce_min),
    logsumexp=lambda a, axis, keep: tf.reduce_logsumexp(a, axis=axis, keepdims=keep),
    variance=lambda a, axis, keep: tf.math.reduce_variance(a, axis=axis, keepdims=keep),
    root_of_squares=lambda a, axis, keep: tf.sqrt(tf.reduce_sum(tf.square(a), axis=axis, keepdims=keep) + 0.2),
)


@step(lambda c: ((b := c.value(lambda v: v.dtype.is_bool),), (c.axes(b), c.of([False, True]))))
def reduce_truth(b: Any, axis: Any, is_any: bool) -> Any:
    return (tf.reduce_any if is_any else tf.reduce_all)(b, axis=axis)


def _along(c: Choice) -> Chosen:
    a = c.float(1)
    return (a,), (c.axis(a),)


_table(
    _along,
    softmax=lambda a, axis: tf.nn.softmax(a, axis=axis),
    log_softmax=lambda a, axis: tf.nn.log_softmax(a, axis=axis),
    log_of_softmax=lambda a, axis: tf.math.log(tf.nn.softmax(a, axis=axis)),
    cumsum=lambda a, axis: tf.cumsum(a, axis=axis, reverse=axis < 0) * 0.4,
    cumprod=lambda a, axis: tf.math.cumprod(tf.nn.sigmoid(a) + 0.6, axis=axis, exclusive=axis < 0),
    standardised=lambda a, axis: (
        (a - tf.reduce_mean(a, axis, keepdims=True))
        * tf.math.rsqrt(tf.math.reduce_variance(a, axis, keepdims=True) + 0.1)
    ),
)


@step(_along)
def sort(a: Any, axis: int) -> Any:
    apart(a, axis)
    return tf.sort(a, axis=axis)


@step(lambda c: ((a := c.float(1),), (c.integers(0, c.shape(a)[-1] - 1, math.prod(c.shape(a)[:-1])),)))
def sparse_cross_entropy(a: Any, classes: Any) -> Any:
    labels = np.array(classes, np.int32).reshape(tuple(a.shape)[:-1])
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=a)


@step(lambda c: ((a := c.float(1), c.twin(a)), ()))
def cross_entropy(a: Any, b: Any) -> Any:
    return tf.nn.softmax_cross_entropy_with_logits(labels=tf.nn.softmax(b), logits=a)


@step(lambda c: ((a := c.float(2), c.twin(a)), (c.of([False, True]),)))
def matmul_of_twins(a: Any, b: Any, first: bool) -> Any:
    return tf.matmul(a, b, transpose_a=first, transpose_b=not first) * 0.3


def _factors(c: Choice) -> Chosen:
    a = c.float(2)
    inner = c.shape(a)[-1]
    return (a, c.value(lambda v: v.dtype is c.values[a].dtype and len(v.shape) == 2 and v.shape[0] == inner)), ()


@step(_factors)
def matmul(a: Any, b: Any) -> Any:
    return tf.matmul(a, b) * 0.4


# ------------------------------------------------------------------------------------------------------------- movement


@step(lambda c: ((a := c.float(),), (c.of(_factorisations(math.prod(c.shape(a)))),)))
def reshape(a: Any, shape: Any) -> Any:
    return tf.reshape(a, shape)


def _factorisations(size: int) -> list[tuple[int, ...]]:
    pairs = [(m, size // m) for m in range(1, size + 1) if size % m == 0]
    return [(size,), (-1, 1), *pairs, *((1, m, n) for m, n in pairs), *((m, 2, n // 2) for m, n in pairs if n % 2 == 0)]


@step(lambda c: ((a := c.float(1),), (tuple(c.draw(st.permutations(range(len(c.shape(a)))))),)))
def transpose(a: Any, perm: Any) -> Any:
    return tf.transpose(a, perm)


@step(lambda c: ((a := c.float(1), c.twin(a), c.twin(a)), (c.axis(a),)))
def concat(a: Any, b: Any, d: Any, axis: int) -> Any:
    return tf.concat([a, b * 0.5, d], axis)


@step(lambda c: ((a := c.float(), c.twin(a)), (c.of(range(len(c.shape(a)) + 1)),)))
def stack(a: Any, b: Any, axis: int) -> Any:
    return tf.stack([a, b], axis)


@step(_along)
def unstack(a: Any, axis: int) -> Any:
    return tf.unstack(a, axis=axis)[:3]


def _keys(c: Choice) -> Chosen:
    a = c.float(1)
    options = [
        [(None, None, 1), (None, None, -1), (0, (n + 1) // 2, 1), (n // 2, None, 1), (None, None, 2), n - 1]
        for n in c.shape(a)
    ]
    return (a,), (tuple(c.of(o) for o in options[: c.of(range(1, len(options) + 1))]),)


@step(_keys)
def index(a: Any, keys: Any) -> Any:
    return a[tuple(slice(*k) if isinstance(k, tuple) else k for k in keys)]


@step(lambda c: ((a := c.float(1),), (c.integers(0, c.shape(a)[0] - 1, 3),)))
def gather(a: Any, places: Any) -> Any:
    return tf.gather(a, list(places))


@step(lambda c: ((c.float(1), c.value(lambda v: v.dtype.is_integer and math.prod(v.shape) <= 6)), ()))
def gather_by_value(a: Any, i: Any) -> Any:
    return tf.gather(a, i % a.shape[0])


@step(lambda c: ((a := c.float(1),), (c.integers(0, 1, 2 * len(c.shape(a))), c.of(["CONSTANT", "SYMMETRIC"]))))
def pad(a: Any, widths: Any, mode: str) -> Any:
    return tf.pad(a, np.reshape(widths, (-1, 2)).tolist(), mode)


@step(lambda c: ((a := c.float(1),), (c.axis(a), c.of([-2, -1, 1]))))
def rolled(a: Any, axis: int, shift: int) -> Any:
    return tf.roll(tf.reverse(a, [axis % len(a.shape)]), shift, axis)


@step(lambda c: ((a := c.float(1),), (c.integers(1, 2, len(c.shape(a))),)))
def tile(a: Any, multiples: Any) -> Any:
    return tf.tile(a, list(multiples))


@step(lambda c: ((a := c.float(),), (c.of(range(len(c.shape(a)) + 1)), c.of([1, 2, 3]))))
def broadcast_to(a: Any, axis: int, size: int) -> Any:
    wide = tf.expand_dims(a, axis)
    return tf.broadcast_to(wide, [size if i == axis else n for i, n in enumerate(wide.shape)])


@step(lambda c: ((c.float(1),), ()))
def masked(a: Any) -> Any:
    """How many there are only the values tell."""
    far(a - 0.2)
    return tf.reduce_sum(tf.boolean_mask(a, a > 0.2) * 0.3)


@step(lambda c: ((a := c.float(1),), (c.integers(0, 2, c.shape(a)[0]),)))
def scattered(a: Any, places: Any) -> Any:
    return tf.math.unsorted_segment_sum(a, list(places), 3) * 0.5


@step(one)
def slope(a: Any) -> Any:
    """A gradient within the program, so that the program's own is a second one."""
    with tf.GradientTape() as tape:
        tape.watch(a)
        y = tf.tanh(a) * a
    return tape.gradient(y, a)


# --------------------------------------------------------------------------------------------------------- control flow


def _bodies(c: Choice) -> tuple[str, str]:
    return c.of(list(SMOOTH)), c.of(list(SMOOTH))


def _captured(c: Choice) -> tuple[int, int]:
    a = c.float()
    return a, c.mate(a)


def _middle(b: Any) -> Any:
    return tf.reduce_mean(b) * 0.3


@step(lambda c: ((c.value(lambda v: v.dtype.is_bool), *_captured(c)), _bodies(c)))
def cond(b: Any, x: Any, y: Any, f: str, g: str) -> Any:
    return tf.cond(tf.reduce_any(b), lambda: SMOOTH[f](x) + _middle(y), lambda: SMOOTH[g](x))


@step(lambda c: ((c.value(lambda v: v.dtype.is_integer), *_captured(c)), _bodies(c)))
def switch_case(i: Any, x: Any, y: Any, f: str, g: str) -> Any:
    number = tf.cast(tf.reduce_sum(i) % 3, "int32")
    return tf.switch_case(number, [lambda: SMOOTH[f](x), lambda: x * _middle(y), lambda: SMOOTH[g](x)])


@step(lambda c: ((c.value(lambda v: v.dtype.is_integer), *_captured(c)), _bodies(c)))
def while_counted(i: Any, x: Any, y: Any, f: str, g: str) -> Any:
    """As many rounds as a value says, perhaps none."""
    rounds = tf.cast(tf.reduce_sum(i) % 4, "int32")

    def body(n: Any, a: Any) -> Any:
        return n + 1, SMOOTH[g](SMOOTH[f](a) * 0.7 + _middle(y))

    return tf.while_loop(lambda n, a: n < rounds, body, [0, x])[1]


@step(lambda c: (_captured(c), _bodies(c)))
def while_large(x: Any, y: Any, f: str, g: str) -> Any:
    """Rounds until the values are small, with a branch in each."""

    def test(n: Any, a: Any) -> Any:
        size = tf.reduce_mean(tf.square(a))
        far(size - 0.05)
        return tf.logical_and(n < 5, size > 0.05)

    def body(n: Any, a: Any) -> Any:
        return n + 1, tf.cond(n % 2 == 0, lambda: tf.tanh(a) * 0.6, lambda: SMOOTH[f](a) * 0.5 + SMOOTH[g](_middle(y)))

    return tf.while_loop(test, body, [0, x])[1]


@step(lambda c: ((a := c.float(1), c.mate(a)), (*_bodies(c), c.of([False, True]))))
def scan(x: Any, y: Any, f: str, g: str, reverse: bool) -> Any:
    start = tf.zeros_like(x[0])
    return tf.scan(lambda a, e: SMOOTH[f](a * 0.5 + e) + SMOOTH[g](_middle(y)), x, start, reverse=reverse)


@step(lambda c: ((a := c.float(1), c.mate(a)), _bodies(c)))
def map_fn(x: Any, y: Any, f: str, g: str) -> Any:
    return tf.map_fn(lambda e: SMOOTH[f](e) * SMOOTH[g](_middle(y)), x)


@step(lambda c: ((a := c.float(1), c.mate(a)), _bodies(c)))
def foldl(x: Any, y: Any, f: str, g: str) -> Any:
    return tf.foldl(lambda a, e: SMOOTH[f](a * 0.4 + SMOOTH[g](e) * _middle(y)), x)
