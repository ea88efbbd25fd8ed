"""What tests of the studio share: a small catalogue, a document made of it, and its analysis."""

from __future__ import annotations

import gc
import itertools
import multiprocessing
from collections.abc import Iterator
from typing import Final

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.core.errors import InvalidArgumentError
from engine.core.param import Param
from engine.core.spec import TensorSpec
from studio.document.analysis import Analysis, Problem
from studio.document.document import Document, Node, Note, PortRef, Wire
from studio.document.edits import AddNode, AddNote, AddWire
from studio.document.history import History
from studio.document.nodetype import Catalogue, NodeType, Port
from studio.run import process
from studio.run.messages import TensorInfo
from studio.ui.fills import fill_in_this_thread

#: Tests with windows between two full collections.
_FULL_EVERY: Final = 25
#: Widgets that a test may leave until then. A window leaves 290 of its curves, and dressing anew takes 1 ms for each.
_WIDGETS: Final = 100
_windows = itertools.count(1)

X, Y = (Port("x"),), (Port("y"),)
TYPES = (
    NodeType(
        "data.Digits",
        "data",
        "Digits 8×8",
        "Handwritten digits.",
        outputs=(Port("images"), Port("labels")),
        params={"batch_size": Param("int", 32, min=1), "shuffle": Param("bool", True), "seed": Param("int", 0)},
    ),
    NodeType("layer.Flatten", "layer", "Flatten", "One row per sample.", X, Y),
    NodeType(
        "layer.Dense",
        "layer",
        "Dense",
        "A fully connected layer.",
        X,
        Y,
        {
            "units": Param("int", min=1),
            "activation": Param("choice", None, choices=("relu", "softmax"), optional=True),
            "use_bias": Param("bool", True),
            "kernel_initializer": Param("choice", "glorot_uniform", choices=("glorot_uniform", "zeros")),
        },
    ),
    NodeType("op.add", "op", "Add", "The sum.", (Port("x"), Port("y")), (Port("z"),)),
    NodeType("op.relu", "op", "ReLU", "The positive part.", X, Y),
    NodeType("op.concat", "op", "Concat", "Joins tensors.", (Port("values", variadic=True),), Y),
    NodeType(
        "loss.CrossEntropy",
        "loss",
        "Cross-entropy",
        "Loss of a classifier.",
        (Port("predictions"), Port("labels"), Port("weights", optional=True)),
        (Port("loss"), Port("accuracy")),
    ),
    NodeType(
        "train.Trainer",
        "train",
        "Trainer",
        "Trains.",
        (Port("loss"), Port("after", optional=True, control=True)),
        (Port("done", control=True),),
        {"optimizer": Param("choice", "adam", choices=("adam", "sgd")), "epochs": Param("int", 10, min=1)},
    ),
)


@pytest.fixture(scope="session", autouse=True)
def engines_begin_with_all_that_they_import() -> None:
    """To import it takes a second: their processes are forked from one that has done so. See `as_shipped`."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["studio.run.worker", "sklearn.datasets"])  # the digits are in the latter
        process.CONTEXT = context


@pytest.fixture(scope="session", autouse=True)
def areas_are_filled_in_this_thread() -> None:
    """As in the program, whose application is not that of the tests."""
    fill_in_this_thread()


@pytest.fixture
def as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's process is started as that of the program is."""
    monkeypatch.setattr(process, "CONTEXT", multiprocessing.get_context("spawn"))


@pytest.fixture(autouse=True)
def garbage_is_cleared_away_in_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the program (see `studio.ui.garbage`): what belongs to Qt must not be destroyed in another thread."""
    if "qapp" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.collect(1)
    if not next(_windows) % _FULL_EVERY or len(QApplication.allWidgets()) > _WIDGETS:
        gc.collect()
        gc.freeze()  # what is still there stays, and to look through all kernels that tests have left takes a second
    gc.enable()


def make_catalogue() -> Catalogue:
    """Return a catalogue of a few types of each kind of port."""
    catalogue: Catalogue = Catalogue("node type")
    for node_type in TYPES:
        catalogue.add(node_type.id, node_type)
    return catalogue


def make_document() -> Document:
    """Return a classifier of digits: digits -> flatten -> hidden -> output -> loss -> trainer."""
    document = Document()
    for id, type_id, x, y, params, title in (
        ("digits", "data.Digits", 0, 120, {}, ""),
        ("flatten", "layer.Flatten", 220, 130, {}, ""),
        ("hidden", "layer.Dense", 440, 100, {"units": 128, "activation": "relu"}, "hidden"),
        ("output", "layer.Dense", 680, 120, {"units": 10, "activation": "softmax"}, "output"),
        ("loss", "loss.CrossEntropy", 930, 150, {}, ""),
        ("trainer", "train.Trainer", 1210, 160, {"epochs": 20}, ""),
    ):
        document.apply(AddNode(Node(id, type_id, params, (float(x), float(y)), title)))
    for source, output, target, input in (
        ("digits", "images", "flatten", "x"),
        ("flatten", "y", "hidden", "x"),
        ("hidden", "y", "output", "x"),
        ("output", "y", "loss", "predictions"),
        ("digits", "labels", "loss", "labels"),
        ("loss", "loss", "trainer", "loss"),
    ):
        document.apply(AddWire(Wire(PortRef(source, output), PortRef(target, input))))
    document.apply(AddNote(Note("note", "Eight by eight pixels, 16 greys.", (0.0, -40.0), (200.0, 60.0))))
    return document


def make_analysis() -> Analysis:
    """Return what inference would say of `make_document`."""
    specs = {
        PortRef("digits", "images"): TensorSpec([None, 8, 8]),
        PortRef("digits", "labels"): TensorSpec([None], "int32"),
        PortRef("flatten", "y"): TensorSpec([None, 64]),
        PortRef("hidden", "y"): TensorSpec([None, 128]),
        PortRef("output", "y"): TensorSpec([None, 10]),
        PortRef("loss", "loss"): TensorSpec([]),
        PortRef("loss", "accuracy"): TensorSpec([]),
    }
    problem = Problem(
        InvalidArgumentError("{name} is {value}.", hint="It takes 1 or more.", name="epochs", value=0), "trainer"
    )
    return Analysis(specs, problems=(problem,))


def make_preview() -> dict[PortRef, TensorInfo]:
    """Return pictures of three kinds."""
    rng = np.random.default_rng(0)
    return {
        PortRef("digits", "images"): TensorInfo((32, 8, 8), "float32", 8192, picture=rng.random((8, 8))),
        PortRef("hidden", "y"): TensorInfo((32, 128), "float32", 16384, picture=rng.normal(size=64).clip(0)),
        PortRef("output", "y"): TensorInfo((32, 10), "float32", 1280, picture=rng.dirichlet(np.ones(10) / 3)),
        PortRef("loss", "loss"): TensorInfo((), "float32", 4, picture=np.array(0.2141)),
    }


@pytest.fixture
def catalogue() -> Catalogue:
    """A small catalogue."""
    return make_catalogue()


@pytest.fixture
def document() -> Document:
    """A classifier of digits."""
    return make_document()


@pytest.fixture
def history(document: Document) -> History:
    """The history of `document`."""
    return History(document)


@pytest.fixture
def analysis() -> Analysis:
    """The analysis of `document`, with one problem."""
    return make_analysis()


@pytest.fixture
def preview() -> dict[PortRef, TensorInfo]:
    """Pictures for `document`."""
    return make_preview()
