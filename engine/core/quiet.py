"""NumPy without its warnings: 1/0 is inf and 0/0 is NaN here, as on every device."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any, Final

import numpy as np

#: A context in which NumPy does not warn. A call runs in a copy of it, which takes 0.1 µs; ``np.errstate`` takes 0.6, a
#: fifth of an op on scalars.
QUIET: Final[Context] = copy_context()
QUIET.run(np.seterr, all="ignore")


def quietly(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function that computes with NumPy; it sees nothing of the caller's context variables.

    Examples
    --------
    >>> quietly(np.divide, 1.0, 0.0)
    np.float64(inf)
    """
    return QUIET.copy().run(function, *args, **kwargs)
