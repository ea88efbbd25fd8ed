"""The op records, by family. Importing this package fills `OPS`."""

from engine.core.op import OPS
from engine.ops import (
    activation,
    conv,
    conv_transpose,
    creation,
    depthwise,
    elementwise,
    gather,
    index,
    join,
    linalg,
    logic,
    movement,
    nn,
    pool,
    random,
    reduce,
)

__all__ = [
    "OPS",
    "activation",
    "conv",
    "conv_transpose",
    "creation",
    "depthwise",
    "elementwise",
    "gather",
    "index",
    "join",
    "linalg",
    "logic",
    "movement",
    "nn",
    "pool",
    "random",
    "reduce",
]
