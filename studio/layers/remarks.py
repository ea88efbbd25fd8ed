"""What is said of a training beside its warnings: why nothing is drawn, what rests, and how looks are taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.layers.rows import Row
from studio.layers.subject import Subject
from studio.run.health.layers import LayerHistory
from studio.run.health.layout import LayerPlace, State, WeightPlace
from studio.ui.i18n import N_, _, ngettext, number, written_size

_STATES: Final[dict[State, str]] = {
    "learns": "",
    "frozen": N_("This weight is frozen: it does not learn in this training, so there is nothing to draw."),
    "kept": N_("The layer keeps this weight itself, as running means are: no gradient changes it."),
}


def remarks(subject: Subject, row: Row) -> Sequence[str]:
    """Return what is to be said of a row."""
    return [text for text in _remarks(subject, row) if text]


def _remarks(subject: Subject, row: Row) -> Iterator[str]:
    if row.layer is None:
        if not subject.kernels:
            yield _("No weight of this network learns: there is nothing to draw.")
    elif row.weight is None:
        yield _layer_text(row.layer)
    else:
        yield _state_text(row.weight)
        weight = subject.weight(row)
        if weight is not None and len(weight):
            yield _weight_text(weight, subject.steps)
    if len(subject.history) == 1:
        yield _("There is but one look so far; lines appear with the next one.")


def _weight_text(weight: Array, steps: Array) -> str:
    """Return what is remarkable in what is known of a weight, "" if nothing is."""
    bad = np.flatnonzero(~np.isfinite(weight["norm"]))
    if len(bad):
        text = _("From step {step} on it holds values that are no finite numbers.")
        return text.format(step=number(int(steps[bad[0]])))
    if steps[-1] > 0 and np.isnan(weight["update_ratio"][-1]) and len(weight) > 1:
        return _("At the last look it rests: its layer was frozen meanwhile.")
    if weight["gradient_norm"][-1] == 0:
        return _("At the last look its gradient is exactly 0: nothing comes back to here.")
    return ""


def _state_text(place: WeightPlace) -> str:
    """Return why nothing is known of a weight, "" if something is."""
    if not place.size:
        return _("This weight has no elements: there is nothing to draw.")
    return _(_STATES[place.state]) if _STATES[place.state] else ""


def _layer_text(place: LayerPlace) -> str:
    """Return why nothing is known of a layer without weights, "" if something is."""
    if place.activations:
        return ""
    return _("This layer has no weights, and applies no activation function: there is nothing to draw.")


def sampling_text(history: LayerHistory) -> str:
    """Return how looks are taken, how many there are, and what they take."""
    how, layout = history.layout.sampling, history.layout
    text = _(
        "At most one look every {every} steps, at {examples} examples, for at most {share} % of the time ({seen} % "
        "while this is shown) and {seconds} s besides."
    ).format(
        every=number(how.every),
        examples=number(how.examples),
        share=number(100 * how.share),
        seen=number(100 * how.seen_share),
        seconds=number(how.seconds),
    )
    looks = ngettext("{n} look so far: {size}.", "{n} looks so far: {size}.", len(history))
    kept = _("Of a long training {most} are kept, spread over all of it: {size}.").format(
        most=number(history.capacity), size=written_size(history.capacity * layout.row.itemsize)
    )
    return " ".join((text, looks.format(n=number(len(history)), size=written_size(history.nbytes)), kept))
