"""Modules know the variables in themselves and in what they hold."""

from __future__ import annotations

import engine as tf


class Affine(tf.Module):
    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.w = tf.Variable([[1.0]])
        self.b = tf.Variable([0.0], trainable=False)


class TwoLayers(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.parts = {"first": Affine("one"), "rest": [Affine("two")]}
        self.dense = tf.keras.layers.Dense(2)
        self.dense.build([None, 3])
        self.again = self.parts["first"]

    @tf.Module.with_name_scope
    def scope(self) -> str:
        with self.name_scope as name:
            return str(name)


def test_what_a_module_holds() -> None:
    module = TwoLayers()
    assert (module.name, module.scope()) == ("two_layers", "two_layers")
    assert sorted(m.name for m in module.submodules) == ["one", "two"]
    assert len(module.variables) == 6
    assert len(module.trainable_variables) == 4
    assert all(not v.trainable for v in module.non_trainable_variables)
