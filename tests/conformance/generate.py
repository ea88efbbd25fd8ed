"""Write the files of figures: what TensorFlow and Keras compute for the programs in the files of cases.

Needs ``pip install tensorflow``; run it from anywhere: ``python tests/conformance/generate.py [FILE …]``. The tests
themselves read only the files.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # the same sums in the same order on every processor

import tensorflow as tf
from cases import CASES
from flow_cases import FLOW_CASES
from keras_cases import KERAS_CASES
from layer_cases import LAYER_CASES
from tf_cases import TF_CASES

TABLES = {
    "figures.json": CASES,
    "flow_figures.json": FLOW_CASES,
    "keras_figures.json": KERAS_CASES,
    "layer_figures.json": LAYER_CASES,
    "tf_figures.json": TF_CASES,
}


def plain(value: Any) -> dict[str, Any]:
    """Return an array as its dtype, shape and elements, these with as many digits as their dtype can tell apart."""
    array = np.asarray(value)
    elements = array.ravel()
    values = [float(str(v)) for v in elements] if array.dtype.kind == "f" else elements.tolist()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "values": values}


def main(names: list[str]) -> None:
    """Run all cases of these tables, or of all, and write their results, one case a line."""
    for file in names or TABLES:
        lines = [f'"versions": {json.dumps({"tensorflow": tf.__version__, "keras": tf.keras.__version__})}']
        for name, program in TABLES[file].items():
            figures = {key: plain(value) for key, value in program(tf).items()}
            lines.append(f"{json.dumps(name)}: {json.dumps(figures)}")
        Path(__file__).with_name(file).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
