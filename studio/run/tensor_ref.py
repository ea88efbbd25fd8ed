"""What any tensor of a run is called: that of a wire, a weight, a gradient, an optimiser's slot, an op's result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.document.document import PortRef

Kind = Literal["value", "gradient", "compiled", "weight", "weight_gradient", "update", "slot", "step"]


@dataclass(frozen=True)
class TensorRef:
    """The name of a tensor.

    Parameters
    ----------
    kind
        "value", "gradient" and "compiled" are of an output port: what it carries, how much the loss changes with it,
        and what it carries when the document is compiled as one graph. "weight",
        "weight_gradient", "update" and "slot" are of a layer's weight: its value, the loss's gradient by it, what the
        last step of the optimiser added to it, and what the optimiser keeps for it. "step" is the result of an op that
        was applied under the debugger.
    node
        The node, by its name in the whole document, its functions unfolded; of a "step" its number.
    name
        Name of the port or the weight; of a "step" the number of the result; "" of a trainer, whose "value" is the loss
        of the whole training step.
    part
        Of a "slot" its name, such as "momentum".

    Examples
    --------
    >>> TensorRef.of(PortRef("dense", "output"))
    TensorRef(kind='value', node='dense', name='output', part='')
    """

    kind: Kind
    node: str
    name: str
    part: str = ""

    @classmethod
    def of(cls, port: PortRef, kind: Kind = "value") -> TensorRef:
        """Return the name of what an output port carries, or of its gradient."""
        return cls(kind, port.node, port.port)

    @classmethod
    def of_step(cls, number: int, result: int) -> TensorRef:
        """Return the name of a result of an op that was applied under the debugger."""
        return cls("step", str(number), str(result))

    @property
    def port(self) -> PortRef | None:
        """The output port that it is about, None if it is about no port."""
        return PortRef(self.node, self.name) if self.kind in ("value", "gradient", "compiled") else None
