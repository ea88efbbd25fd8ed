"""What keeps a training from going well is listed among the problems, and leads to its node."""

from __future__ import annotations

from pathlib import Path

from graphs import moons
from user import Open, saved

from studio.document.edits import SetParams

pytest_plugins = ("look", "window")


def test_a_rate_that_is_much_too_high_is_told_and_forgotten_with_the_next_training(
    open_window: Open, tmp_path: Path
) -> None:
    document = moons()
    trainer = next(node.id for node in document.nodes.values() if node.type.startswith("train."))
    document.apply(SetParams(trainer, {"learning_rate": 30.0, "epochs": 12}))
    user = open_window(saved(document, tmp_path), engine=True)
    user.until_ready()
    user.do("run.train")
    user.until(lambda: user.window.controller.state == "training")
    user.until(lambda: user.window.controller.state == "ready")
    rows = user.window.problems.model.rows
    assert rows
    assert {row.severity for row in rows} == {"warning"}
    assert any("learning rate" in row.message for row in rows)
    assert user.window.dock.tabText(user.window.dock.indexOf(user.window.problems)).startswith("Problems  ")
    user.window.history.do(SetParams(trainer, {"learning_rate": 0.01, "epochs": 2}))
    user.do("run.reset")
    user.do("run.train")
    user.until(lambda: user.window.controller.state == "training")
    user.until(lambda: user.window.controller.state == "ready")
    assert user.window.problems.count == 0, "the weights are new, also if it is trained at once"
