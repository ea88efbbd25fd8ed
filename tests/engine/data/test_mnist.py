"""MNIST: where it is looked for, what happens when it is broken or missing, and the real file where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import pooch
import pytest

import engine as tf
from engine.data import DATASETS, files, mnist

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
SMALL = {
    "x_train": np.zeros((3, 28, 28), np.uint8),
    "y_train": np.zeros(3, np.uint8),
    "x_test": np.zeros((2, 28, 28), np.uint8),
    "y_test": np.zeros(2, np.uint8),
}


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let every usual place be an empty folder, and the network be gone."""
    home = tmp_path / "home"

    def no_network(*args: Any, **kwargs: Any) -> Any:
        raise OSError("the network is down")

    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda name: str(home / "cache" / name))
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    monkeypatch.delenv("TRENZA_DATA", raising=False)
    monkeypatch.setattr(pooch, "retrieve", no_network)
    monkeypatch.setattr(files, "_chosen", [])
    return home


def put(folder: Path) -> Path:
    """Write an archive that looks like MNIST's but for its size."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "mnist.npz", **SMALL)
    return folder


def test_the_places_are_searched_in_order(nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert files.find("mnist.npz") is None
    places = [nowhere / "keras" / "datasets", nowhere / "cache" / "trenza" / "datasets", tmp_path / "environment"]
    monkeypatch.setenv("TRENZA_DATA", str(places[2]))
    for place in places:
        put(place)
        assert files.find("mnist.npz") == place / "mnist.npz"
    files.use_folder(put(tmp_path / "chosen"))
    assert files.find("mnist.npz") == tmp_path / "chosen" / "mnist.npz"
    files.use_folder(None)
    assert files.find("mnist.npz") == places[2] / "mnist.npz"
    assert files.find("mnist.npz", put(tmp_path / "given")) == tmp_path / "given" / "mnist.npz"


@pytest.mark.parametrize("load", [mnist.load_data, tf.keras.datasets.mnist.load_data, DATASETS["mnist"]])
def test_without_file_and_network_it_says_what_to_do(load: Any, nowhere: Path) -> None:
    with pytest.raises(tf.errors.NotFoundError) as caught:
        load()
    text = str(caught.value)
    for words in ("mnist.npz", mnist.URL, str(nowhere / "keras" / "datasets"), "--data-dir", "Without a network"):
        assert words in text


def test_a_download_with_another_checksum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*args: Any, **kwargs: Any) -> Any:
        raise ValueError("SHA256 hash of downloaded file does not match")

    monkeypatch.setattr(pooch, "retrieve", wrong)
    with pytest.raises(tf.errors.DataLossError, match="its SHA-256 differs"):
        mnist.load_data()


def test_a_download_is_asked_for_with_its_checksum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def given(url: str, known_hash: str, **options: Any) -> str:
        asked.append((url, known_hash, options["fname"]))
        return str(put(tmp_path / "came") / "mnist.npz")

    monkeypatch.setattr(pooch, "retrieve", given)
    with pytest.raises(tf.errors.DataLossError, match=r"holds 'x_train' with shape \(3, 28, 28\)"):
        mnist.load_data()
    assert asked == [(mnist.URL, mnist.SHA256, "mnist.npz")]


def test_a_file_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(tf.errors.DataLossError, match=r"holds 'x_train' with shape \(3, 28, 28\) and dtype uint8"):
        mnist.load_data(put(tmp_path))


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("<html>not found</html>", encoding="utf-8")


def other_arrays(path: Path) -> None:
    np.savez(path, x=np.zeros(3))


def objects(path: Path) -> None:
    np.savez(path, **{**SMALL, "x_train": np.array([object()])})


def one_array(path: Path) -> None:
    np.save(path.with_suffix(".npy"), np.zeros(3))
    path.with_suffix(".npy").rename(path)


@pytest.mark.parametrize("spoil", [truncated, empty, text, other_arrays, objects, one_array], ids=lambda f: f.__name__)
def test_a_broken_file_is_refused_with_its_name(spoil: Any, tmp_path: Path) -> None:
    file = put(tmp_path) / "mnist.npz"
    spoil(file)
    with pytest.raises(tf.errors.DataLossError, match=str(file)):
        mnist.load_data(tmp_path)


def test_a_folder_in_the_files_place_is_not_the_file(tmp_path: Path) -> None:
    (tmp_path / "mnist.npz").mkdir()
    with pytest.raises(tf.errors.NotFoundError):
        mnist.load_data(tmp_path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *args: Any, **kwargs: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    put(tmp_path)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(tf.errors.UnavailableError, match=r"mnist\.npz' cannot be read: Permission denied"):
        mnist.load_data(tmp_path)


@pytest.mark.skipif(not (REAL / "mnist.npz").exists(), reason=f"there is no mnist.npz in {REAL}")
def test_the_real_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    (x, y), (x_test, y_test) = mnist.load_data(REAL)
    assert (x.shape, x_test.shape, x.dtype, y.dtype) == ((60000, 28, 28), (10000, 28, 28), np.uint8, np.uint8)
    assert np.bincount(y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert y_test[:5].tolist() == [7, 2, 1, 0, 4]
    monkeypatch.setenv("TRENZA_DATA", str(REAL))
    examples = DATASETS["mnist"]()
    for spec, array in zip(DATASETS["mnist"].specs(), examples.train, strict=True):
        assert spec.is_compatible_with(tf.TensorSpec(array.shape, array.dtype))
    assert examples.train[0].max() == pytest.approx(1.0)
    assert examples.test is not None
    np.testing.assert_allclose(examples.test[0], x_test / 255, atol=1e-7)


def test_keras_takes_the_name_of_a_file_or_its_path(nowhere: Path, tmp_path: Path, monkeypatch: Any) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(mnist, "read", lambda place: asked.append(place))
    load_data = tf.keras.datasets.mnist.load_data
    cached = put(nowhere / "keras" / "datasets") / "mnist.npz"
    other = put(tmp_path / "other") / "mnist.npz"
    named = other.rename(tmp_path / "other" / "digits.npz")
    for path in ("mnist.npz", "nowhere.npz", named, tmp_path / "nowhere.npz", put(tmp_path / "folder")):
        load_data(path)
    load_data()
    assert asked == [cached, cached, named, cached, tmp_path / "folder" / "mnist.npz", cached]
