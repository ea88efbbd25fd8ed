"""Automatic layout: nodes in layers from left to right, few crossings, wires as straight as they can be.

The method is that of Sugiyama, Tagawa and Toda (1981): layers, order within the layers, coordinates. It knows where
on a node a port is, which the libraries for it do not, and it works in steps, so that a window can go on answering.
"""

from __future__ import annotations

from studio.document.layout.arrangement import Frame, Link, arrange, arranging

__all__ = ["Frame", "Link", "arrange", "arranging"]
