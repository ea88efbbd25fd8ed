"""MNIST, as Keras offers it."""

from engine.data.mnist import load_data

__all__ = ["load_data"]
