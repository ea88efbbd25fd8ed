"""Losses that ask for a margin between right and wrong answers."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.keras.losses.loss import Loss, like_prediction, per_example


class Hinge(Loss):
    """How far answers are from being right with a margin of 1: max(1 - y_true·y_pred, 0), mean over the last axis.

    The truth is -1 or 1; 0 and 1 are taken for -1 and 1.

    Shapes: truth and prediction alike, (batch, …).

    Examples
    --------
    >>> float(Hinge()([[1.0], [-1.0]], [[0.5], [-2.0]]))
    0.25
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        y = like_prediction(y_true, y_pred)
        zeros = OPS["equal"](y, 0.0)
        others = OPS["logical_or"](zeros, OPS["equal"](y, 1.0))
        binary = OPS["reduce_all"](others)
        signs = OPS["where"](binary, 2.0 * y - 1.0, y)
        return per_example(OPS["maximum"](1.0 - signs * y_pred, 0.0))
