"""MNIST: 70,000 handwritten digits (LeCun, Cortes, Burges)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from engine.core.dtype import Array
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.data.dataset import Examples, register
from engine.data.files import download, find, read_npz

FILE = "mnist.npz"
URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path: str | os.PathLike[str] | None = None) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return ((x_train, y_train), (x_test, y_test)) as uint8: 60,000 and 10,000 images of 28 by 28.

    The file ``mnist.npz`` is looked for in the folder `path`, in ``TRENZA_DATA``, in the user's cache and in that of
    Keras. If it is nowhere, it is downloaded and its SHA-256 checked.

    Raises
    ------
    NotFoundError
        If it is nowhere and there is no network.
    DataLossError
        If the file is broken.
    """
    return read(find(FILE, path) or download(FILE, URL, SHA256))


def read(place: Path) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return what a file holds, if that is MNIST.

    Raises
    ------
    DataLossError
        If it is something else.
    """
    arrays = read_npz(
        place,
        {
            "x_train": lambda a: a.shape == (60000, 28, 28) and a.dtype == np.uint8,
            "y_train": lambda a: a.shape == (60000,) and a.dtype == np.uint8,
            "x_test": lambda a: a.shape == (10000, 28, 28) and a.dtype == np.uint8,
            "y_test": lambda a: a.shape == (10000,) and a.dtype == np.uint8,
        },
    )
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _load(standardize: bool) -> Examples:
    (x, y), (x_test, y_test) = load_data()
    mean, deviation = (float(x.mean()), float(x.std())) if standardize else (0.0, 255.0)
    train, test = (
        ((images.astype(np.float32) - np.float32(mean)) * np.float32(1 / deviation), labels.astype(np.int32))
        for images, labels in ((x, y), (x_test, y_test))
    )
    return Examples(train, test, tuple("0123456789"))


MNIST = register(
    name="mnist",
    title="MNIST",
    summary="70,000 handwritten digits, 28 by 28 pixels.",
    x=TensorSpec((None, 28, 28)),
    y=TensorSpec((None,), "int32"),
    load=_load,
    params={
        "standardize": Param(
            "bool", False, "Shift and scale the pixels to mean 0 and deviation 1, instead of to a range from 0 to 1."
        )
    },
    keywords=("digits", "images", "classification"),
    classes=10,
)
