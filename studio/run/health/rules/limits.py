"""Where the rules draw their lines, each with the measurement that chose it.

Measured on the networks of `tests/faults`: "healthy" are the twenty that learn as they should, with three seeds each,
at any look or epoch of their training; "faulty" is the one that has the fault. A line lies between the two, nearer to
the faulty side: a warning that is wrong costs more than one that comes late.
"""

from __future__ import annotations

from typing import Final

# ------------------------------------------------------------------------------------------------- what goes in
#: Size of the inputs on average, and of the largest one. Healthy: 0.5 to 1, the largest 1 to 3.7; pixels up to 255 are
#: 122, a raw table 204; inputs that are too small 0.0001.
INPUT_LARGE: Final = 10.0
INPUT_SMALL: Final = 0.01
#: Standard deviation over the examples, by the largest value, below which they are the same. Healthy inputs 0.29 and
#: predictions 0.012 at least; faulty 0, and 3e-8 where rounding is all that is left.
SAME: Final = 1e-4
#: Share of the largest class. Healthy: 0.63 at most; faulty 0.975.
ONE_CLASS: Final = 0.9
#: Deviation or mean of amounts. Healthy: 0.3 (pixels) to 1; faulty 152.
TARGET_LARGE: Final = 20.0
TARGET_SMALL: Final = 0.02

# ---------------------------------------------------------------------------------------------- how it is wired
#: How far probabilities may be beyond 0 and 1: float32 rounds sums of a thousand scores by 1e-5.
ROUNDING: Final = 1e-3
#: By how many deviations answers may be beyond what an activation function gives. Answers that are meant for sigmoid
#: lie in its range; standardised ones are 1.5 below it.
BEYOND: Final = 0.25
#: Share that is dropped. Healthy: 0.3, and 0.5 in most papers; faulty 0.99.
DROPPED: Final = 0.8

# -------------------------------------------------------------------------------------------- what comes through
#: Looks in a row that must agree: one batch may be odd, and weights are never as far off as at the first steps.
AGREEING: Final = 3
#: Share of the units that are dead. Healthy: 0.5 at most, in a layer of 16; faulty 1.
DEAD: Final = 0.75
#: Share of the values at flat ends. Healthy: 0.06 at most; faulty 0.9.
FLAT: Final = 0.6
#: Gradient of an element of the first kernel, by the largest of all kernels. Healthy: 0.08 at least; eight layers of
#: sigmoid begin at 9e-6.
VANISHED: Final = 1e-3
#: Length of a gradient by that of its weight, or 1. Healthy: 3.5 at most; faulty 1,190 and more.
EXPLODED: Final = 100.0

# ------------------------------------------------------------------------------------------------- how it learns
#: Epochs and steps after which something should have been learned.
EPOCHS: Final = 3
STEPS: Final = 30
#: How far a step goes, by the length of the kernels: the median of those watched, and the farthest. Healthy: 0.03 and
#: 0.15 at most; too high a rate 0.9 to 1.4. The farthest of a training is 0.014 at least, with too low a rate 5e-7.
STEP_LARGE: Final = 0.2
STEP_WILD: Final = 0.5
STEP_SMALL: Final = 1e-5
#: Loss by that of the beginning or of chance, whichever is larger. Healthy: 0.37 at the end; faulty 4.4 and more.
GROWN: Final = 2.0
#: Share of the way from chance to no loss at all. Healthy: 0.48 at least at the end, and 0.06 for a while where a
#: spiral is learned; nothing is learned at 0.01 and less. A rate is not blamed for what is better than half.
LEARNED: Final = 0.03
LEARNED_LITTLE: Final = 0.5
#: Fall of the loss in an epoch, by that of chance, that leaves hope: a slow beginning falls by 0.02 and more.
FALLING: Final = 0.01

# ------------------------------------------------------------------------------------------------ what comes of it
#: Penalty by the loss of the data. Healthy: 0.15 at most; faulty 4.8.
PENALTY: Final = 2.0
#: Length of the kernels by that of the beginning. Healthy: 0.5 at least; faulty 0.05.
SHRUNK: Final = 0.1
#: The loss of the validation by its best, epochs since then, and how far it is above that of the training, by chance.
#: Healthy: 1.1, 2 and 0.1 at most, and for a while 1.3, 9 and 0.4 where a spiral is learned from 500 points; learned by
#: heart 2.3, 36 and 1.8.
WORSE: Final = 1.5
EPOCHS_WORSE: Final = 3
APART: Final = 0.5
