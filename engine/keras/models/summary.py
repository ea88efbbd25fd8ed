"""The table that `Model.summary` prints."""

from __future__ import annotations

from typing import Any


def summary_text(model: Any, width: int = 78) -> str:
    """Return a table of a model's layers: name and class, output shape, number of parameters."""
    rows = [("Layer (type)", "Output Shape", "Param #")]
    for layer in model.layers:
        count = f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"
        rows.append((f"{layer.name} ({type(layer).__name__})", _shapes(layer), count))
    columns = [int(width * 0.46), int(width * 0.32), width - int(width * 0.46) - int(width * 0.32) - 4]
    lines = [f'Model: "{model.name}"', _rule("┏━┳━┳━┓", columns), _row(rows[0], columns), _rule("┡━╇━╇━┩", columns)]
    for number, row in enumerate(rows[1:]):
        if number:
            lines.append(_rule("├─┼─┼─┤", columns))
        lines.append(_row(row, columns))
    lines.append(_rule("└─┴─┴─┘", columns))
    trainable = sum(w.shape.num_elements() or 0 for w in model.trainable_weights)
    total = model.count_params()
    lines += [
        f" Total params: {total:,}",
        f" Trainable params: {trainable:,}",
        f" Non-trainable params: {total - trainable:,}",
    ]
    return "\n".join(lines)


def _shapes(layer: Any) -> str:
    symbolic = [tuple(o.shape) for call in layer.calls[:1] for o in call.outputs]
    shapes = symbolic or layer.seen_shapes
    return ", ".join(map(str, shapes)) if shapes else "?"


def _rule(marks: str, columns: list[int]) -> str:
    left, line, middle, right = marks[0], marks[1], marks[2], marks[-1]
    return left + middle.join(line * c for c in columns) + right


def _row(cells: tuple[str, str, str], columns: list[int]) -> str:
    name, shape, count = (text[: width - 2] for text, width in zip(cells, columns, strict=True))
    a, b, c = (width - 2 for width in columns)
    return f"│ {name:<{a}} │ {shape:<{b}} │ {count:>{c}} │"
