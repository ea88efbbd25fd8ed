"""A document, trained with somebody who watches over its health."""

from __future__ import annotations

from engine.core.errors import EngineError
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.lower import Program
from studio.run import session
from studio.run.health.monitor import HealthMonitor
from studio.run.messages import Mode

#: Steps between two samples: these trainings are short.
EVERY = 5


def trained(document: Document, mode: Mode = "eager") -> tuple[HealthMonitor, EngineError | None]:
    """Train a document to the end; return who has watched, and the error that the training has ended in."""
    program = Program(CATALOGUE)
    program.update(document)
    training = program.training()
    monitor = HealthMonitor(program, training, every=EVERY, share=None)
    try:
        session.train(program, training, mode, [monitor])
    except EngineError as error:
        return monitor, error
    return monitor, None
