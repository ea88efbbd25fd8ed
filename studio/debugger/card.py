"""The card: the step that is shown, explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final
from urllib.parse import quote

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QTextBrowser, QWidget

from studio.debugger.words import NameOf, way
from studio.run.debug.card import Card, OperandInfo
from studio.run.debug.messages import DebugStopped
from studio.run.messages import TensorInfo
from studio.run.tensor_ref import TensorRef
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, decimal, describe, label, number
from studio.ui.theme import Theme, mix
from studio.ui.widgets.labels import EmptyState

_KINDS = {
    "value": "{node} · {name}",
    "gradient": "∂L/∂ {node} · {name}",
    "weight": "{node} · {name}",
    "weight_gradient": "∂L/∂ {node} · {name}",
    "update": "Δ {node} · {name}",
    "slot": "{node} · {name} · {part}",
}


#: Pixels around the text, and between two of its parts.
_MARGIN: Final = 16
_GAP: Final = 10


class StepCard(QStackedWidget):
    """What the step that is shown does, with what, and why: one page of text.

    Labels below each other had to be asked for their sizes, for which Qt lays each out several times: half the time of
    showing a step went there.

    Signals
    -------
    node_wanted
        The user wants to see a node: carries its name.
    tensor_wanted
        The user wants to look into a tensor: carries its `TensorRef`.
    numbers_wanted
        The user wants the numbers of the chain rule that were left out.
    """

    node_wanted = Signal(str)
    tensor_wanted = Signal(object)
    numbers_wanted = Signal()

    def __init__(self, name_of: NameOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("debugger.card")
        self._name_of = name_of
        self._event: DebugStopped | None = None
        self._refs: list[TensorRef] = []
        self._html = ""
        self.text = QTextBrowser()
        self.text.setObjectName("debugger.text")
        self.text.setFont(fonts.sans())
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setProperty("plain", True)
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(_MARGIN)
        self.text.anchorClicked.connect(self._follow)
        self._empty = EmptyState("footprints", N_("Step over to see what each op does, forward and backward."))
        self.addWidget(self._empty)
        self.addWidget(self.text)
        appearance().language_changed.connect(self.retranslate)
        appearance().theme_changed.connect(self._dress)
        self._dress()

    def show_stop(self, event: DebugStopped | None) -> None:
        """Show where the run stands; None: there is no run."""
        self._event = event
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        event = self._event
        is_there = event is not None and (event.card is not None or bool(event.findings))
        self.setCurrentWidget(self.text if is_there else self._empty)
        if event is not None:
            self._refs = []
            self._say("".join(self._parts(event)))

    def _dress(self) -> None:
        """Say everything in the colours in use."""
        self.text.document().setDefaultStyleSheet(_sheet(appearance().theme))
        self._html = ""
        self.retranslate()

    def _say(self, html: str) -> None:
        """Show this; the same again costs nothing, and the place to which one has scrolled stays."""
        if html == self._html:
            return
        self._html, bar = html, self.text.verticalScrollBar()
        place = bar.value()
        self.text.setHtml(html)
        bar.setValue(place)

    def _parts(self, event: DebugStopped) -> Iterator[str]:
        """Yield the parts of the page, as HTML."""
        if event.shown.path:
            yield f"<p>{self._way(event)}</p>"
        for error in event.findings:
            cell = f"<td>{escape(describe(error))}</td>"
            yield f'<table class="bad" width="100%" cellspacing=0 cellpadding=8><tr>{cell}</tr></table>'
        if (card := event.card) is None:
            return
        for style, text in (("rule", self._rule(card)), ("dim", self._words(card))):
            if text:
                yield f'<p class="{style}">{text}</p>'
        yield self._weights(card)
        yield self._tensors(card)
        if source := "\n\n".join(filter(None, (card.program, card.source.strip()))):
            yield f'<p class="heading">{escape(_("Source"))}</p><pre>{escape(source)}</pre>'

    def _way(self, event: DebugStopped) -> str:
        """Return the call stack: from the training step to the op, and what comes next."""
        parts = [
            f'<a href="node:{quote(node, safe="")}">{escape(name)}</a>' if node else escape(name)
            for name, node in way(event.shown.path, self._name_of)
        ]
        line = ' <span class="dim">›</span> '.join(parts)
        if event.card is not None and event.card.line:
            line += f'<br><span class="dim">{escape(event.card.line)}</span>'
        if event.shown.after is None:
            return line
        after = " › ".join(escape(name) for name, _node in way(event.shown.after, self._name_of)[1:])
        words = escape(_("Next: {place}")).replace("{place}", after)
        return f'{line}<br><span class="dim">{words}</span>'

    def _rule(self, card: Card) -> str:
        lines = []
        for slope in card.chain:
            lines.append(escape(decimal(slope.formula)))
            if slope.example:
                lines.append(f'<span class="dim">{escape(decimal(slope.example))}</span>')
        if any(slope.is_left_out for slope in card.chain):
            words = escape(_("Work out the numbers"))
            lines.append(f'<a href="numbers:">{words}</a>')
        return "<br>".join(lines)

    @staticmethod
    def _words(card: Card) -> str:
        said = [describe(error) for error in card.words]
        if not card.reverses and card.summary:
            said = [_(card.summary)]
        return "<br>".join(escape(text) for text in said)

    def _weights(self, card: Card) -> str:
        """Return a table of weights: how long they are, their gradients, and how much of them the last step changed."""
        if not card.weights:
            return ""
        names = (_("Weight"), "‖w‖", "‖∂L/∂w‖", "‖Δw‖", "‖Δw‖ / ‖w‖")
        rows = []
        for weight in card.weights:
            self._refs.append(weight.ref)
            name = f"{self._name_of(weight.ref.node)} · {label(weight.ref.name)}"
            figures = (weight.norm, weight.gradient, weight.update, weight.ratio)
            rows.append([self._link(name), *("—" if f is None else number(f) for f in figures)])
        heads = [f'<span class="dim">{escape(name)}</span>' for name in names]
        return _table([heads, *rows])

    def _link(self, text: str) -> str:
        """Return a text that leads to the tensor that was named last."""
        return f'<a href="tensor:{len(self._refs) - 1}">{escape(text)}</a>'

    def _tensors(self, card: Card) -> str:
        rows = [self._row(operand.name, self._called(operand), operand.info, operand.ref) for operand in card.operands]
        number_here = self._event.shown.step if self._event is not None else 0
        rows += [
            self._row("→", _("Look into it"), info, TensorRef.of_step(number_here, i))
            for i, info in enumerate(card.outputs)
        ]
        time = _("{time} µs").format(time=number(1e6 * card.seconds, 0))
        facts = {**{label(name): text for name, text in card.attrs.items()}, _("Time"): time}
        return (_table(rows) if rows else "") + _table([escape(name), escape(text)] for name, text in facts.items())

    def _called(self, operand: OperandInfo) -> str:
        if operand.refs:
            ref = operand.refs[0]
            return _KINDS[ref.kind].format(node=self._name_of(ref.node), name=label(ref.name), part=label(ref.part))
        if operand.made_by is not None:
            return _("from step {number}").format(number=number(operand.made_by + 1))
        return ""

    def _row(self, name: str, called: str, info: TensorInfo, ref: TensorRef | None) -> list[str]:
        shape = f"({', '.join(map(str, info.shape))})"
        figures = (
            f"{number(info.minimum)} … {number(info.mean)} … {number(info.maximum)}"
            if info.minimum is not None and info.mean is not None and info.maximum is not None
            else "—"
        )
        if info.nans or info.infs:
            figures += f' <span class="bad">{info.nans} NaN, {info.infs} ∞</span>'
        shown = escape(called)
        if ref is not None:
            self._refs.append(ref)
            shown = self._link(called)
        # the figures below: beside it there is no room for them in a narrow panel
        return [escape(name), shown, f'{escape(shape)} {escape(info.dtype)}<br><span class="dim">{figures}</span>']

    def _follow(self, link: QUrl) -> None:
        kind, what = link.scheme(), link.path(QUrl.ComponentFormattingOption.FullyDecoded)
        if kind == "node":
            self.node_wanted.emit(what)
        elif kind == "numbers":
            self.numbers_wanted.emit()
        else:
            self.tensor_wanted.emit(self._refs[int(what)])


def _table(rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are HTML."""
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table class='figures' cellspacing=0 cellpadding=3>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _sheet(theme: Theme) -> str:
    """Return how the parts of the page look."""
    mono = f"font-family:'{fonts.MONO}';font-size"
    return f"""
        a {{ color: {theme.accent}; text-decoration: none; }}
        p, table, pre {{ margin-top: {_GAP}px; margin-bottom: 0px; }}
        .dim {{ color: {theme.dim}; }}
        .rule {{ {mono}: 13px; }}
        .figures td {{ {mono}: 12px; padding-right: 14px; white-space: nowrap; }}
        pre {{ {mono}: 12px; white-space: pre-wrap; }}
        .heading {{ color: {theme.dim}; font-size: 11px; font-weight: 600; text-transform: uppercase; }}
        span.bad {{ color: {theme.bad}; }}
        table.bad td {{ background-color: {mix(theme.panel, theme.bad, 0.12)}; border-left: 3px solid {theme.bad}; }}
    """
