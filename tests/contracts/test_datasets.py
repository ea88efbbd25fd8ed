"""Every data set gives what its record announces, the same each time, and refuses what it cannot make."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import engine as tf
from engine.core.param import Param
from engine.data import DATASETS
from engine.data.dataset import Dataset, Examples

#: MNIST is not made on the spot; it has tests of its own.
MADE = [d for d in DATASETS.values() if d.name != "mnist"]
PARAMS = [(d, name) for d in DATASETS.values() for name in d.params]
SEEDED = [d for d in MADE if "seed" in d.params]

#: How many examples and classes the embedded ones have.
EMBEDDED = {"digits": (1797, 10), "iris": (150, 3), "wine": (178, 3), "breast_cancer": (569, 2), "diabetes": (442, 0)}


def test_every_embedded_data_set_is_in_the_table() -> None:
    assert {d.name for d in MADE if "seed" not in d.params} == set(EMBEDDED)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda d: d.name)
def test_a_data_set_says_what_it_is(dataset: Dataset) -> None:
    assert dataset.title
    assert dataset.summary.endswith(".")
    assert dataset.keywords
    assert [name for name, p in dataset.params.items() if not p.help] == []


@pytest.mark.parametrize("dataset", MADE, ids=lambda d: d.name)
def test_the_examples_are_those_that_were_announced(dataset: Dataset) -> None:
    examples = dataset()
    for spec, array in zip(dataset.specs(), examples.train, strict=True):
        assert spec.is_compatible_with(tf.TensorSpec(array.shape, array.dtype))
        assert np.isfinite(array).all()
        assert not array.flags.writeable or array.base is None or array.flags.c_contiguous
    x, y = examples.train
    assert len(x) == len(y) > 0
    if dataset.name in EMBEDDED:
        count, classes = EMBEDDED[dataset.name]
        assert len(x) == count
        assert len(np.unique(y)) == classes or not classes
        assert len(examples.labels) == classes


@pytest.mark.parametrize("dataset", MADE, ids=lambda d: d.name)
def test_the_same_parameters_give_the_same_examples(dataset: Dataset) -> None:
    first, second = dataset().train, dataset().train
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    first[0][:] = 0
    assert np.array_equal(dataset().train[0], second[0]), "nobody else's copy is changed"


@pytest.mark.parametrize("dataset", [d for d in MADE if d.y.dtype == "int32"], ids=lambda d: d.name)
def test_classes_are_mixed(dataset: Dataset) -> None:
    y = dataset().train[1]
    assert set(np.unique(y[: len(y) // 2])) == set(np.unique(y)) == set(range(y.max() + 1))


@pytest.mark.parametrize("dataset", [d for d in MADE if "standardize" in d.params], ids=lambda d: d.name)
def test_standardized_inputs_have_mean_0_and_deviation_1(dataset: Dataset) -> None:
    x, raw = (dataset(standardize=s).train[0] for s in (True, False))
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(x.std(axis=0), 1, atol=1e-4)
    assert np.corrcoef(x[:, 0], raw[:, 0])[0, 1] == pytest.approx(1)


@pytest.mark.parametrize("dataset", SEEDED, ids=lambda d: d.name)
def test_points_follow_from_seed_number_and_noise(dataset: Dataset) -> None:
    x, y = dataset(samples=300, seed=1, noise=0.0).train
    assert (x.shape, y.shape) == ((300, 2), (300,))
    assert (dataset(samples=300, seed=2, noise=0.0).train[0] != x).any()
    noisy = dataset(samples=300, seed=1, noise=0.5).train[0]
    assert noisy.std() > x.std()
    counts = np.bincount(y)
    assert counts.min() > 0.3 * counts.max()


@pytest.mark.parametrize(
    ("name", "params", "classes"),
    [("blobs", {"centers": 5}, 5), ("spiral", {"arms": 4}, 4), ("moons", {}, 2), ("circles", {}, 2), ("xor", {}, 2)],
)
def test_the_number_of_classes_follows_from_the_parameters(name: str, params: dict[str, Any], classes: int) -> None:
    assert len(np.unique(DATASETS[name](**params).train[1])) == classes


@pytest.mark.parametrize(("dataset", "name"), PARAMS, ids=[f"{d.name}-{n}" for d, n in PARAMS])
def test_bad_values_are_refused(dataset: Dataset, name: str) -> None:
    param: Param = dataset.params[name]
    for value in param.bad_values():
        for use in (dataset, dataset.specs):
            with pytest.raises(tf.errors.InvalidArgumentError, match=f"{dataset.name}: {name} is"):
                use(**{name: value})


def test_unknown_names_are_explained() -> None:
    with pytest.raises(tf.errors.NotFoundError, match="Did you mean 'moons'"):
        DATASETS["moon"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="moons has no parameter 'colour'"):
        DATASETS["moons"](colour=1)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (np.zeros((0, 2)), np.zeros(0), "'d' has no examples"),
        (np.zeros((3, 2)), np.zeros(2), "3 inputs but 2 answers"),
        (np.array([[0.0, np.nan], [np.inf, 1.0]]), np.zeros(2), r"x of the data set 'd' holds 2 values .* \(0, 1\)"),
        (np.zeros(2), np.array([0.0, np.inf]), r"y of the data set 'd' holds 1 values"),
    ],
)
def test_examples_that_cannot_be_trained_on_are_refused(x: Any, y: Any, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        Examples((x, y)).check("d")
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        Examples((np.zeros((2, 1)), np.zeros(2)), (x, y)).check("d")


def test_large_finite_numbers_are_no_fault() -> None:
    huge = np.full((2, 2), 1e308)
    assert Examples((huge, np.zeros(2))).check("d").train[0] is huge
