"""What curves are called, and which end of them is the good one."""

from __future__ import annotations

from typing import Final

from studio.ui.i18n import N_, _, label, sentence

# What the messages call the usual ones: here for the catalogues, which cannot read it from the messages.
USUAL: Final = (
    N_("loss"),
    N_("accuracy"),
    N_("precision"),
    N_("recall"),
    N_("mean absolute error"),
    N_("mean squared error"),
    N_("root mean squared error"),
    N_("top k categorical accuracy"),
    N_("sparse categorical accuracy"),
    N_("categorical accuracy"),
    N_("binary accuracy"),
)

# What is measured beside the loss and the metrics: names that no metric can bear, titles, and whether it is smoothed.
LEARNING_RATE, GRADIENT_NORM, THROUGHPUT = ":learning_rate", ":gradient_norm", ":examples_per_second"
SAMPLED: Final[dict[str, tuple[str, bool]]] = {
    LEARNING_RATE: (N_("Learning rate"), False),
    GRADIENT_NORM: (N_("Gradient norm"), True),
    THROUGHPUT: (N_("Examples per second"), True),
}
# What the titles alone do not say.
HELP: Final[dict[str, str]] = {
    GRADIENT_NORM: N_(
        "The length of the gradient of the loss over all weights, of some examples now and then: the same as in the "
        "panel of the layers, and only while this is shown."
    ),
}


def title(name: str) -> str:
    """Return the title of the plot of "loss" or of a metric, in the language in use.

    That of a metric within functions has the way to it behind.

    Examples
    --------
    >>> title("accuracy"), title("block/encoder/accuracy")
    ('Accuracy', 'Accuracy · block › encoder')
    """
    if name in SAMPLED:
        return _(SAMPLED[name][0])
    *way, last = name.split("/")
    return " · ".join((sentence(label(last)), *([" › ".join(map(label, way))] if way else [])))
