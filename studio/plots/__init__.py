"""The training curves, live."""
