"""Bringing the inspector into sight, for what is shown there because of a wish elsewhere."""

from __future__ import annotations

from studio.ui.actions import Actions


def reveal_inspector(actions: Actions) -> None:
    """Show the inspector, if it is hidden, as in the workspace for training."""
    action = actions["view.inspector"]
    if not action.isChecked():
        action.trigger()
