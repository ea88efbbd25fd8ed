"""Callbacks."""

from engine.keras.callbacks.callback import Callback, CallbackList, History, LambdaCallback
from engine.keras.callbacks.progress import ProgressBar

__all__ = ["Callback", "CallbackList", "History", "LambdaCallback", "ProgressBar"]
