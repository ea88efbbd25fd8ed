"""Tensors as text and as files: what is written can be read again, and what cannot be written says why."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import EngineError, InvalidArgumentError, UnavailableError, UnsupportedError
from studio.inspector.background import CancelledError, Token
from studio.inspector.export import MOST_CONSTANT, constant_of, csv_text, latex_text, save
from studio.inspector.structure import sparse
from studio.ui.array_text import MOST_COPIED, numpy_text

RNG = np.random.default_rng(0)
TENSORS = [
    np.array(2.5, np.float32),
    RNG.normal(size=7).astype(np.float32),
    RNG.normal(size=(3, 4)),
    RNG.normal(size=(2, 3, 4)).astype(np.float16),
    np.arange(6, dtype=np.uint8).reshape(2, 3),
    np.array([True, False]),
    np.array([1 + 2j, 3 - 1j], np.complex64),
    np.zeros((0, 3), np.float32),
    np.array(["a,b", 'q"x', "ñ"]),
    np.array([[np.nan, np.inf], [-np.inf, 1e-30]], np.float32),
    np.array([complex(np.nan, np.inf), complex(-0.0, -np.inf), complex(1, -0.0)], np.complex128),
    np.array([[np.iinfo(np.int64).min, np.iinfo(np.int64).max]]),
    np.zeros((2, 0, 3), np.bool_),
    np.zeros((0, 4), "<U7"),
    np.array([b"ab", b"c"]),
]
BYTES = np.array([["ñandú".encode(), b"\xff"], [b"a,b", b""]], object)
IDS = [f"{t.dtype}{t.shape}" for t in TENSORS]


@pytest.mark.parametrize("values", TENSORS, ids=IDS)
def test_the_code_makes_the_tensor_again(values: np.ndarray) -> None:
    again = eval(numpy_text(values), {"np": np})
    assert (again.dtype, again.shape) == (values.dtype, values.shape)
    np.testing.assert_array_equal(again, values)
    if values.dtype.kind in "fc":
        np.testing.assert_array_equal(np.signbit(again.imag), np.signbit(values.imag))


@pytest.mark.parametrize("values", TENSORS, ids=IDS)
def test_the_rows_are_those_of_the_tensor(values: np.ndarray) -> None:
    rows = list(csv.reader(io.StringIO(csv_text(values))))
    assert len(rows) == (values.size // (values.shape[-1] if values.ndim > 1 else 1) if values.size else 0)
    if values.dtype.kind == "f" and values.size:
        np.testing.assert_array_equal(np.array(rows, values.dtype).reshape(values.shape), values)


@pytest.mark.parametrize("values", TENSORS, ids=IDS)
def test_latex_has_a_matrix_for_each_plane(values: np.ndarray) -> None:
    planes = int(np.prod(values.shape[:-2])) if values.ndim > 2 else 1
    assert latex_text(values).count("\\begin{bmatrix}") == planes


def test_latex_is_what_latex_reads() -> None:
    assert "9223372036854775807" in latex_text(np.array([2**63 - 1]))
    assert "1 - \\infty i" in latex_text(np.array([complex(1, -np.inf)]))
    assert "\\text{NaN} + 2i" in latex_text(np.array([complex(np.nan, 2)]))
    text = latex_text(np.array(["50 %_&#${}", "a\\b~^"]))
    assert "\\text{50 \\%\\_\\&\\#\\$\\{\\}}" in text
    assert "\\text{a\\textbackslash{}b\\textasciitilde{}\\textasciicircum{}}" in text


def test_strings_of_bytes_are_copied_and_saved(tmp_path: Path) -> None:
    again = eval(numpy_text(BYTES), {"np": np})
    assert (again.dtype, again.tolist()) == (BYTES.dtype, BYTES.tolist())
    assert csv_text(BYTES) == 'ñandú,\\xff\n"a,b",\n'
    assert "ñandú" in latex_text(BYTES)
    save(BYTES, tmp_path / "x.npy")
    assert np.load(tmp_path / "x.npy").tolist() == BYTES.tolist()
    save(BYTES, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == csv_text(BYTES)
    mixed = np.array(["ñ", b"\xc3\xb1", b"\xff"], object)
    save(mixed, tmp_path / "x.npz")
    assert np.load(tmp_path / "x.npz")["values"].tolist() == ["ñ", "ñ", "\\xff"]
    with pytest.raises(UnsupportedError, match="end in zeros"):
        save(np.array([b"a\0"], object), tmp_path / "x.npy")


@pytest.mark.parametrize("ending", [".npy", ".npz"])
@pytest.mark.parametrize("values", TENSORS, ids=IDS)
def test_files_hold_the_tensor(values: np.ndarray, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"tensor{ending}"
    save(values, path)
    found = np.load(path)
    np.testing.assert_array_equal(found if ending == ".npy" else found["values"], values)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_sparse_tensor_is_saved_with_its_fields(tmp_path: Path) -> None:
    save(sparse([1.0], [[0, 1]], (2, 2)), tmp_path / "x.npz")
    assert set(np.load(tmp_path / "x.npz").files) == {"values", "indices", "shape"}
    with pytest.raises(UnsupportedError, match="structure of its own"):
        save(sparse([1.0], [[0, 1]], (2, 2)), tmp_path / "x.csv")


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("before")
    token = Token()
    token.cancel()
    with pytest.raises(CancelledError):
        save(np.zeros((5, 5)), path, token.check)
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
    with pytest.raises(UnavailableError, match="cannot be written"):
        save(np.zeros(3), tmp_path / "none" / "x.npy")
    with pytest.raises(UnsupportedError, match=r"as \.txt"):
        save(np.zeros(3), tmp_path / "x.txt")


def test_what_is_too_much_is_not_copied() -> None:
    for write in (numpy_text, csv_text, latex_text):
        with pytest.raises(InvalidArgumentError, match="at most can be copied"):
            write(np.zeros(MOST_COPIED + 1, np.uint8))


def test_a_constant_holds_what_a_document_can() -> None:
    values = RNG.normal(size=(3, 4)).astype(np.float32)
    params = json.loads(json.dumps(constant_of(values)))
    np.testing.assert_array_equal(np.array(params["value"], params["dtype"]), values)
    for refused in (np.zeros(MOST_CONSTANT + 1), np.array([np.nan]), np.array(["a"]), np.array([1j]), np.zeros((0, 3))):
        with pytest.raises(EngineError):
            constant_of(refused)


def test_others_may_read_what_is_saved_as_any_file(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    for ending in (".npy", ".npz", ".csv"):
        path = tmp_path / f"tensor{ending}"
        save(np.arange(3), path)
        assert path.stat().st_mode == plain.stat().st_mode
