"""The table of ``trenza bench`` as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from studio.bench.measure import ROWS, Row, Verdict
from studio.ui.i18n import N_, _, number

NAMES: Final = {
    "engine": "Trenza",
    "floor": N_("floor"),
    "tuned": N_("by hand"),
    "keras": "Keras/TensorFlow",
    "torch": "PyTorch",
    "jax": "JAX",
}

MEASURES: Final = {
    "step": N_("one step"),
    "forward": N_("forward"),
    "gradient": N_("with gradient"),
    "scalars": N_("two scalars"),
    "vectors": N_("two vectors of 1,000"),
    "cold": N_("empty cache"),
    "warm": N_("warm cache"),
    "warm_step": N_("warm cache, after the imports"),
    "buffers": N_("buffers"),
    "separate": N_("buffers without reuse"),
    "share": N_("buffers, share of those without reuse"),
    "process": N_("peak of the process"),
}

#: Largest unit first: how much of the measured unit it is, its symbol.
_UNITS: Final = {
    "s": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (0.0, "ns")),
    "bytes": ((1e9, "GB"), (1e6, "MB"), (0.0, "kB")),
}
_SMALLEST: Final = {"s": 1e-9, "bytes": 1e3}


def heading(facts: dict[str, Any], rounds: int) -> str:
    """Return what is to be known of all rows."""
    data = _("MNIST") if facts["data"] == "mnist" else _("random images of MNIST's shape, as MNIST was not found")
    lines = [
        f"{facts['processor']}, {facts['system']}, Python {facts['python']}",
        _("{threads} processors for each library, medians of {rounds} rounds in turn; data: {data}").format(
            threads=facts["threads"], rounds=rounds, data=data
        ),
    ]
    if facts["load"] is not None and facts["load"] > facts["threads"] / 2:
        lines.append(_("The machine is busy with other work (load {load}).").format(load=number(facts["load"], 1)))
    return "\n".join(lines)


def text(row: Row) -> str:
    """Return a row's lines: figures, ratios, targets."""
    lines = ["", f"{_(ROWS[row.name])}  [{row.name}]"]
    for measure, columns in row.rounds.items():
        lines.append(f"  {_(MEASURES[measure])}")
        for column in columns:
            lines.append(_figure(row, measure, column))
        lines += [f"    {line}" for v in row.verdicts() if v.measure == measure for line in _judged(v, row)]
    for column, reason in row.missing.items():
        lines.append(
            "  "
            + _("{column} is not available here: {reason}").format(
                column=_(NAMES[column]), reason=" ".join(reason.split())
            )
        )
    return "\n".join(lines)


def _figure(row: Row, measure: str, column: str) -> str:
    value, ratio = row.median(measure, column), row.ratio(measure, column)
    assert value is not None
    shown = quantity(value, row.units.get(measure, "s"))
    times = "" if column == "engine" or ratio is None else f"{number(ratio, 2)}×"
    return f"    {_(NAMES[column]):<18}{shown:>12}{times:>10}"


def _judged(verdict: Verdict, row: Row) -> Iterator[str]:
    if verdict.found is None or verdict.met is None:
        return
    mark = "✓" if verdict.met else "✗"
    sign = "≥" if verdict.word == "faster" else "≤"
    if verdict.other is None:
        unit = row.units.get(verdict.measure, "s")
        wanted, found = quantity(verdict.wanted, unit), quantity(verdict.found, unit)
    else:
        wanted, found = f"{number(verdict.wanted)}×", f"{number(verdict.found, 2)}×"
    state = _("met") if verdict.met else _("missed")
    name = "" if verdict.other is None else f" {_(NAMES[verdict.other])}"
    yield f"{mark} {_('target')}{name} {sign} {wanted}: {found}, {state}"


def quantity(value: float, unit: str) -> str:
    """Return a figure with its unit.

    Examples
    --------
    >>> quantity(0.00021, "s"), quantity(2.5e8, "bytes"), quantity(0.477, "share")
    ('210 µs', '250 MB', '47.7 %')
    """
    if unit == "share":
        return f"{number(value * 100, 1)} %"
    least, symbol = next(u for u in _UNITS[unit] if value >= u[0])
    scaled = value / (least or _SMALLEST[unit])
    return f"{number(scaled, 0 if scaled >= 100 else 1 if scaled >= 10 else 2)} {symbol}"


def summary(rows: list[Row]) -> str:
    """Return how many targets are met, and which are not."""
    verdicts = [(row, v) for row in rows for v in row.verdicts() if v.met is not None]
    if not verdicts:
        return ""
    met = sum(bool(v.met) for _row, v in verdicts)
    return "\n" + _("{met} of {count} targets that could be judged are met.").format(met=met, count=len(verdicts))
