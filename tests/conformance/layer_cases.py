"""Layers, run unchanged on Keras and on the engine: outputs, gradients, and weights that a call changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cases import numbers, whole

Results = dict[str, Any]
LAYER_CASES: dict[str, Callable[[Any], Results]] = {}

MASK = [[True, True, True, False, False], [True, True, False, True, True], [True] * 5]


def layer(name: str, make: Callable[[Any], Any], *shape: int, mask: Any = None, training: bool = False) -> None:
    """Enter a layer with the shape of an input."""

    def program(tf: Any) -> Results:
        made = make(tf.keras.layers)
        x = tf.constant(whole(*shape, below=7) if name.startswith("Embedding") else numbers(*shape))
        given = {} if mask is None else {"mask": tf.constant(mask)}
        made(x, **given)
        made.set_weights([numbers(*w.shape, low=0.1, high=0.9, shift=i) for i, w in enumerate(made.get_weights())])
        learned = [tf.convert_to_tensor(w) for w in made.trainable_weights]
        with tf.GradientTape() as tape:
            if x.dtype == tf.float32:
                tape.watch(x)
            outputs = made(x, training=training, **given)
            outputs = list(outputs) if isinstance(outputs, list | tuple) else [outputs]
            target = sum(tf.reduce_sum(y * tf.constant(numbers(*y.shape, shift=5))) for y in outputs)
        sources = [*([x] if x.dtype == tf.float32 else []), *made.trainable_variables]
        found = {f"y{i}": y for i, y in enumerate(outputs)}
        for i, gradient in enumerate(tape.gradient(target, sources)):
            found[f"d{i}"] = tf.convert_to_tensor(gradient)
        if len(learned) < len(made.weights):
            found |= {f"w{i}": w for i, w in enumerate(made.get_weights())}
        return found

    LAYER_CASES[name] = program


for _padding in ("valid", "same"):
    layer(f"Conv1D {_padding}", lambda k, p=_padding: k.Conv1D(4, 3, strides=2, padding=p, activation="relu"), 2, 9, 3)
    layer(f"Conv2D {_padding}", lambda k, p=_padding: k.Conv2D(4, (3, 2), strides=(2, 1), padding=p), 2, 6, 5, 3)
    layer(f"Conv2D dilated {_padding}", lambda k, p=_padding: k.Conv2D(3, 3, padding=p, dilation_rate=2), 1, 7, 6, 2)
    layer(f"Conv3D {_padding}", lambda k, p=_padding: k.Conv3D(2, 2, strides=2, padding=p), 1, 5, 4, 3, 2)
    layer(f"Conv1DTranspose {_padding}", lambda k, p=_padding: k.Conv1DTranspose(3, 3, strides=2, padding=p), 2, 4, 2)
    layer(f"Conv2DTranspose {_padding}", lambda k, p=_padding: k.Conv2DTranspose(2, (3, 4), 2, p), 2, 3, 4, 3)
    layer(f"Conv2DTranspose wide {_padding}", lambda k, p=_padding: k.Conv2DTranspose(2, 2, 3, p), 1, 3, 2, 2)
    layer(
        f"Conv2DTranspose more {_padding}",
        lambda k, p=_padding: k.Conv2DTranspose(2, 3, 2, p, output_padding=1),
        *(1, 3, 2, 2),
    )
    layer(f"Conv3DTranspose {_padding}", lambda k, p=_padding: k.Conv3DTranspose(2, 3, 2, p), 1, 2, 2, 1, 2)
    layer(
        f"DepthwiseConv1D {_padding}",
        lambda k, p=_padding: k.DepthwiseConv1D(3, 2, p, depth_multiplier=2),
        *(2, 7, 3),
    )
    layer(
        f"DepthwiseConv2D {_padding}",
        lambda k, p=_padding: k.DepthwiseConv2D(3, 2, p, depth_multiplier=2),
        *(1, 6, 7, 2),
    )
    layer(f"SeparableConv1D {_padding}", lambda k, p=_padding: k.SeparableConv1D(5, 3, padding=p), 2, 7, 3)
    layer(
        f"SeparableConv2D {_padding}", lambda k, p=_padding: k.SeparableConv2D(3, 3, strides=2, padding=p), 1, 6, 7, 2
    )
    for _n in (1, 2, 3):
        for _kind in ("Max", "Average"):
            _pool = f"{_kind}Pooling{_n}D"
            layer(f"{_pool} {_padding}", lambda k, c=_pool, p=_padding: getattr(k, c)(3, 2, p), 1, *(6, 7, 5)[:_n], 2)

layer("Conv1D causal", lambda k: k.Conv1D(4, 3, padding="causal", dilation_rate=2), 2, 9, 3)
layer("Conv2D groups", lambda k: k.Conv2D(4, 3, groups=2), 1, 5, 5, 4)
layer("BatchNormalization training", lambda k: k.BatchNormalization(), 4, 3, 3, 2, training=True)
layer("BatchNormalization", lambda k: k.BatchNormalization(), 4, 3, 2)
layer("BatchNormalization axis", lambda k: k.BatchNormalization(axis=1), 4, 3, 2, training=True)
layer("BatchNormalization frozen", lambda k: k.BatchNormalization(trainable=False), 4, 2, training=True)
layer("LayerNormalization", lambda k: k.LayerNormalization(), 4, 3, 5)
layer("LayerNormalization axes", lambda k: k.LayerNormalization(axis=(1, 2)), 4, 3, 5)
layer("Embedding", lambda k: k.Embedding(7, 3), 4, 5)
layer("UpSampling2D", lambda k: k.UpSampling2D((2, 3)), 1, 3, 2, 2)
layer("ZeroPadding2D", lambda k: k.ZeroPadding2D(((1, 2), (0, 3))), 1, 3, 2, 2)
layer("Cropping2D", lambda k: k.Cropping2D(((1, 0), (1, 2))), 1, 3, 5, 2)

_CELLS: dict[str, Callable[..., Any]] = {
    "SimpleRNN": lambda k, **o: k.SimpleRNN(4, **o),
    "SimpleRNN relu": lambda k, **o: k.SimpleRNN(4, activation="relu", **o),
    "LSTM": lambda k, **o: k.LSTM(4, **o),
    "GRU": lambda k, **o: k.GRU(4, **o),
    "GRU before": lambda k, **o: k.GRU(4, reset_after=False, **o),
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "last": {},
    "all": {"return_sequences": True, "return_state": True},
    "backwards": {"return_sequences": True, "go_backwards": True},
}
for _name, _make in _CELLS.items():
    for _what, _options in _OPTIONS.items():
        layer(f"{_name} {_what}", lambda k, m=_make, o=_options: m(k, **o), 3, 5, 2)
        layer(f"{_name} {_what} masked", lambda k, m=_make, o=_options: m(k, **o), 3, 5, 2, mask=MASK)
for _mode in ("concat", "sum", "mul", "ave"):
    layer(
        f"Bidirectional {_mode}",
        lambda k, m=_mode: k.Bidirectional(k.LSTM(3, return_sequences=True), merge_mode=m),
        *(3, 5, 2),
        mask=MASK,
    )
layer("Bidirectional last", lambda k: k.Bidirectional(k.GRU(3)), 3, 5, 2)
