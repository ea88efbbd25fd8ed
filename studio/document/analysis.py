"""What is known of a document without running it: the type of every wire, and what is wrong where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from studio.document.document import PortRef


@dataclass(frozen=True)
class Problem:
    """Something that keeps a document from running (an error) or may not be meant (a warning)."""

    error: EngineError
    node: str | None = None
    port: str | None = None
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True)
class Analysis:
    """Specs of the output ports, parameter counts of the nodes, and problems in the order of the nodes.

    `flops` has the floating-point operations that each node does for one example, forward.
    """

    specs: Mapping[PortRef, TensorSpec] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    flops: Mapping[str, int] = field(default_factory=dict)
