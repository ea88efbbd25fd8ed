"""Control flow for programs: Python's own when they run eagerly, ops that hold graphs when they are traced."""

from engine.runtime.control.branches import case, cond, switch_case
from engine.runtime.control.loops import while_loop
from engine.runtime.control.scans import foldl, foldr, map_fn, scan, vectorized_map

__all__ = ["case", "cond", "foldl", "foldr", "map_fn", "scan", "switch_case", "vectorized_map", "while_loop"]
