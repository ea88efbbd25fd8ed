"""The settings window: a page for each matter."""
