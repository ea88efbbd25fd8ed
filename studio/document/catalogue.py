"""The node types, built from the registries of the engine: what is declared there is a node here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from engine.core.op import OPS, Op
from engine.core.param import Param
from engine.data import DATASETS
from engine.keras.layers import LAYERS
from engine.keras.losses import LOSSES
from engine.keras.metrics import METRICS
from engine.keras.optimizers import OPTIMIZERS
from engine.keras.training import params
from studio.document.families import family_of
from studio.document.function import INPUT_TYPE, OUTPUT_TYPE
from studio.document.nodetype import Catalogue, NodeType, Port
from studio.document.reroute import REROUTE_TYPE

#: How a trainer goes about it, whatever its optimiser: as `fit` declares it, with what suits a document.
FIT_PARAMS: Final = {
    **params.FIT_PARAMS,
    "epochs": replace(params.FIT_PARAMS["epochs"], default=10, min=1, max=100_000),
    "validation_split": replace(params.FIT_PARAMS["validation_split"], default=0.2),
}

#: When a trainer ends before its last epoch, and with which weights.
STOP_PARAMS: Final = {
    "patience": Param(
        "int",
        None,
        "Ends after so many epochs in which the loss of the validation data (or else the loss) has not become better.",
        min=1,
        optional=True,
        unit="epochs",
    ),
    "restore_best": Param("bool", False, "Ends with the weights of the best epoch, if it watches for one."),
}

TRAINER_PARAMS: Final = {**FIT_PARAMS, **STOP_PARAMS}


def _classes(registry: Any) -> Iterator[type]:
    """Yield each class of a registry once; aliases point at the same class."""
    yield from dict.fromkeys(registry.values())


def _summary(cls: type) -> str:
    return (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")


def _words(name: str) -> str:
    """Return a class name as words.

    >>> _words("MeanSquaredError"), _words("KLDivergence"), _words("TopKCategoricalAccuracy")
    ('Mean squared error', 'KL divergence', 'Top-k categorical accuracy')
    """
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", name)
    text = " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in words)
    text = re.sub(r" (?=\w\b)", "-", text)  # a single letter belongs to the word before it
    return text[:1].upper() + text[1:]


def _op_type(op: Op) -> NodeType:
    listing = op.listing
    return NodeType(
        id=f"op.{op.name}",
        category="op",
        title=op.name,
        summary=op.summary,
        inputs=tuple(Port(o.name, variadic=o.variadic) for o in op.inputs),
        outputs=tuple(Port(name, variadic=listing) for name in op.outputs),
        params=op.params,
        help=op.__doc__ or "",
        keywords=(op.family, *op.keywords),
        family=op.family,
        make=op,
    )


def _data_types() -> Iterable[NodeType]:
    for record in DATASETS.values():
        yield NodeType(
            id=f"data.{record.name}",
            category="data",
            title=record.title,
            summary=record.summary,
            outputs=(Port("x"), Port("y")),
            params=record.params,
            help=record.summary,
            keywords=record.keywords,
            family="data sets",
            make=record,
        )
    yield NodeType(
        id="data.constant",
        category="data",
        title="Constant",
        summary="A tensor with given values.",
        outputs=(Port("output"),),
        params={
            "value": Param("value", 0.0, "A number, or nested lists of numbers."),
            "dtype": Param("dtype", None, "Element type; none takes that of the value.", optional=True),
        },
        help="A tensor with given values. Numbers with a point become float32, whole ones int32.",
        keywords=("tensor", "number", "value"),
        family="tensors",
    )
    for name, title in (("random_normal", "Random normal"), ("random_uniform", "Random uniform")):
        op = OPS[name]
        yield NodeType(
            id=f"data.{name}",
            category="data",
            title=title,
            summary=op.summary,
            outputs=(Port("output"),),
            params={**op.params, "seed": Param("int", 0, "The same seed gives the same numbers.", min=0)},
            help=op.__doc__ or "",
            keywords=("tensor", "noise", "random"),
            family="tensors",
        )


def _layer_types() -> Iterable[NodeType]:
    for cls in _classes(LAYERS):
        yield NodeType(
            id=f"layer.{cls.__name__}",
            category="layer",
            title=cls.__name__,
            summary=_summary(cls),
            inputs=(Port("inputs", variadic=cls.merges),),  # type: ignore[attr-defined]
            outputs=(Port("output"),),
            params=cls.params,  # type: ignore[attr-defined]
            help=inspect.getdoc(cls) or "",
            keywords=(family_of(cls),),
            family=family_of(cls),
            make=cls,
        )


def _measure_types(registry: Any, kind: str, family: str, output: str) -> Iterable[NodeType]:
    for cls in _classes(registry):
        yield NodeType(
            id=f"{kind}.{cls.__name__}",
            category="loss",
            title=_words(cls.__name__),
            summary=_summary(cls),
            inputs=(Port("y_true"), Port("y_pred")),
            outputs=(Port(output),),
            params={n: p for n, p in cls.params.items() if n != "reduction"},  # type: ignore[attr-defined]
            help=inspect.getdoc(cls) or "",
            keywords=(kind,),
            family=family,
            make=cls,
        )


def _trainer_types() -> Iterable[NodeType]:
    for cls in _classes(OPTIMIZERS):
        own: dict[str, Param] = cls.params  # type: ignore[attr-defined]
        rate = {"learning_rate": own["learning_rate"]}
        yield NodeType(
            id=f"train.{cls.__name__}",
            category="train",
            title=cls.__name__,
            summary=_summary(cls),
            inputs=(Port("loss", variadic=True),),
            params={**rate, **TRAINER_PARAMS, **own},
            help=inspect.getdoc(cls) or "",
            keywords=("trainer", "optimizer", "fit"),
            make=cls,
        )


def build() -> Catalogue:
    """Return the catalogue of all node types, in the order of the palette."""
    catalogue = Catalogue("node type")
    types = [
        *_data_types(),
        *_layer_types(),
        *(_op_type(op) for op in OPS.values() if not op.internal),
        *_measure_types(LOSSES, "loss", "losses", "loss"),
        *_measure_types(METRICS, "metric", "metrics", "value"),
        *_trainer_types(),
        REROUTE_TYPE,
        INPUT_TYPE,
        OUTPUT_TYPE,
    ]
    for node_type in types:
        catalogue.add(node_type.id, node_type)
    return catalogue


CATALOGUE: Final = build()
