"""What tensors are called in the language in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from studio.run.messages import TensorInfo
from studio.run.tensor_ref import TensorRef
from studio.ui.i18n import N_, _, label, number

#: By kind: what a tensor is called beside others of its node.
_SHORT: Final[Mapping[str, str]] = {
    "value": "{name}",
    "gradient": "∂L/∂{name}",
    "compiled": N_("{name}, compiled"),
    "weight": "{name}",
    "weight_gradient": "∂L/∂{name}",
    "update": "Δ {name}",
    "slot": "{name} · {part}",
    "step": N_("result {name}"),
}

#: By kind: the heading under which the menu lists it.
GROUPS: Final[Mapping[str, str]] = {
    "value": N_("Outputs"),
    "gradient": N_("Gradients"),
    "compiled": N_("Compiled"),
    "weight": N_("Weights"),
    "weight_gradient": N_("Gradients of the weights"),
    "update": N_("Last change of the weights"),
    "slot": N_("What the optimiser keeps"),
}


def short(ref: TensorRef) -> str:
    """Return what a tensor is called beside the others of its node.

    Examples
    --------
    >>> short(TensorRef("weight_gradient", "hidden", "kernel")), short(TensorRef("slot", "a", "bias", "velocity"))
    ('∂L/∂kernel', 'bias · velocity')
    """
    name = number(int(ref.name) + 1) if ref.kind == "step" else label(ref.name)
    return _(_SHORT[ref.kind]).format(name=name, part=label(ref.part))


def full(ref: TensorRef, node_name: Callable[[str], str]) -> str:
    """Return what a tensor is called, with its node, or with the step that it is a result of."""
    if ref.kind == "step":
        return _("{port} of step {step}").format(port=short(ref), step=number(int(ref.node) + 1))
    return _("{port} of {node}").format(port=short(ref), node=node_name(ref.node))


def spec_of(info: TensorInfo) -> str:
    """Return dtype and shape as NumPy writes them.

    Examples
    --------
    >>> spec_of(TensorInfo((20,), "float32", 80))
    'float32 (20,)'
    """
    shape = ", ".join(str(size) for size in info.shape)
    return f"{info.dtype} ({shape}{',' if len(info.shape) == 1 else ''})"


def when(step: int | None, every: float) -> str:
    """Return when values were taken, "" if no training goes on."""
    if step is None:
        return ""
    sampled = _("sampled every {seconds} s").format(seconds=number(every, 1)) if every else ""
    return " · ".join(filter(None, [_("step {step}").format(step=number(step)), sampled]))
