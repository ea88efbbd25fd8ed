"""Callbacks."""

from engine.keras.callbacks.callback import Callback, CallbackList, History, LambdaCallback, Wait
from engine.keras.callbacks.csv_logger import CSVLogger
from engine.keras.callbacks.monitor import EarlyStopping, ReduceLROnPlateau
from engine.keras.callbacks.nan import TerminateOnNaN
from engine.keras.callbacks.progress import ProgressBar
from engine.keras.callbacks.rate import LearningRateScheduler

__all__ = [
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ProgressBar",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
    "Wait",
]
