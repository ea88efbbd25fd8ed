"""Models."""

from engine.keras.models.model import Model
from engine.keras.models.sequential import Sequential

__all__ = ["Model", "Sequential"]
