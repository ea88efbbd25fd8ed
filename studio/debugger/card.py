"""The card: the step that is shown, explained."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engine.core.errors import EngineError
from studio.debugger.words import NameOf, way
from studio.run.debug.card import Card, OperandInfo
from studio.run.debug.messages import DebugStopped
from studio.run.messages import TensorInfo
from studio.run.tensor_ref import TensorRef
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, decimal, describe, label, number
from studio.ui.widgets.labels import EmptyState, Heading, Passage

_KINDS = {
    "value": "{node} · {name}",
    "gradient": "∂L/∂ {node} · {name}",
    "weight": "{node} · {name}",
    "weight_gradient": "∂L/∂ {node} · {name}",
    "update": "Δ {node} · {name}",
    "slot": "{node} · {name} · {part}",
}


class StepCard(QScrollArea):
    """What the step that is shown does, with what, and why.

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
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._name_of = name_of
        self._event: DebugStopped | None = None
        self._refs: list[TensorRef] = []
        self.way = self._label()
        self.findings = self._label()
        self.findings.setObjectName("debugger.findings")
        self.findings.setProperty("box", "bad")
        self.rule = self._label(font=fonts.mono(13))
        self.rule.setObjectName("debugger.rule")
        self.words = self._label()
        self.words.setProperty("tone", "dim")
        self.operands = self._label(font=fonts.mono(12))
        self.weights = self._label(font=fonts.mono(12))
        self.weights.setObjectName("debugger.weights")
        self.source = self._label(font=fonts.mono(12))
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self._source_heading = Heading(N_("Source"))
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(10)
        inner = (self.rule, self.words, self.weights, self.operands, self._source_heading, self.source)
        parts = (self.way, self.findings, *inner)
        self._inner = inner
        for part in parts:
            layout.addWidget(part)
        layout.addStretch(1)
        self._body = body
        self._empty = EmptyState("footprints", N_("Step over to see what each op does, forward and backward."))
        self._pages = QWidget()
        pages = QVBoxLayout(self._pages)
        pages.setContentsMargins(0, 0, 0, 0)
        pages.addWidget(self._body)
        pages.addWidget(self._empty)
        self.setWidget(self._pages)
        appearance().language_changed.connect(self.retranslate)
        appearance().theme_changed.connect(self.retranslate)
        self.show_stop(None)

    def _label(self, font: QFont | None = None) -> Passage:
        made = Passage(font)
        made.setTextFormat(Qt.TextFormat.RichText)
        made.linkActivated.connect(self._follow)
        return made

    def show_stop(self, event: DebugStopped | None) -> None:
        """Show where the run stands; None: there is no run."""
        self._event = event
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in use, in the colours in use."""
        event = self._event
        is_there = event is not None and (event.card is not None or bool(event.findings))
        self._body.setVisible(is_there)
        self._empty.setVisible(not is_there)
        if event is None:
            return
        self._refs = []
        self.way.setText(self._way(event) if event.shown.path else "")
        self._say(self.findings, "<br>".join(escape(describe(error)) for error in event.findings))
        card = event.card
        if card is None:
            for part in self._inner:
                part.hide()
            return
        self._say(self.rule, self._rule(card))
        self._say(self.words, self._words(card))
        self._say(self.weights, self._weights(card))
        self._say(self.operands, self._tensors(card))
        source = "\n\n".join(filter(None, (card.program, card.source.strip())))
        self._say(self.source, source)
        self._source_heading.setVisible(bool(source))

    @staticmethod
    def _say(part: Passage, text: str) -> None:
        part.setText(text)
        part.setVisible(bool(text))

    def _way(self, event: DebugStopped) -> str:
        """Return the call stack: from the training step to the op, and what comes next."""
        theme = appearance().theme
        parts = [
            f'<a href="node:{escape(node)}" style="color:{theme.accent};text-decoration:none">{escape(name)}</a>'
            if node
            else escape(name)
            for name, node in way(event.shown.path, self._name_of)
        ]
        line = f' <span style="color:{theme.dim}">›</span> '.join(parts)
        if event.card is not None and event.card.line:
            line += f'<br><span style="color:{theme.dim}">{escape(event.card.line)}</span>'
        if event.shown.after is None:
            return line
        after = " › ".join(escape(name) for name, _node in way(event.shown.after, self._name_of)[1:])
        words = escape(_("Next: {place}")).replace("{place}", after)
        return f'{line}<br><span style="color:{theme.dim}">{words}</span>'

    def _rule(self, card: Card) -> str:
        lines = []
        theme = appearance().theme
        for slope in card.chain:
            lines.append(escape(decimal(slope.formula)))
            if slope.example:
                lines.append(f'<span style="color:{theme.dim}">{escape(decimal(slope.example))}</span>')
        if any(slope.is_left_out for slope in card.chain):
            words = escape(_("Work out the numbers"))
            lines.append(f'<a href="numbers:" style="color:{theme.accent};text-decoration:none">{words}</a>')
        return "<br>".join(lines)

    @staticmethod
    def _words(card: Card) -> str:
        errors: Sequence[EngineError] = card.words
        said = [describe(error) for error in errors]
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
        dim = appearance().theme.dim
        heads = "".join(f'<td style="color:{dim};padding-right:18px">{escape(name)}</td>' for name in names)
        lines = ("".join(f'<td style="padding-right:18px">{cell}</td>' for cell in row) for row in rows)
        body = "".join(f"<tr>{line}</tr>" for line in (heads, *lines))
        return f"<table cellspacing=0 cellpadding=3>{body}</table>"

    def _link(self, text: str) -> str:
        """Return a text that leads to the tensor that was named last."""
        colour = appearance().theme.accent
        link = f"tensor:{len(self._refs) - 1}"
        return f'<a href="{link}" style="color:{colour};text-decoration:none">{escape(text)}</a>'

    def _tensors(self, card: Card) -> str:
        rows = [self._row(operand.name, self._called(operand), operand.info, operand.ref) for operand in card.operands]
        number_here = self._event.shown.step if self._event is not None else 0
        rows += [
            self._row("→", _("Look into it"), info, TensorRef.of_step(number_here, i))
            for i, info in enumerate(card.outputs)
        ]
        time = _("{time} µs").format(time=number(1e6 * card.seconds, 0))
        facts = {**{label(name): text for name, text in card.attrs.items()}, _("Time"): time}
        about = (
            f'<tr><td style="padding-right:14px">{escape(k)}</td><td>{escape(v)}</td></tr>' for k, v in facts.items()
        )
        return "".join(f"<table cellspacing=0 cellpadding=3>{''.join(table)}</table>" for table in (rows, about))

    def _called(self, operand: OperandInfo) -> str:
        if operand.refs:
            ref = operand.refs[0]
            return _KINDS[ref.kind].format(node=self._name_of(ref.node), name=label(ref.name), part=label(ref.part))
        if operand.made_by is not None:
            return _("from step {number}").format(number=number(operand.made_by + 1))
        return ""

    def _row(self, name: str, called: str, info: TensorInfo, ref: TensorRef | None) -> str:
        theme = appearance().theme
        shape = f"({', '.join(map(str, info.shape))})"
        figures = (
            f"{number(info.minimum)} … {number(info.mean)} … {number(info.maximum)}"
            if info.minimum is not None and info.mean is not None and info.maximum is not None
            else "—"
        )
        if info.nans or info.infs:
            figures += f' <span style="color:{theme.bad}">{info.nans} NaN, {info.infs} ∞</span>'
        shown = escape(called)
        if ref is not None:
            self._refs.append(ref)
            shown = self._link(called)
        # the figures below: beside it there is no room for them in a narrow panel
        kind = f'{escape(shape)} {escape(info.dtype)}<br><span style="color:{theme.dim}">{figures}</span>'
        look = "padding-right:14px;white-space:nowrap"
        return "<tr>" + "".join(f'<td style="{look}">{cell}</td>' for cell in (escape(name), shown, kind)) + "</tr>"

    def _follow(self, link: str) -> None:
        kind, _colon, what = link.partition(":")
        if kind == "node":
            self.node_wanted.emit(what)
        elif kind == "numbers":
            self.numbers_wanted.emit()
        else:
            self.tensor_wanted.emit(self._refs[int(what)])
