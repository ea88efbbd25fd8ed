"""How Qt fills areas."""

from __future__ import annotations

import os


def fill_in_this_thread() -> None:
    """Let Qt fill areas in the thread that paints; it is to be said before there is an application.

    By itself it shares whatever is 96 rows high or more out among a pool of threads and waits for them, which takes
    longer than to fill it: 14 to 190 µs, and not 5, for a translucent band of 14 by 140 pixels on two processors, both
    idle. Beside a training, which uses all of them, it waits until they come to their turn.
    """
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
