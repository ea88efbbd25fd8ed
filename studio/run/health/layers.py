"""What is remembered of the layers of a training: a row for each look, in a table that stays small however long it is.

The same table is kept by the engine's process, by the window, and in the folder of a run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import DataLossError
from studio.run.health.layout import ACTIVATION, WEIGHT, Layout, layout_from
from studio.run.health.records import BINS, Histogram, Sample

#: Rows that are remembered at most, bytes that they take at most, and rows that are remembered however large they are.
#: A row of the digits network takes 0.8 kB, one of 300 dense layers 114 kB.
KEPT: Final = 256
BYTES: Final = 8 << 20
LEAST: Final = 16
#: The last rows, of which none makes way.
RECENT: Final = 10
#: The version of the format that this program writes.
VERSION: Final = 2


class LayerHistory:
    """The rows of a training, the first one first. When there are too many, older ones make way, evenly over the steps.

    Parameters
    ----------
    layout
        What is in a row.

    Examples
    --------
    >>> from studio.run.health.layout import LayerPlace, WeightPlace
    >>> history = LayerHistory(Layout((LayerPlace("hidden", "Dense", (WeightPlace("kernel", (4, 2)),)),)))
    >>> row = np.zeros(1, history.layout.row)
    >>> for step in (0, 1, 21):
    ...     row["step"] = step
    ...     _ = history.extend(row)
    >>> history.rows["step"].tolist(), history.rows["weights"]["norm"].shape
    ([0, 1, 21], (3, 1))
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._type = layout.row
        self.capacity = max(LEAST, min(KEPT, BYTES // self._type.itemsize))
        self._table: Array = np.zeros(4, self._type)
        self._size = 0
        self._weights = {place: i for i, place in enumerate(layout.weights())}
        self._activations = {place: i for i, place in enumerate(layout.activations())}

    def __len__(self) -> int:
        return self._size

    @property
    def rows(self) -> Array:
        """All rows."""
        return self._table[: self._size]

    @property
    def nbytes(self) -> int:
        """What the rows take."""
        return self._size * self._type.itemsize

    @property
    def raw(self) -> Array:
        """All rows as bytes, which can be sent: a row each."""
        return self.rows.view(np.uint8).reshape(self._size, self._type.itemsize)

    def rows_of(self, raw: Array) -> Array:
        """Return rows of their bytes."""
        return np.ascontiguousarray(raw).reshape(-1).view(self._type)

    def weight(self, node: str, name: str) -> Array | None:
        """Return what is known of a weight, a row each; None if it does not learn."""
        place = self._weights.get((node, name))
        return None if place is None else self.rows["weights"][:, place]

    def activation(self, node: str, number: int) -> Array | None:
        """Return what is known of what an activation function gives."""
        place = self._activations.get((node, number))
        return None if place is None else self.rows["activations"][:, place]

    def extend(self, rows: Array) -> bool:
        """Add rows; those that were known of their steps and of later ones do not count any more.

        Returns
        -------
        bool
            Whether other rows are not there any more that were there before.
        """
        if not len(rows):
            return False
        before = self._size
        self._size = int(np.searchsorted(self.rows["step"], rows["step"][0]))
        is_other = self._size != before
        needed = self._size + len(rows)
        if needed > len(self._table):
            larger = np.zeros(max(needed, min(2 * len(self._table), self.capacity + 1)), self._type)
            larger[: self._size] = self.rows
            self._table = larger
        self._table[self._size : needed] = rows
        self._size = needed
        while self._size > self.capacity:
            self._thin()
            is_other = True
        return is_other

    def _thin(self) -> None:
        """Keep the last rows, and of those before half as many as there may be, evenly over the steps."""
        steps = self.rows["step"]
        wanted = np.linspace(steps[0], steps[-1], self.capacity // 2)
        recent = np.arange(self._size - RECENT, self._size)
        kept = np.union1d(np.searchsorted(steps, wanted), recent)[-self.capacity :]
        kept[0] = 0  # how it began
        self._table[: len(kept)] = self._table[kept]
        self._size = len(kept)

    def row_of(self, sample: Sample, step: int) -> Array:
        """Return the row of a look after so many steps; what the layout does not know is left out."""
        row = np.zeros(1, self._type)
        row["step"], row["epoch"] = step, sample.epoch
        row["loss"], row["gradient_norm"] = sample.loss, sample.gradient_norm
        weights, activations = row["weights"][0], row["activations"][0]
        weights[:] = _NOTHING_OF_A_WEIGHT
        activations[:] = _NOTHING_OF_AN_ACTIVATION
        with np.errstate(over="ignore"):  # what is too long for float32 is infinitely long
            for weight in sample.weights:
                if (place := self._weights.get((weight.node, weight.name))) is not None:
                    weights[place] = (
                        weight.norm,
                        _or_nan(weight.gradient_norm),
                        _or_nan(weight.update_ratio),
                        _spread(weight.values),
                        _spread(weight.gradients),
                    )
            seen: dict[str, int] = {}
            for each in sample.activations:
                number = seen[each.node] = seen.get(each.node, -1) + 1
                if (place := self._activations.get((each.node, number))) is not None:
                    shares = _or_nan(each.saturated), _or_nan(each.dead)
                    activations[place] = (each.mean, each.std, *shares, _spread(each.values))
        return row

    def weights(self, places: Sequence[tuple[str, str]], name: str) -> Array:
        """Return one figure of weights that learn, by node and name: a row for each look, a column for each weight."""
        columns = [self._weights[place] for place in places]
        found: Array = self.rows["weights"][name][:, columns].astype(np.float64)
        return found

    # ---------------------------------------------------------------------------------------------------------- files

    def head(self) -> bytes:
        """Return the line that a file begins with; behind it come the bytes of the rows."""
        fields = {"format": "trenza layers", "version": VERSION, **asdict(self.layout)}
        return json.dumps(fields).encode() + b"\n"

    @classmethod
    def read(cls, data: bytes, name: str = "") -> LayerHistory:
        """Return what a file holds; a row that was cut off is left out.

        Raises
        ------
        DataLossError
            If it is damaged, or one of a newer version.
        """
        head, _line, body = data.partition(b"\n")
        try:
            fields = json.loads(head)
            if fields.pop("format") != "trenza layers":
                raise ValueError
            version = int(fields.pop("version"))
            if version <= VERSION:
                history = cls(layout_from(fields))
                size = history._type.itemsize
                history.extend(np.frombuffer(body[: len(body) // size * size], history._type))
                return history
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, MemoryError) as error:
            raise DataLossError(
                "What was kept of the layers is damaged: {file} cannot be understood.",
                hint="Train again; the other parts of the run are whole.",
                file=name,
            ) from error
        raise DataLossError(
            "{file} was saved by a newer Trenza: its format has version {found}, this program reads up to {known}.",
            hint="Update Trenza to open it.",
            file=name,
            found=version,
            known=VERSION,
        )


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


_NO_SPREAD: Final = (np.nan, np.nan, (0,) * BINS)
_NOTHING_OF_A_WEIGHT: Final = np.array((np.nan, np.nan, np.nan, _NO_SPREAD, _NO_SPREAD), WEIGHT)
_NOTHING_OF_AN_ACTIVATION: Final = np.array((np.nan, np.nan, np.nan, np.nan, _NO_SPREAD), ACTIVATION)


def _spread(histogram: Histogram | None) -> tuple[float, float, tuple[int, ...]]:
    return _NO_SPREAD if histogram is None else (histogram.low, histogram.high, histogram.counts)
