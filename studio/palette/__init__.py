"""The palette: all types of nodes by category, to drag or to add."""
