"""Data sets with Keras' ``load_data``."""

from engine.keras.datasets import mnist

__all__ = ["mnist"]
