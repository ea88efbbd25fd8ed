"""Kernels of convolutions' gradients where the gradient that comes in is that of max pooling.

It is zero but for one element a window, so at most a quarter of the products that a matrix product would add up are
left; and where dropout or a rectifier lies behind, half of these are zero again. So each element that is there is
multiplied by itself: with a row of the filters, or with the pixels that its window of the convolution takes.

Measured on one thread, float32, 3×3, 32 → 64 channels at 13×13, pooled 2×2, batch 128, all elements there / half of
them: by the filters 2.2 / 1.4 ms and by the input 3.5 / 1.9, against 6.7 each for the products of all; and no gradient
of the convolution's own size is written or read. 1 → 32 channels at 28×28, by the filters: 2.5 / 1.7 against 1.8, and
0.6 for that gradient.

Arrays are vectors, and there are no groups. An image of the convolution's input is laid out in `padded`, with zeros
around it where windows reach beyond it; `rows` says where each of its lines of `length` elements begins there. `table`
says for each result of the convolution, by its pixel's number, where the first element that it takes lies; and `runs`,
how far behind that each run of `run` elements lies.
"""

from __future__ import annotations

import numpy as np

from engine.core.dtype import Array
from engine.ops.loops import add_run, clear_run, copy_run


def nonzero_of(
    start: int, count: int, width: int, dy: Array, indices: Array, table: Array, places: Array, values: Array
) -> int:
    """Write down which of `count` elements, `width` apart, are not zero, and where they belong; return how many."""
    found = 0
    at = np.uint64(start)
    for _ in range(count):
        value = dy[at]
        places[found] = table[np.uint64(indices[at])]
        values[found] = value
        found += value != 0  # no branch: where half are zero it would be guessed wrong every other time
        at += np.uint64(width)
    return found


def add_scaled(target: Array, at: int, source: Array, start: int, value: float, count: int) -> None:
    """Add a multiple of `count` elements of one vector to those of another."""
    t, s = np.uint64(at), np.uint64(start)
    for i in range(np.uint64(count)):
        target[t + i] += value * source[s + i]


def add_four(
    target: Array, at: int, source: Array, ahead: int, places: Array, values: Array, k: int, count: int
) -> None:
    """Add multiples of runs from four places: the sums are read and written once for all."""
    t = np.uint64(at)
    k0 = np.uint64(k)
    k1, k2, k3 = k0 + np.uint64(1), k0 + np.uint64(2), k0 + np.uint64(3)
    a, b = np.uint64(places[k0] + ahead), np.uint64(places[k1] + ahead)
    c, d = np.uint64(places[k2] + ahead), np.uint64(places[k3] + ahead)
    v, w, x, y = values[k0], values[k1], values[k2], values[k3]
    for i in range(np.uint64(count)):
        target[t + i] += v * source[a + i] + w * source[b + i] + x * source[c + i] + y * source[d + i]


def turn_filters(part: int, parts: int, width: int, filters: Array, turned: Array) -> None:
    """Lay out the filters one after the other."""
    inner = filters.size // width
    for f in range(part * width // parts, (part + 1) * width // parts):
        for i in range(inner):
            turned[np.uint64(f * inner + i)] = filters[np.uint64(i * width + f)]


def sum_turned_parts(part: int, parts: int, width: int, sums: Array, filters: Array) -> None:
    """Add up what each part has summed for each filter, and put the filters side by side."""
    inner = filters.size // width
    for f in range(part * width // parts, (part + 1) * width // parts):
        for other in range(1, parts):
            add_run(sums, f * inner, sums, other * filters.size + f * inner, inner)
        for i in range(inner):
            filters[np.uint64(i * width + f)] = sums[np.uint64(f * inner + i)]


def unpooled_filter_gradient_loop(
    part: int, parts: int, images: int, windows: int, block: int, width: int, run: int, length: int, table: Array,
    runs: Array, rows: Array, x: Array, dy: Array, indices: Array, padded: Array, places: Array, values: Array,
    sums: Array,
) -> None:  # fmt: skip
    inner = runs.size * run
    own = part * inner * width
    clear_run(sums, own, inner * width)
    clear_run(padded, 0, padded.size)
    for n in range(part * images // parts, (part + 1) * images // parts):
        for i in range(rows.size):
            copy_run(padded, rows[i], x, (n * rows.size + i) * length, length)
        for start in range(0, windows, block):
            count = min(block, windows - start)
            for f in range(width):
                first = (n * windows + start) * width + f
                found = nonzero_of(first, count, width, dy, indices, table, places, values)
                fours, to = found - found % 4, own + f * inner
                for i in range(runs.size):
                    for k in range(0, fours, 4):
                        add_four(sums, to + i * run, padded, runs[i], places, values, k, run)
                    for k in range(fours, found):
                        add_scaled(sums, to + i * run, padded, places[k] + runs[i], values[k], run)


def unpooled_input_gradient_loop(
    part: int, parts: int, images: int, windows: int, block: int, width: int, run: int, length: int, table: Array,
    runs: Array, rows: Array, dy: Array, indices: Array, turned: Array, padded: Array, places: Array, values: Array,
    dx: Array,
) -> None:  # fmt: skip
    inner = runs.size * run
    for n in range(part * images // parts, (part + 1) * images // parts):
        clear_run(padded, 0, padded.size)
        for start in range(0, windows, block):
            count = min(block, windows - start)
            for f in range(width):
                first = (n * windows + start) * width + f
                found = nonzero_of(first, count, width, dy, indices, table, places, values)
                for k in range(found):
                    for i in range(runs.size):
                        add_scaled(padded, places[k] + runs[i], turned, f * inner + i * run, values[k], run)
        for i in range(rows.size):
            copy_run(dx, (n * rows.size + i) * length, padded, rows[i], length)
