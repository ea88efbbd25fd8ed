"""Sizes on the canvas, in scene pixels (screen pixels at 100 %), and the levels of detail."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

CORNER: Final = 10.0
HEADER: Final = 30.0
BAR: Final = 3.0
ROW: Final = 20.0
PAD: Final = 14.0
BODY_TOP: Final = 7.0
BODY_BOTTOM: Final = 8.0
THUMBNAIL: Final = 44.0
MIN_WIDTH: Final = 132.0
MAX_WIDTH: Final = 256.0
MAX_LINES: Final = 4

PORT: Final = 12.0
DOT: Final = 1.5
PORT_REACH: Final = (10.0, 24.0)
"""Radius within which a port is meant: at 100 %, and at most when zoomed out, where it grows to stay as large."""

WIRE: Final = 2.0
WIRE_HOT: Final = 3.5
WIRE_REACH: Final = 6.0
EDGE_REACH: Final = 6.0
END_REACH: Final = 80.0
"""Pixels of the screen from the end of a wire within which a drag takes that end off."""
DROP_REACH: Final = 14.0
"""Pixels of the screen within which a node that is let go means a wire."""
LEAST_LABEL: Final = 8.5
"""Pixels of the screen below which the text on a wire shrinks no more."""
LABEL_GROWTH: Final = 1.6
"""How much larger than at 100 % it gets by that, where the texts are still shown."""
LABEL_GAP: Final = 8.0
BARE_SIZE: Final = (36.0, 16.0)
"""Of a node that shows nothing but its ports."""
RING: Final = 2.0
MARGIN: Final = 10.0
#: Radius of the lock on the border of a layer that does not learn.
LOCK: Final = 8.5
"""What a node paints around its body: half a port, the halo of a port, the ring of the selection."""

GRID: Final = 24.0
MIN_ZOOM: Final = 0.04
MAX_ZOOM: Final = 4.0
FRAME_ZOOM: Final = 1.25
"""Framing does not magnify beyond this."""

SPRITE_ZOOM: Final = 1.0
"""Up to this zoom bodies of nodes are copied, not drawn."""

PASTE_OFFSET: Final = 32.0
NUDGE: Final = 4.0
NUDGE_FAR: Final = 24.0
BSP_DEPTH: Final = 14
"""How often the index of the scene is halved. With Qt's 5, each strip of a pan looked at 660 of 5,000 nodes."""
FAR_POSITION: Final = 1e6
"""What lies beyond is shown here: scroll bars count in 32 bits."""


class Detail(IntEnum):
    """How much is painted: blocks and lines; titles, ports and pictures; everything.

    Measured with 1,000 nodes in view (tests/benchmarks/editor.py): painting items takes some 60 ms, blocks 2 ms.
    Below 38 % a title is under 5 px tall; below 50 % a parameter is no better.
    """

    FAR = 0
    MID = 1
    FULL = 2


def detail_at(zoom: float) -> Detail:
    """Return the level of detail for a zoom factor."""
    return Detail.FULL if zoom >= 0.5 else Detail.MID if zoom >= 0.38 else Detail.FAR
