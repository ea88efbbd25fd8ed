"""What is measured in trainings: which of two values is the better one."""

from __future__ import annotations

from typing import Final

_LESS_IS_BETTER: Final = ("loss", "error", "mae", "mse", "rmse", "mape", "crossentropy", "divergence", "perplexity")


def less_is_better(name: str) -> bool:
    """Return whether the least value is the best one.

    Examples
    --------
    >>> less_is_better("mean_absolute_error"), less_is_better("accuracy")
    (True, False)
    """
    return any(word in name for word in _LESS_IS_BETTER)
