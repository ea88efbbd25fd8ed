"""Event files, which TensorBoard shows: scalars, histograms, images, a graph, and hyper-parameters."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from tensorboardX import summary
from tensorboardX.event_file_writer import EventsWriter
from tensorboardX.proto.api_pb2 import Status
from tensorboardX.proto.attr_value_pb2 import AttrValue
from tensorboardX.proto.event_pb2 import Event, SessionLog
from tensorboardX.proto.graph_pb2 import GraphDef
from tensorboardX.proto.node_def_pb2 import NodeDef
from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData, SessionEndInfo, SessionStartInfo
from tensorboardX.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboardX.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboardX.proto.versions_pb2 import VersionDef

from engine.core.dtype import Array
from engine.io.png import png

#: Bars of a histogram: as many as TensorBoard draws of one.
BINS: Final = 30


@dataclass(frozen=True)
class GraphNode:
    """A node of the graph that TensorBoard draws; slashes in names make boxes that open.

    Parameters
    ----------
    shape
        Of its output; None for a size that is not known, and None in place of all if there is no tensor.
    """

    name: str
    op: str
    inputs: tuple[str, ...] = ()
    shape: Sequence[int | None] | None = None


class EventFile:
    """Writes what happens in a training into a new file of a folder.

    Parameters
    ----------
    folder
        Where it lies; made if it is not there.
    first_step
        TensorBoard forgets what other files of the folder say of this step and later ones: for a training that goes
        on from a checkpoint.

    Raises
    ------
    OSError
        If it cannot be written; this goes for all methods.
    """

    def __init__(self, folder: str | os.PathLike[str], first_step: int = 0) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        # without it the name would hold seconds only; TensorBoard reads the files in the order of their names
        self._writer = EventsWriter(os.path.join(folder, "events"), f".{time.time_ns()}")
        if first_step:
            self._write(Event(step=first_step, session_log=SessionLog(status=SessionLog.START)))

    def _write(self, event: Any, at: float | None = None) -> None:
        event.wall_time = time.time() if at is None else at
        self._writer.write_event(event)

    def _say(self, step: int, said: Any, at: float | None = None) -> None:
        self._write(Event(step=step, summary=said), at)

    def scalars(self, step: int, values: Mapping[str, float], at: float | None = None) -> None:
        """Write numbers by their tags, which were so at a second since 1970, or are so now."""
        self._say(step, Summary(value=[Summary.Value(tag=tag, simple_value=v) for tag, v in values.items()]), at)

    def histogram(self, step: int, tag: str, values: Array) -> None:
        """Write how values are spread; those that are not finite are left out."""
        finite = np.asarray(values, np.float64)
        finite = finite[np.isfinite(finite)]
        if not finite.size:
            return
        counts, edges = np.histogram(finite, BINS)
        low, high, total, squares = finite.min(), finite.max(), finite.sum(), np.square(finite).sum()
        self._say(step, summary.histogram_raw(tag, low, high, finite.size, total, squares, edges[1:], counts))

    def image(self, step: int, tag: str, image: Array) -> None:
        """Write an image of rows, columns and 1, 3 or 4 channels, from 0 to 255."""
        rows, columns, channels = image.shape
        picture = Summary.Image(height=rows, width=columns, colorspace=channels, encoded_image_string=png(image))
        self._say(step, Summary(value=[Summary.Value(tag=tag, image=picture)]))

    def graph(self, nodes: Sequence[GraphNode]) -> None:
        """Write the graph."""
        graph = GraphDef(node=[_node(n) for n in nodes], versions=VersionDef(producer=22))
        self._write(Event(graph_def=graph.SerializeToString()))

    def begin_session(self, values: Mapping[str, bool | float | str]) -> None:
        """Write the hyper-parameters of a training that begins now.

        What they may be is left to TensorBoard to find in all trainings that it shows: whatever the first one says of
        that it takes for all.
        """
        start = SessionStartInfo(start_time_secs=time.time())
        for name, value in values.items():
            found = start.hparams[name]
            if isinstance(value, bool):
                found.bool_value = value
            elif isinstance(value, str):
                found.string_value = value
            else:
                found.number_value = value
        self._say_session("session_start_info", HParamsPluginData(session_start_info=start))

    def end_session(self, is_success: bool) -> None:
        """Write that the training has come to its end now; the first end of a folder counts."""
        status = Status.Value("STATUS_SUCCESS" if is_success else "STATUS_FAILURE")
        end = SessionEndInfo(status=status, end_time_secs=time.time())
        self._say_session("session_end_info", HParamsPluginData(session_end_info=end))

    def _say_session(self, tag: str, content: Any) -> None:
        plugin = SummaryMetadata.PluginData(plugin_name="hparams", content=content.SerializeToString())
        value = Summary.Value(tag=f"_hparams_/{tag}", metadata=SummaryMetadata(plugin_data=plugin))
        self._say(0, Summary(value=[value]))

    def flush(self) -> None:
        """Let others see what was written."""
        self._writer.flush()

    def close(self) -> None:
        """End the file."""
        self._writer.close()


def _node(node: GraphNode) -> Any:
    attributes = {}
    if node.shape is not None:
        dims = [TensorShapeProto.Dim(size=-1 if size is None else size) for size in node.shape]
        shapes = AttrValue.ListValue(shape=[TensorShapeProto(dim=dims)])
        attributes["_output_shapes"] = AttrValue(list=shapes)
    return NodeDef(name=node.name, op=node.op, input=node.inputs, attr=attributes)
