"""Python's own `if`, `while` and `for` on tensors: a function is rewritten so that they become graph control flow.

The rewriting is that of the package diastatic-malt; what its statements mean here is in `logic`, `branches`, `loops`
and `builtins`.
"""

import malt  # noqa: F401  # the package before its parts: an import that was interrupted may have left some of these

from engine.runtime.autograph.convert import convert, original_line

__all__ = ["convert", "original_line"]
