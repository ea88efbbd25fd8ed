"""The studio: documents, the process that runs them, and the window."""

__version__ = "0.1.0"
