"""Data: where examples come from. Importing this package fills `DATASETS`."""

from engine.data import embedded, generated, mnist
from engine.data.dataset import DATASETS, Dataset, Examples

__all__ = ["DATASETS", "Dataset", "Examples", "embedded", "generated", "mnist"]
