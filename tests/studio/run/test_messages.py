"""Messages survive the way from one process to another."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from engine.core.errors import (
    DataLossError,
    EngineError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    UnavailableError,
    UnsupportedError,
)
from engine.core.shape import TensorShape
from studio.document.document import PortRef
from studio.run.messages import (
    Compiling,
    Control,
    Crashed,
    Downloading,
    Ended,
    EpochEnd,
    Forget,
    Inventory,
    Missing,
    Observe,
    Paused,
    Preview,
    Previewed,
    Progress,
    Ready,
    Show,
    Shutdown,
    Started,
    TensorInfo,
    Trace,
    Traced,
    TraceEnded,
    Train,
    Watch,
    Watched,
)
from studio.run.summary import summarise
from studio.run.tensor_ref import TensorRef
from studio.ui.appearance import Appearance
from studio.ui.i18n import describe

pytest_plugins = ("look",)

PORT = PortRef("hidden", "output")
REF = TensorRef.of(PORT, "gradient")
ERROR = InvalidArgumentError(
    "{name} is {value}.", hint="It takes {expected}.", name="units", value=0, expected="a number"
)
MESSAGES = [
    Preview(1, 3, "{}", reset=True),
    Train(1, 2, "{}", "lazy"),
    Control("pause", 2),
    Watch(1, (REF,)),
    Watch(1),
    Observe(1, ("gradient_norm",)),
    Show(1),
    Forget(1),
    Downloading(1, "mnist.npz", 3, 11),
    Shutdown(),
    Ready({"trenza": "0.1.0"}),
    Previewed(1, 3, {PORT: summarise(np.arange(6.0).reshape(2, 3))}, {"output": ERROR}),
    Watched(1, REF, TensorInfo((2,), "float32", 8), np.zeros(2, np.float32)),
    Missing(1, REF, ERROR),
    Trace(1, REF, (0, 1)),
    Traced(1, REF, (0, 1), REF, np.array([True, False])),
    TraceEnded(1, REF, (0, 1)),
    Inventory(1, (REF, TensorRef("slot", "hidden", "kernel", "momentum"))),
    Compiling(1, 2, "add + relu", 1, 4),
    Started(1, 2, 10, 45, ("accuracy",), 9610),
    Progress(1, 2, 0, np.arange(3), {"loss": np.array([3.0, 2.0, np.nan])}, 0.001, {"learning_rate": 0.1}),
    EpochEnd(1, 2, 0, {"loss": 1.5, "val_loss": float("nan")}, 0.2),
    Paused(1, 2, True),
    Ended(1, 2, "failed", {}, 0.5, ERROR),
    Crashed(-9),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_it_comes_out_as_it_went_in(message: Any) -> None:
    again = pickle.loads(pickle.dumps(message))
    assert type(again) is type(message)
    assert repr(again) == repr(message)


@pytest.mark.parametrize(
    "kind",
    [
        EngineError,
        InvalidArgumentError,
        UnsupportedError,
        NotFoundError,
        DataLossError,
        UnavailableError,
        FailedPreconditionError,
    ],
)
def test_an_error_keeps_its_kind_its_facts_and_where_it_came_from(kind: type[EngineError]) -> None:
    error = kind(
        "{a} does not fit {shape}.", hint="Use {b}.", a=1, b=True, shape=TensorShape([None, 3]), node="x", op="add"
    )
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error) == "add: 1 does not fit (None, 3). Use True."
    assert (again.template, again.hint, again.where) == (error.template, error.hint, error.where)
    assert (again.node, again.op, again.facts["a"], again.facts["b"]) == ("x", "add", 1, True)


def test_an_error_is_translated_where_it_is_shown(look: Appearance) -> None:
    error = InvalidArgumentError(
        "The input '{port}' is not connected.", hint="Drag a wire to it.", port="inputs", node="hidden"
    )
    again = pickle.loads(pickle.dumps(Ended(1, 1, "failed", error=error))).error
    assert describe(again) == "The input 'inputs' is not connected. Drag a wire to it."
    look.set_language("es", remember=False)
    spanish = describe(again)
    assert "entradas" in spanish
    assert "connected" not in spanish
