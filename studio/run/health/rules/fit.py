"""Rules about what comes of it: of new examples, and of the weights."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.errors import EngineError
from studio.run.health.records import Evidence
from studio.run.health.rules import limits
from studio.run.health.rules.progress import learned_share
from studio.run.health.rules.words import rounded


def weight_penalty(evidence: Evidence) -> Iterator[EngineError]:
    """What keeps weights small must leave them something to do."""
    learned = learned_share(evidence)
    if learned is None or learned > limits.LEARNED_LITTLE or len(evidence.stepped) < limits.AGREEING:
        return
    last, first = evidence.samples[-1], evidence.samples[0]
    kernels = [(a, b) for a, b in zip(first.weights, last.weights, strict=True) if a.is_kernel and a.norm > 0]
    is_gone = kernels and all(b.norm < limits.SHRUNK * a.norm for a, b in kernels)
    if last.penalty > limits.PENALTY * abs(last.loss - last.penalty) or is_gone:
        yield EngineError(
            "Keeping the weights small counts more than the data: their penalty is {penalty}, the loss of the data "
            "{loss}.",
            hint="Lower the weight decay or the regularizers to a hundredth.",
            penalty=rounded(last.penalty),
            loss=rounded(last.loss - last.penalty),
            node=evidence.trainer,
        )


def running_means(evidence: Evidence) -> Iterator[EngineError]:
    """BatchNormalization predicts with means that follow those of the batches; far behind, they are of other values."""
    if _lags(evidence):
        last = evidence.samples[-1]
        assert last.predicting is not None
        yield EngineError(
            "Of the same examples the loss is {training} while it learns, and {predicting} when it predicts: the "
            "running means lag behind.",
            hint="Lower the momentum of BatchNormalization, to 0.9 for instance, or train for more steps.",
            training=rounded(last.loss - last.penalty),
            predicting=rounded(last.predicting),
            node=evidence.wiring.normalised[0],
        )


def _lags(evidence: Evidence) -> bool:
    seen = evidence.samples[-limits.AGREEING :]
    if len(evidence.epochs) < limits.EPOCHS or evidence.steps < limits.STEPS or evidence.chance is None:
        return False
    apart = [s.predicting - (s.loss - s.penalty) for s in seen if s.predicting is not None]
    return len(apart) == limits.AGREEING and min(apart) > limits.APART * evidence.chance


def overfitting(evidence: Evidence) -> Iterator[EngineError]:
    """What was learned by heart says nothing about new examples."""
    seen = [logs for logs in evidence.epochs if "val_loss" in logs]
    if len(seen) < limits.EPOCHS or _lags(evidence):
        return
    held_out = [logs["val_loss"] for logs in seen]
    best = min(range(len(held_out)), key=held_out.__getitem__)
    rose = held_out[-1] > limits.WORSE * held_out[best] and len(seen) - 1 - best >= limits.EPOCHS_WORSE
    fell = seen[-1]["loss"] < seen[best]["loss"]
    apart = held_out[-1] - seen[-1]["loss"]
    if rose and fell and apart > limits.APART * (evidence.chance or abs(held_out[best])):
        yield EngineError(
            "Since epoch {epoch} it gets worse at new examples: from {best} to {last}, while it has {loss} at its own.",
            hint="Stop there (early stopping), use more examples, a smaller network, Dropout or weight decay.",
            epoch=best + 1,
            best=rounded(held_out[best]),
            last=rounded(held_out[-1]),
            loss=rounded(seen[-1]["loss"]),
            node=evidence.trainer,
        )
