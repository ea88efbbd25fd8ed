"""Files as the user sees them: dialogs, the question about changes that are not saved, and recent documents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui.i18n import _, ngettext
from studio.ui.settings import settings
from studio.ui.widgets.question import GO_ON, LOSE, STAY, Answers, Question, ask

SUFFIX: Final = ".trenza"
_MOST_RECENT: Final = 12
_KEY: Final = "recent"
_LIST: Final = QSize(460, 140)

Answer = Literal["save", "discard", "cancel"]


def ask_paths_to_open(parent: QWidget) -> list[Path]:
    """Return the documents that the user picks."""
    names, _filter = QFileDialog.getOpenFileNames(parent, _("Open documents"), _folder(), _filters())
    return [Path(name) for name in names]


def ask_program(parent: QWidget) -> Path | None:
    """Ask for a Python file."""
    text, _filter = QFileDialog.getOpenFileName(
        parent, _("Debug a Python program"), _folder(), f"{_('Python programs')} (*.py)"
    )
    return Path(text) if text else None


def ask_path_to_compare(parent: QWidget) -> Path | None:
    """Return the document that the user picks to compare another one with."""
    name, _filter = QFileDialog.getOpenFileName(parent, _("Compare with"), _folder(), _filters())
    return Path(name) if name else None


def ask_path_to_save(parent: QWidget, present: Path | None, name: str) -> Path | None:
    """Return where the user wants the document to be, or None; `name` is proposed if it is nowhere yet."""
    proposal = str(present) if present else str(Path(_folder()) / f"{name}{SUFFIX}")
    name, _filter = QFileDialog.getSaveFileName(parent, _("Save the document"), proposal, _filters())
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(SUFFIX)


def ask_about_changes(parent: QWidget, name: str) -> Answer:
    """Return what shall become of changes that are not saved."""
    question = Question(
        "unsaved_changes",
        _("Changes that are not saved"),
        _("'{name}' has changes that are not saved.").format(name=name),
    )
    answers: Answers[Answer] = (
        ("save", _("Save"), GO_ON),
        ("discard", _("Discard"), LOSE),
        ("cancel", _("Cancel"), STAY),
    )
    return ask(parent, question, answers, default="save")


def ask_about_all(parent: QWidget, documents: Sequence[tuple[str, str]]) -> Answer:
    """Return what shall become of the changes of several documents, of which these are the names and paths."""
    box = QDialog(parent)
    box.setObjectName("unsaved_documents")
    box.setWindowTitle(_("Changes that are not saved"))
    count = len(documents)
    text = ngettext(
        "{count} document has changes that are not saved:",
        "{count} documents have changes that are not saved:",
        count,
    ).format(count=count)
    about = QLabel(text)
    about.setTextFormat(Qt.TextFormat.PlainText)
    rows = QListWidget()
    rows.setObjectName("unsaved_documents.list")
    rows.setAccessibleName(text)
    rows.setSelectionMode(QListWidget.SelectionMode.NoSelection)
    for name, path in documents:
        item = QListWidgetItem(f"{name}    {path}" if path else name)
        item.setToolTip(path or _("It was never saved."))
        rows.addItem(item)
    rows.setMinimumSize(_LIST)
    answers: list[Answer] = []
    buttons = QHBoxLayout()
    buttons.addStretch(1)
    offers: tuple[tuple[Answer, str], ...] = (
        ("save", _("Save all")),
        ("discard", _("Discard all")),
        ("cancel", _("Cancel")),
    )
    for answer, label in offers:
        button = QPushButton(label)
        button.setObjectName(f"unsaved_documents.{answer}")
        button.setDefault(answer == "save")
        button.clicked.connect(partial(answers.append, answer))
        button.clicked.connect(box.accept)
        buttons.addWidget(button)
    layout = QVBoxLayout(box)
    layout.setContentsMargins(20, 20, 20, 16)
    layout.setSpacing(12)
    layout.addWidget(about)
    layout.addWidget(rows, 1)
    layout.addLayout(buttons)
    box.exec()
    box.deleteLater()
    return answers[0] if answers else "cancel"


def ask_to_replace_open(parent: QWidget, name: str) -> bool:
    """Return whether a document may be saved over another that is open."""
    question = Question(
        "replaces_open",
        _("Open in another tab"),
        _("'{name}' is open in another tab.").format(name=name),
        _("Saving here replaces its file, and closes that tab with its changes."),
    )
    return ask(parent, question, ((True, _("Replace"), LOSE), (False, _("Cancel"), STAY)), default=False)


def ask_to_overwrite(parent: QWidget, name: str) -> bool:
    """Return whether a file may be replaced that another program has written to since."""
    question = Question(
        "changed_on_disk",
        _("Changed by another program"),
        _("Another program has changed the file of '{name}' since it was opened or saved here.").format(name=name),
        _("Saving replaces what that program wrote. To keep both, save under another name."),
    )
    return ask(parent, question, ((True, _("Overwrite"), LOSE), (False, _("Cancel"), STAY)), default=False)


def recent() -> list[Path]:
    """Return the documents that were open lately and still exist, the last one first."""
    stored = settings().value(_KEY)
    names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
    return [p for p in map(Path, names) if p.is_file()]


def remember(path: Path) -> None:
    """Take note of a document that was opened or saved."""
    paths = [path.resolve(), *(p for p in recent() if p != path.resolve())]
    settings().setValue(_KEY, [str(p) for p in paths[:_MOST_RECENT]])


def _folder() -> str:
    paths = recent()
    return str(paths[0].parent if paths else Path.home())


def _filters() -> str:
    return ";;".join((_("Trenza documents (*.trenza)"), _("All files (*)")))
