"""MNIST, as Keras offers it."""

from __future__ import annotations

import os
from pathlib import Path

from engine.core.dtype import Array
from engine.data import mnist
from engine.data.files import find


def load_data(path: str | os.PathLike[str] = mnist.FILE) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return ((x_train, y_train), (x_test, y_test)) as uint8: 60,000 and 10,000 images of 28 by 28.

    Parameters
    ----------
    path
        Name of the file, which is looked for in ``TRENZA_DATA``, in the user's cache and in that of Keras; or the path
        of a file, or of the folder of ``mnist.npz``. If there is none, it is downloaded into the user's cache.

    Raises
    ------
    NotFoundError
        If it is nowhere and there is no network.
    DataLossError
        If the file is broken.
    """
    given = Path(path)
    if given.is_dir():
        return mnist.load_data(given)
    place = given if given.is_absolute() and given.is_file() else find(str(given))
    return mnist.load_data() if place is None else mnist.read(place)
