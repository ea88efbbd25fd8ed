"""Event files, read back by a reader of the tests' own."""

from __future__ import annotations

import struct
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboardX.proto.api_pb2 import Status
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.graph_pb2 import GraphDef
from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData

from engine.io.png import levels, png
from engine.io.tensorboard import EventFile, GraphNode


def crc32c(data: bytes) -> int:
    """Return Castagnoli's checksum, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(folder: Path) -> list[Any]:
    """Return the events of all files of a folder: records with a length, its checksum, data, and theirs."""
    found = []
    for path in sorted(folder.iterdir()):
        assert ".tfevents." in path.name
        data, at = path.read_bytes(), 0
        while at < len(data):
            (size,) = struct.unpack_from("<Q", data, at)
            assert struct.unpack_from("<I", data, at + 8)[0] == masked(data[at : at + 8])
            body = data[at + 12 : at + 12 + size]
            assert struct.unpack_from("<I", data, at + 12 + size)[0] == masked(body)
            found.append(Event.FromString(body))
            at += size + 16
    return found


def values(folder: Path) -> list[tuple[int, Any]]:
    return [(e.step, v) for e in events(folder) for v in e.summary.value]


def test_the_checksum_is_castagnolis() -> None:
    assert crc32c(b"123456789") == 0xE3069283


def test_scalars(tmp_path: Path) -> None:
    file = EventFile(tmp_path / "events")
    file.scalars(3, {"loss": 0.5, "val/loss": 0.25})
    file.scalars(4, {"loss": float("nan")})
    file.close()
    assert events(tmp_path / "events")[0].file_version == "brain.Event:2"
    found = [(step, v.tag, v.simple_value) for step, v in values(tmp_path / "events")]
    assert found[:2] == [(3, "loss", 0.5), (3, "val/loss", 0.25)]
    assert np.isnan(found[2][2])


def test_a_histogram_counts_every_finite_value(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    drawn = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    file.histogram(7, "hidden/kernel", np.append(drawn, [np.nan, np.inf]))
    file.histogram(8, "hidden/kernel", np.array([np.nan]))
    file.close()
    ((step, value),) = values(tmp_path)
    histogram = value.histo
    assert (step, value.tag, histogram.num, sum(histogram.bucket)) == (7, "hidden/kernel", 1000, 1000)
    assert histogram.min == pytest.approx(drawn.min())
    assert histogram.max == pytest.approx(drawn.max())
    edges = np.array(histogram.bucket_limit)
    assert [int((drawn <= edges[i]).sum()) for i in range(len(edges))] == np.cumsum(histogram.bucket).tolist()


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_an_image_is_a_png_that_holds_it(channels: int, tmp_path: Path) -> None:
    image = np.random.default_rng(channels).integers(0, 256, (5, 7, channels), np.uint8)
    file = EventFile(tmp_path)
    file.image(0, "x", image)
    file.close()
    ((_, value),) = values(tmp_path)
    assert (value.image.height, value.image.width, value.image.colorspace) == (5, 7, channels)
    data = value.image.encoded_image_string
    begin = data.index(b"IDAT")
    (size,) = struct.unpack_from(">I", data, begin - 4)
    lines = np.frombuffer(zlib.decompress(data[begin + 4 : begin + 4 + size]), np.uint8).reshape(5, -1)
    np.testing.assert_array_equal(lines[:, 1:].reshape(image.shape), image)
    assert data == png(image)


def test_levels_of_what_is_all_the_same_or_nothing() -> None:
    assert levels(np.full(3, 4.0)).tolist() == [0, 0, 0]
    assert levels(np.full(2, np.nan)).tolist() == [0, 0]
    assert levels(np.array([True, False])).tolist() == [255, 0]


def test_a_graph(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    file.graph([GraphNode("x", "Data", (), (None, 8)), GraphNode("block/dense", "Dense", ("x",), (None, 3))])
    file.close()
    (graph,) = [GraphDef.FromString(e.graph_def) for e in events(tmp_path) if e.graph_def]
    assert [(n.name, n.op, list(n.input)) for n in graph.node] == [("x", "Data", []), ("block/dense", "Dense", ["x"])]
    shape = graph.node[0].attr["_output_shapes"].list.shape[0]
    assert [d.size for d in shape.dim] == [-1, 8]


def test_what_goes_on_takes_the_place_of_later_steps(tmp_path: Path) -> None:
    EventFile(tmp_path).close()
    EventFile(tmp_path, first_step=12).close()
    assert len(list(tmp_path.iterdir())) == 2, "two files of one second"
    assert [e.step for e in events(tmp_path)] == [0, 0, 12], "and the later one is read behind the other"


def sessions(folder: Path) -> list[Any]:
    """Return what is said of hyper-parameters."""
    said = [(v.tag, v.metadata.plugin_data) for _, v in values(folder) if v.tag.startswith("_hparams_/")]
    assert all(plugin.plugin_name == "hparams" for _, plugin in said)
    return [
        getattr(HParamsPluginData.FromString(plugin.content), tag.removeprefix("_hparams_/")) for tag, plugin in said
    ]


def test_hyper_parameters_and_how_it_ended(tmp_path: Path) -> None:
    before = time.time()
    file = EventFile(tmp_path)
    file.begin_session({"trainer.learning_rate": 0.1, "hidden.units": 3, "shuffle": True, "activation": "relu"})
    file.flush()
    (start,) = sessions(tmp_path)
    found = {name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()}
    assert found == {"trainer.learning_rate": 0.1, "hidden.units": 3.0, "shuffle": True, "activation": "relu"}
    assert before <= start.start_time_secs <= time.time()
    file.end_session(is_success=False)
    file.close()
    end = sessions(tmp_path)[1]
    assert end.status == Status.Value("STATUS_FAILURE")
    assert end.end_time_secs >= start.start_time_secs
