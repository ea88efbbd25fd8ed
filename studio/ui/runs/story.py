"""What happened in a run, in a few sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from studio.run.runs.folder import RunFolder
from studio.ui.i18n import N_, _, ngettext, number, sentence, words

#: A validation loss this much above the best one has risen.
RISEN: Final = 1.1

STATUS: Final[dict[str, str]] = {
    "training": N_("training"),
    "complete": N_("complete"),
    "stopped": N_("stopped"),
    "failed": N_("failed"),
    "interrupted": N_("cut off"),
}

_NOTES: Final[dict[str, str]] = {
    "learning_rate": N_("Behind step {step} the learning rate was set to {value}."),
    "frozen": N_("Behind step {step} '{node}' was frozen."),
    "thawed": N_("Behind step {step} '{node}' was let learn again."),
    "restored": N_("It was taken back from step {before} to the checkpoint of step {step}."),
}


def story(run: RunFolder) -> list[str]:
    """Return what happened in a run, sentence by sentence, in the language in use.

    Raises
    ------
    EngineError
        If the run's record cannot be read.
    """
    return [*_course(run), *_losses(run), *_notes(run)]


def _course(run: RunFolder) -> Iterator[str]:
    record, epochs = run.record, len(run.epochs())
    text = ngettext("{n} epoch of {all}, {seconds} s: {status}.", "{n} epochs of {all}, {seconds} s: {status}.", epochs)
    seconds = record.seconds or sum(line["seconds"] for line in run.epochs())
    yield text.format(
        n=number(epochs), all=number(record.epochs), seconds=number(seconds, 1), status=_(STATUS[record.status])
    )
    if record.status == "complete" and epochs < record.epochs:
        yield _("It ended early: the loss had not become better for some epochs.")
        if any(name.endswith(".restore_best") and value for name, value in record.settings.items()):
            yield _("The network has the weights of its best epoch again.")
    if run.record.why:
        yield record.why
    if run.can_go_on:
        last = run.last
        yield _("It can go on from step {step}.").format(step=number(last.step if last else 0))


def _losses(run: RunFolder) -> Iterator[str]:
    rows = [line["logs"] for line in run.epochs() if "loss" in line["logs"]]
    if not rows:
        return
    bad = next((i for i, logs in enumerate(rows) if not math.isfinite(logs["loss"])), None)
    if bad is not None:
        yield _("From epoch {epoch} on the loss is no number any more: try a lower learning rate.").format(
            epoch=number(bad + 1)
        )
        return
    text = _("The loss went from {first} to {last}.")
    yield text.format(first=number(rows[0]["loss"]), last=number(rows[-1]["loss"]))
    held = [(logs["val_loss"], i) for i, logs in enumerate(rows) if math.isfinite(logs.get("val_loss", math.nan))]
    if held:
        best, epoch = min(held)
        yield _("The best loss of the validation was {best}, after epoch {epoch}.").format(
            best=number(best), epoch=number(epoch + 1)
        )
        if held[-1][0] > RISEN * best and rows[-1]["loss"] < rows[epoch]["loss"]:
            yield _(
                "Since then it has risen to {last} while the loss fell: the network learns the examples by heart. "
                "End earlier (patience), or try Dropout or more data."
            ).format(last=number(held[-1][0]))
    for name in run.record.series:
        if name != "loss" and (key := f"val_{name}" if f"val_{name}" in rows[-1] else name) in rows[-1]:
            yield f"{sentence(_(words(name)))}: {number(rows[-1][key], 4)}."


def _notes(run: RunFolder) -> Iterator[str]:
    for note in run.notes():
        if (template := _NOTES.get(str(note.get("what")))) is not None:
            facts: dict[str, Any] = {"value": "", "node": "", **note, "before": note.get("from", "")}
            for name in ("step", "value", "before"):
                if isinstance(facts[name], int | float):
                    facts[name] = number(facts[name])
            yield _(template).format(**facts)
