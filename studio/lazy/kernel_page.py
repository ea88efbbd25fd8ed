"""The kernels of a program: what each does and costs, its members, and its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from studio.lazy.table import Table
from studio.lazy.words import KERNEL_KINDS, NOTHING_LEFT, kernel_name
from studio.run.lazy.data import Kernel
from studio.ui import fonts
from studio.ui.i18n import N_, _, number, written_size
from studio.ui.values import flops_text, time_text

_NO_SOURCE = N_("It has no source of its own: {kind} computes it.")


class KernelPage(QSplitter):
    """The kernels as a table, and the one that is chosen.

    `picked` carries the number of a kernel.
    """

    picked = Signal(int)

    def __init__(self, name_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._name_of = name_of
        self._kernels: Sequence[Kernel] = ()
        self._times: Sequence[float] = ()
        self.number = -1
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.table = Table("lazy.kernels", (N_("Kernel"), N_("Work"), N_("Memory"), N_("Time")))
        self.table.picked.connect(self._pick)
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.source = QPlainTextEdit()
        self.source.setObjectName("lazy.source")
        self.source.setReadOnly(True)
        self.source.setFont(fonts.mono(12))
        self.source.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self.facts)
        column.addWidget(self.source, 1)
        self.addWidget(self.table)
        self.addWidget(right)
        self.setSizes([460, 560])

    def show_kernels(self, kernels: Sequence[Kernel], times: Sequence[float]) -> None:
        """Show the kernels of a program, with the times that they took, if these are known."""
        self._kernels, self._times = kernels, times
        self.table.show_rows([(k.info.number, self._row(k), "") for k in kernels])
        self.show_kernel(self.number if 0 <= self.number < len(kernels) else -1)

    def _row(self, kernel: Kernel) -> list[str]:
        info = kernel.info
        flops = flops_text(info.flops).removesuffix(" FLOP") if info.flops is not None else "—"
        return [kernel_name(kernel), flops, written_size(info.nbytes), self._time(kernel)]

    def _time(self, kernel: Kernel) -> str:
        number = kernel.info.number
        return time_text(self._times[number]) if number < len(self._times) else "—"

    def show_kernel(self, number: int) -> None:
        """Show one kernel, -1 for none."""
        self.number = number
        self.table.pick(number)
        if number < 0:
            choose = _("Choose a kernel, or a node of the fused graph.")
            self.facts.setText(choose if self._kernels else _(NOTHING_LEFT))
            self.source.setPlainText("")
            return
        kernel = self._kernels[number]
        self.facts.setText(self._facts(kernel))
        source = kernel.info.source
        if source is None:
            source = "# " + _(_NO_SOURCE).format(kind=_(KERNEL_KINDS[kernel.info.kind]))
        if source != self.source.toPlainText():
            self.source.setPlainText(source)
            first = next((i for i, line in enumerate(source.splitlines()) if line.startswith(("def ", "@"))), 0)
            self.source.verticalScrollBar().setValue(first)

    def _facts(self, kernel: Kernel) -> str:
        info = kernel.info
        homes = ", ".join(dict.fromkeys(self._name_of(origin) for origin in info.origins if origin))
        lines = [f"{_(KERNEL_KINDS[info.kind])} {info.number}: {', '.join(info.ops)}"]
        if homes:
            lines.append(_("Of {nodes}.").format(nodes=homes))
        given = ", ".join(map(str, info.outputs))
        lines.append(_("Gives {outputs}.").format(outputs=given))
        cost = [flops_text(info.flops)] if info.flops is not None else []
        cost += [written_size(info.nbytes), self._time(kernel)]
        if info.parts > 1:
            cost.append(_("in {count} parts, which threads share").format(count=number(info.parts)))
        lines.append(" · ".join(cost))
        return "\n".join(lines)

    def _pick(self, number: object) -> None:
        assert isinstance(number, int)
        self.show_kernel(number)
        self.picked.emit(number)
