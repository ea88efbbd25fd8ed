"""The small data sets that come with scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.data.dataset import Dataset, Examples, register

_STANDARDIZE = Param("bool", True, "Shift and scale each input to mean 0 and standard deviation 1.")


def _bunch(name: str, **options: Any) -> Any:
    from sklearn import datasets  # takes a second to import

    return getattr(datasets, name)(**options)


def _shuffled(x: Array, y: Array) -> tuple[Array, Array]:
    """Mix the examples, always in the same way: some sources list them class by class."""
    order = np.random.Generator(np.random.Philox(0)).permutation(len(x))
    return x[order], y[order]


def _standardized(x: Array, standardize: bool) -> Array:
    x = x.astype(np.float32)
    return (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-7) if standardize else x


def _digits() -> Examples:
    bunch = _bunch("load_digits")
    x, y = _shuffled(bunch.images, bunch.target)
    return Examples((x.astype(np.float32) / 16, y.astype(np.int32)), labels=tuple("0123456789"))


DIGITS = register(
    name="digits",
    title="Digits 8×8",
    summary="1,797 handwritten digits, 8 by 8 pixels from 0 to 1.",
    x=TensorSpec((None, 8, 8)),
    y=TensorSpec((None,), "int32"),
    load=_digits,
    keywords=("images", "classification"),
    classes=10,
)


def _classes(loader: str) -> Callable[[bool], Examples]:
    def load(standardize: bool) -> Examples:
        bunch = _bunch(loader)
        x, y = _shuffled(_standardized(bunch.data, standardize), bunch.target.astype(np.int32))
        return Examples((x, y), labels=tuple(map(str, bunch.target_names)))

    return load


def _table(name: str, title: str, summary: str, inputs: int, classes: int, loader: str) -> Dataset:
    return register(
        name=name,
        title=title,
        summary=summary,
        x=TensorSpec((None, inputs)),
        y=TensorSpec((None,), "int32"),
        load=_classes(loader),
        params={"standardize": _STANDARDIZE},
        keywords=("table", "classification"),
        classes=classes,
    )


IRIS = _table("iris", "Iris", "150 irises of three species, measured in four ways.", 4, 3, "load_iris")
WINE = _table("wine", "Wine", "178 wines of three growers, analysed in 13 ways.", 13, 3, "load_wine")
BREAST_CANCER = _table(
    "breast_cancer",
    "Breast cancer",
    "569 tumours, malignant or benign, measured in 30 ways.",
    30,
    2,
    "load_breast_cancer",
)


def _diabetes(standardize: bool) -> Examples:
    bunch = _bunch("load_diabetes", scaled=False)
    x, y = _shuffled(_standardized(bunch.data, standardize), bunch.target.astype(np.float32)[:, None])
    return Examples((x, _standardized(y, standardize)))


DIABETES = register(
    name="diabetes",
    title="Diabetes",
    summary="442 patients: ten measurements, and how the disease had progressed a year later.",
    x=TensorSpec((None, 10)),
    y=TensorSpec((None, 1)),
    load=_diabetes,
    params={"standardize": Param("bool", True, "Shift and scale inputs and answers to mean 0 and deviation 1.")},
    keywords=("table", "regression"),
)
