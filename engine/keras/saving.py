"""What programs that save models find here in Keras."""

from engine.keras.layers.serialization import register_keras_serializable

__all__ = ["register_keras_serializable"]
