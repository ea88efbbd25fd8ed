"""Templates: a new document begins with what one holds, and each of them works."""

from __future__ import annotations

import numpy as np
import pytest
from lowering import program_of
from user import Open

from engine.keras.callbacks import LambdaCallback
from studio.document.catalogue import CATALOGUE
from studio.document.edits import SetParams
from studio.document.file import load
from studio.document.infer import Inference
from studio.run import session
from studio.ui.action_table import TEMPLATES
from studio.ui.resources import resource

pytest_plugins = ("look", "window")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_problems_and_runs(name: str) -> None:
    document = load(resource("templates", f"{name}.trenza"))
    assert not Inference(CATALOGUE).analyse(document).problems
    assert not any(node.title for node in document.nodes.values()), "titles would be in one language"
    program = program_of(document)
    if any(node.type.startswith("train.") for node in document.nodes.values()):
        trainer = next(id for id, node in document.nodes.items() if node.type.startswith("train."))
        document.apply(SetParams(trainer, {"epochs": 1}))
        program.update(document)
        losses: list[float] = []
        told = LambdaCallback(on_epoch_end=lambda _epoch, logs: losses.append(logs["loss"]))
        session.train(program, program.training(), "eager", [told])
        assert np.isfinite(losses).all()
        assert len(losses) == 1


def test_the_start_page_begins_with_one(open_window: Open) -> None:
    user = open_window()
    user.click("file.new_autoencoder.button")
    desk = user.window.desk
    assert desk.document == load(resource("templates", "autoencoder.trenza"))
    assert desk.path is None
    assert not desk.modified
    assert user.window.windowTitle() == "untitled — Trenza"
    user.do("file.new_ops")
    assert "product" in desk.document.nodes
