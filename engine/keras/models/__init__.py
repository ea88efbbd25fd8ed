"""Models."""

from engine.keras.models.config import clone_model
from engine.keras.models.model import Model
from engine.keras.models.sequential import Sequential

__all__ = ["Model", "Sequential", "clone_model"]
