"""Kernels of convolutions: windows are laid out as the rows of a matrix, block by block, which BLAS then multiplies.

Measured on two cores, float32, 3×3, batch 128, forward / by the input / by the filters, against oneDNN by PyTorch:
32 → 64 channels at 13×13 takes 3.3 / 3.3 / 3.8 ms against 3.5 / 3.5 / 3.6, and 1 → 32 channels at 28×28 takes
1.4 / 1.2 / 1.4 ms against 8.6 / 5.0 / 0.6.

All arrays are vectors, and `g` holds what `Windows.geometry` says, then the number of channels of the tensor, of those
that a filter sees, and of filters: with arrays of five axes the compilation of a kernel took three times as long.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.ops.loops import add_run, clear_run, copy_run, gemm

#: Elements of the matrix that one block of windows is laid out in. From 2¹⁵ to 2¹⁷ it made no difference of more than
#: 5 %; much more does not fit into a core's second cache.
BLOCK: Final = 2**17


def unfold(g: Array, x: Array, depth: int, start: int, count: int, columns: Array) -> None:
    """Lay out the windows of `count` lines as rows, from the channel `depth` on."""
    deep, high, wide, many_d, many_h, many_w = g[9], g[10], g[11], g[12], g[13], g[14]
    taps_w, all_channels, channels = g[17], g[18], g[19]
    run = taps_w * channels
    inner = g[15] * g[16] * run
    # the windows that lie inside along a line; if nothing lies between their elements there, these are one run
    first_inside = min(many_w, (g[8] + g[2] - 1) // g[2])
    last_inside = max(first_inside, min(many_w, (wide - taps_w + g[8]) // g[2] + 1))
    if g[5] != 1 or channels != all_channels:
        last_inside = first_inside
    for line in range(count):
        at = start + line
        h = (at % many_h) * g[1] - g[7]
        d = ((at // many_h) % many_d) * g[0] - g[6]
        n = at // (many_h * many_d)
        k = line * many_w * inner
        for a in range(g[15]):
            z = d + a * g[3]
            for b in range(g[16]):
                v = h + b * g[4]
                inside = z >= 0 and z < deep and v >= 0 and v < high
                first = ((n * deep + z) * high + v) * wide * all_channels + depth
                for j in range(many_w):
                    u, place = j * g[2] - g[8], k + j * inner
                    if not inside:
                        clear_run(columns, place, run)
                    elif j < first_inside or j >= last_inside:
                        for c in range(taps_w):
                            w = u + c * g[5]
                            if w >= 0 and w < wide:
                                copy_run(columns, place + c * channels, x, first + w * all_channels, channels)
                            else:
                                clear_run(columns, place + c * channels, channels)
                    elif run >= 16:
                        copy_run(columns, place, x, first + u * channels, run)
                if inside and run < 16:  # too short to be worth a vector: along the line instead
                    for i in range(run):
                        target = np.uint64(k + first_inside * inner + i)
                        source = np.uint64(first + (first_inside * g[2] - g[8]) * channels + i)
                        for _ in range(last_inside - first_inside):
                            columns[target] = x[source]
                            target += np.uint64(inner)
                            source += np.uint64(g[2] * channels)
                k += run


def fold(g: Array, x: Array, depth: int, start: int, count: int, columns: Array) -> None:
    """Add the rows of `count` lines to the elements that `unfold` takes them from."""
    deep, high, wide, many_d, many_h, many_w = g[9], g[10], g[11], g[12], g[13], g[14]
    taps_w, all_channels, channels = g[17], g[18], g[19]
    joined = g[5] == 1 and channels == all_channels
    run = taps_w * channels
    inner = g[15] * g[16] * run
    for line in range(count):
        at = start + line
        h = (at % many_h) * g[1] - g[7]
        d = ((at // many_h) % many_d) * g[0] - g[6]
        n = at // (many_h * many_d)
        k = line * many_w * inner
        for a in range(g[15]):
            z = d + a * g[3]
            for b in range(g[16]):
                v = h + b * g[4]
                inside = z >= 0 and z < deep and v >= 0 and v < high
                first = ((n * deep + z) * high + v) * wide * all_channels + depth
                u = -g[8]
                for j in range(many_w):
                    place = k + j * inner
                    if inside and joined and u >= 0 and u + taps_w <= wide:
                        add_run(x, first + u * channels, columns, place, run)
                    elif inside:
                        for c in range(taps_w):
                            w = u + c * g[5]
                            if w >= 0 and w < wide:
                                add_run(x, first + w * all_channels, columns, place + c * channels, channels)
                    u += g[2]
                k += run


def narrow_sums(rows: int, width: int, inner: int, a: Array, b: Array, at: int, c: Array, c_at: int) -> None:
    """Add Aᵀ B to C for a few columns of A: four rows at a time."""
    for row in range(0, rows - rows % 4, 4):
        l0, step = np.uint64(at + row * width), np.uint64(width)
        for i in range(inner):
            k = row * inner + i
            f0, f1, f2, f3 = a[k], a[k + inner], a[k + 2 * inner], a[k + 3 * inner]
            place = np.uint64(c_at + i * width)
            for j in range(np.uint64(width)):
                p, q = l0 + j, l0 + j + step + step
                c[place + j] += f0 * b[p] + f1 * b[p + step] + f2 * b[q] + f3 * b[q + step]
    for row in range(rows - rows % 4, rows):
        line = np.uint64(at + row * width)
        for i in range(inner):
            f, place = a[row * inner + i], np.uint64(c_at + i * width)
            for j in range(np.uint64(width)):
                c[place + j] += f * b[line + j]


def conv_loop(
    part: int, parts: int, block: int, lines: int, g: Array, x: Array, filters: Array, columns: Array, y: Array
) -> None:
    wide, channels, width = g[14], g[19], g[20]
    inner = g[15] * g[16] * g[17] * channels
    groups = g[18] // channels
    each = width // groups
    last = (part + 1) * lines // parts
    for start in range(part * lines // parts, last, block):
        count = min(block, last - start)
        for group in range(groups):
            unfold(g, x, group * channels, start, count, columns)
            at = start * wide * width + group * each
            gemm(
                False, False, count * wide, each, inner,
                columns, 0, inner, filters, group * each, width, 0.0, y, at, width,
            )  # fmt: skip


def conv_input_gradient_loop(
    part: int, parts: int, block: int, images: int, g: Array, dy: Array, filters: Array, columns: Array, dx: Array
) -> None:
    wide, channels, width = g[14], g[19], g[20]
    inner = g[15] * g[16] * g[17] * channels
    groups = g[18] // channels
    each = width // groups
    lines = g[12] * g[13]
    image = g[9] * g[10] * g[11] * g[18]
    first, last = part * images // parts, (part + 1) * images // parts
    clear_run(dx, first * image, (last - first) * image)
    for start in range(first * lines, last * lines, block):
        count = min(block, last * lines - start)
        for group in range(groups):
            at = start * wide * width + group * each
            gemm(
                False, True, count * wide, inner, each,
                dy, at, width, filters, group * each, width, 0.0, columns, 0, inner,
            )  # fmt: skip
            fold(g, dx, group * channels, start, count, columns)


def conv_filter_gradient_loop(
    part: int, parts: int, block: int, lines: int, g: Array, x: Array, dy: Array, columns: Array, sums: Array
) -> None:
    wide, channels, width = g[14], g[19], g[20]
    inner = g[15] * g[16] * g[17] * channels
    groups = g[18] // channels
    each = width // groups
    clear_run(sums, part * inner * width, inner * width)
    last = (part + 1) * lines // parts
    for start in range(part * lines // parts, last, block):
        count = min(block, last - start)
        for group in range(groups):
            unfold(g, x, group * channels, start, count, columns)
            at = start * wide * width + group * each
            if inner < 16 and groups == 1:
                # BLAS is made for wider matrices: 3.1 against 1.8 ms for 1 → 32 channels
                narrow_sums(count * wide, width, inner, columns, dy, at, sums, part * inner * width)
                continue
            gemm(
                True, False, inner, each, count * wide,
                columns, 0, inner, dy, at, width, 1.0, sums, part * inner * width + group * each, width,
            )  # fmt: skip
