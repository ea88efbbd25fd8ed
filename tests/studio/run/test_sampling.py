"""What is measured of a training now and then."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from studio.document.edits import SetParams
from studio.document.file import dumps, load
from studio.run.messages import Observe, Progress, Train
from studio.run.training import job, listener
from studio.run.worker import Worker

DIGITS = Path(__file__).resolve().parents[3] / "examples" / "digits_mlp.trenza"


@pytest.mark.parametrize("what", [(), ("gradient_norm",)])
def test_only_what_is_observed_is_told(what: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "SEEN", dataclasses.replace(job.SEEN, share=1e-9))  # as if looks took long
    monkeypatch.setattr(listener, "QUIET_INTERVAL", 0.0)
    document = load(DIGITS)
    trainer = next(n.id for n in document.nodes.values() if n.type.startswith("train."))
    document.apply(SetParams(trainer, {"epochs": 3}))
    events: list[object] = []
    worker = Worker(events.append)
    worker.receive(Observe(1, what))
    worker.handle(Train(1, 1, dumps(document), "lazy"))
    reports = [event for event in events if isinstance(event, Progress)]
    assert all(r.sampled["learning_rate"] == pytest.approx(0.001) for r in reports)
    assert all(0 < r.sampled["examples_per_second"] < 1e9 for r in reports)
    norms = [r.sampled["gradient_norm"] for r in reports if "gradient_norm" in r.sampled]
    if not what:
        assert not norms
        return
    assert len(norms) > 3, "enough for a curve, also of a short training"
    assert "gradient_norm" in reports[-1].sampled, "to its end"
    history = worker.study(1).layers
    assert history is not None
    seen = [float(norm) for norm in history.rows["gradient_norm"]]
    assert all(norm == pytest.approx(min(seen, key=lambda s: abs(s - norm))) for norm in norms), "as the layers show it"
