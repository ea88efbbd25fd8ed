"""What passes, kernels and numbers of a program are called, in the language in use."""

from __future__ import annotations

from typing import Final

from studio.run.lazy.data import Kernel, OpNode
from studio.ui.i18n import N_, _, number
from studio.ui.phases import PHASES

#: The passes: a short name, and what they do.
PASSES: Final[dict[str, tuple[str, str]]] = {
    "trace": (N_("traced"), N_("The graph as the program has told it, op by op.")),
    "fold": (N_("folded"), N_("What is known before the program runs is computed once.")),
    "simplify": (N_("simplified"), N_("Ops that change nothing are left out.")),
    "stabilise": (N_("stabilised"), N_("Formulas that overflow or cancel are put in the form that does not.")),
    "cse": (N_("shared"), N_("What is computed twice is computed once.")),
    "merge": (N_("loops merged"), N_("Loops that are run twice are run once.")),
    "unpool": (N_("pooling"), N_("Max pooling's gradient stays small.")),
    "prune": (N_("pruned"), N_("What nobody reads is not computed.")),
    "fuse": (N_("fused"), N_("Ops over the same elements become one loop: a kernel.")),
}
_OTHER: Final = ("", "dim", "▪")
_KINDS: Final = {"input": N_("input"), "state": N_("variable"), "constant": N_("constant"), "op": N_("op")}
#: What computes a step, as the engine names it.
KERNEL_KINDS: Final = {
    "kernel": N_("Numba kernel"),
    "BLAS": N_("BLAS"),
    "control": N_("programs of its own"),
    "NumPy": N_("NumPy"),
}

#: What stands in place of kernels, times and memory where a program has none.
NOTHING_LEFT: Final = N_("Nothing is left to run: all of it was computed when it was compiled.")


def pass_name(name: str) -> str:
    """Return what a pass is called."""
    return _(PASSES[name][0]) if name in PASSES else name


def phase_look(phase: str) -> tuple[str, str, str]:
    """Return the untranslated name of a phase, the token of its colour, and its sign."""
    return PHASES.get(phase, _OTHER)


def title_of(node: OpNode) -> str:
    """Return what stands on a node."""
    return node.name.rpartition("/")[2] if node.name else node.op


def kind_of(node: OpNode) -> str:
    """Return what a node is: an op, or what is given."""
    return _(_KINDS[node.kind])


def kernel_name(kernel: Kernel) -> str:
    """Return what a kernel is called: its number, and its ops."""
    return f"{kernel.info.number} · {kernel.info.name}"


def rate_text(amount: float, unit: str) -> str:
    """Return a rate with its unit: billions of something a second.

    Examples
    --------
    >>> rate_text(45.98e9, "FLOP/s")
    '46.0 GFLOP/s'
    """
    return f"{number(amount / 1e9, 1)} G{unit}"
