"""Tensors as text and as files."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError, UnavailableError, UnsupportedError
from studio.ui.array_text import as_text, limited, numpy_text
from studio.ui.i18n import N_

#: The kinds of dtypes whose elements are strings.
_TEXT: Final = "OSU"
#: The most elements of a constant in a document, which is read and written with each save.
MOST_CONSTANT: Final = 10_000


def csv_text(values: Array) -> str:
    """Return a tensor as comma-separated values: a line for each row; of more axes, the planes one behind the other.

    Raises
    ------
    InvalidArgumentError
        If it is too large.

    Examples
    --------
    >>> csv_text(np.array([[1, 2], [3, 4]]))
    '1,2\\n3,4\\n'
    """
    limited(values)
    text = io.StringIO()
    _write_rows(values, text)
    return text.getvalue()


def _write_rows(values: Array, text: Any, check: Callable[[], None] = lambda: None) -> None:
    writer = csv.writer(text, lineterminator="\n")
    columns = values.shape[-1] if values.ndim > 1 else 1
    for row in values.reshape(-1, columns) if values.size else ():
        check()
        cells = row.tolist()
        writer.writerow(map(as_text, cells) if values.dtype.kind in _TEXT else cells)


def latex_text(values: Array) -> str:
    """Return a matrix as LaTeX writes it, a matrix for each plane if there are more axes.

    Of floats there are four significant digits, of whole numbers all.

    Raises
    ------
    InvalidArgumentError
        If it is too large.

    Examples
    --------
    >>> print(latex_text(np.array([[1.0, -0.5], [1e-7, np.inf]])))
    \\begin{bmatrix}
    1 & -0.5 \\\\
    1 \\cdot 10^{-7} & \\infty
    \\end{bmatrix}
    """
    limited(values)
    plane = values.reshape(-1, 1) if values.ndim < 2 else values
    if plane.ndim > 2:
        return "\n".join(latex_text(part) for part in plane)
    lines = [" & ".join(_latex(value) for value in row) for row in plane]
    return "\\begin{bmatrix}\n" + " \\\\\n".join(lines) + "\n\\end{bmatrix}"


#: What stands for letters that mean something to LaTeX.
_ESCAPED: Final = str.maketrans(
    {
        **{letter: f"\\{letter}" for letter in "_%&#${}"},
        "\\": "\\textbackslash{}",
        "~": "\\textasciitilde{}",
        "^": "\\textasciicircum{}",
    }
)


def _latex(value: Any) -> str:
    if isinstance(value, np.bool_ | str | bytes):
        return f"\\text{{{as_text(value).translate(_ESCAPED)}}}"
    if isinstance(value, np.integer):
        return str(value)
    if isinstance(value, np.complexfloating):
        sign = "-" if value.imag < 0 else "+"
        return f"{_latex(value.real)} {sign} {_latex(abs(value.imag))}{'' if np.isfinite(value.imag) else ' '}i"
    if not np.isfinite(value):
        return "\\text{NaN}" if np.isnan(value) else "\\infty" if value > 0 else "-\\infty"
    mantissa, e, power = f"{value.item():.4g}".partition("e")
    return f"{mantissa} \\cdot 10^{{{int(power)}}}" if e else mantissa


#: What can be copied: the action's id, and what makes the text.
COPIES: Final[Mapping[str, Callable[[Array], str]]] = {
    "tensor.copy_numpy": numpy_text,
    "tensor.copy_csv": csv_text,
    "tensor.copy_latex": latex_text,
}


def constant_of(values: Array) -> dict[str, Any]:
    """Return the parameters of a constant with these values.

    Raises
    ------
    InvalidArgumentError
        If it is too large for a document, or holds what a document cannot.

    Examples
    --------
    >>> constant_of(np.array([1.0, 2.0], np.float32))
    {'value': [1.0, 2.0], 'dtype': 'float32'}
    """
    if values.size > MOST_CONSTANT:
        raise InvalidArgumentError(
            "The tensor has {size} elements, but a constant of a document has {most} at most.",
            hint="Pick a part of it by an index.",
            size=values.size,
            most=MOST_CONSTANT,
        )
    if values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        raise InvalidArgumentError(
            "A constant of a document holds finite numbers and truth values only.",
            hint="Pick a part without NaN and infinite values by an index.",
        )
    if np.shape(values.tolist()) != values.shape:
        raise InvalidArgumentError(
            "A constant of a document is written as lists, and none have the shape {shape}.",
            hint="Pick a part that has elements.",
            shape=values.shape,
        )
    return {"value": values.tolist(), "dtype": values.dtype.name}


# ------------------------------------------------------------------------------------------------------------- files


def _strings(values: Array) -> Array:
    """Return a tensor of strings in a dtype that files of NumPy have: as bytes if all are, else as text.

    Raises
    ------
    UnsupportedError
        If a string ends in zeros, which NumPy takes for what fills it up.
    """
    if values.dtype.kind != "O":
        return values
    flat = values.ravel().tolist()
    if any(as_text(value).endswith("\0") for value in flat):
        raise UnsupportedError("Strings that end in zeros cannot be saved for NumPy.", hint="Save them as .csv.")
    is_bytes = all(isinstance(value, bytes) for value in flat)
    found = np.array(flat, bytes) if is_bytes else np.array([as_text(value) for value in flat], str)
    return found.reshape(values.shape)


def _npy(file: BinaryIO, values: Array, check: Callable[[], None]) -> None:
    np.lib.format.write_array(file, _strings(np.asarray(values)), allow_pickle=False)


def _npz(file: BinaryIO, values: Array, check: Callable[[], None]) -> None:
    fields: dict[str, Any] = {name: values[name] for name in values.dtype.names or ()} or {"values": _strings(values)}
    np.savez_compressed(file, **fields)


def _csv(file: BinaryIO, values: Array, check: Callable[[], None]) -> None:
    limited(values, most=10**9)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    _write_rows(values, text, check)
    text.detach()


Writer = Callable[[BinaryIO, Array, Callable[[], None]], None]

#: The files that a tensor can be saved to: the ending, what the dialog calls it, and what writes it.
FILES: Final[Mapping[str, tuple[str, Writer]]] = {
    ".npy": (N_("NumPy array"), _npy),
    ".npz": (N_("NumPy archive"), _npz),
    ".csv": (N_("Comma-separated values"), _csv),
}


def save(values: Array, path: Path, check: Callable[[], None] = lambda: None) -> None:
    """Write a tensor to a file, whole or not at all: the ending says how. `check` may end the work by raising.

    Raises
    ------
    UnsupportedError
        If there is no such kind of file, or it cannot hold such a tensor.
    UnavailableError
        If the file cannot be written.
    """
    if path.suffix.lower() not in FILES:
        raise UnsupportedError(
            "A tensor cannot be saved as {ending}.",
            hint="Use .npy, .npz or .csv.",
            ending=path.suffix or path.name,
        )
    temporary = path.with_name(f".trenza-{secrets.token_hex(6)}.tmp")
    try:
        # not by `tempfile`, whose files only their owner may read
        with open(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666), "w+b") as file:
            FILES[path.suffix.lower()][1](file, values, check)
        os.replace(temporary, path)
    except OSError as error:
        raise UnavailableError(
            "{path} cannot be written: {why}.",
            hint="Choose another folder, or free some room.",
            path=str(path),
            why=error.strerror or str(error),
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
