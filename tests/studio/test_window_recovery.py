"""Nothing is lost if the program ends, or another one writes to the document's file."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from graphs import example, moons
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from user import Open, User, saved

from studio.document.document import Document, Node
from studio.document.edits import AddNode, SetTitle
from studio.document.file import dumps, load, save
from studio.document.recovery import SUFFIX, read
from studio.ui.shell import files, keeper, recovery

pytest_plugins = ("look", "window")

#: Edits a document without end, in any way, and says after each edit what the document is like by then.
PROGRAM = """
import hashlib, random, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from studio.app import MainWindow, open_studio, application
from studio.document.document import Contents, Node, Note
from studio.document.edits import AddNode, AddNote, Move, SetParams, SetTitle, remove
from studio.document.file import dumps
from studio.document.function_edits import AddFunction, Within
MainWindow.start_engine = lambda self: None
window = open_studio(Path(sys.argv[1]))
chance = random.Random(int(sys.argv[2]))
history = window.history
def edit():
    document = history.document
    number, some = len(history.labels), chance.choice(list(document.nodes))
    ways = [
        lambda: AddNode(Node(document.new_id("n"), "op.add")),
        lambda: AddNode(Node(document.new_id("n"), "layer.Dense", {"units": number})),
        lambda: Move({some: (chance.random() * 900, chance.random() * 900)}),
        lambda: SetTitle(some, f"title {number}"),
        lambda: SetParams(some, {"units": number}),
        lambda: AddNote(Note(document.new_id("note"), f"text {number}")),
        lambda: AddFunction(f"f{number}_{chance.random()}", Contents(nodes={"e": Node("e", "op.exp")})),
        lambda: remove(document, [some]) if len(document.nodes) > 5 else SetTitle(some, "kept"),
    ]
    if chance.random() < 0.15:
        history.undo()
    elif document.functions and chance.random() < 0.1:
        history.do(Within(chance.choice(list(document.functions)), SetTitle("e", f"inner {number}")))
    else:
        history.do(chance.choice(ways)())
    history.seal()
    print(hashlib.sha256(dumps(document).encode()).hexdigest(), flush=True)
timer = QTimer(interval=20)
timer.timeout.connect(edit)
timer.start()
application().exec()
"""


@pytest.fixture(autouse=True)
def place(look: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep copies here."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(recovery, "folder", lambda: tmp_path / "state/trenza/recovery")
    return tmp_path / "state/trenza/recovery"


def copy_file(user: User) -> Path:
    """Return where the copy of the document that is shown lies."""
    assert user.window.desk.current is not None
    return user.window.keeping.recovery.file_of(user.window.desk.current.number)


def state(document: Document) -> str:
    return hashlib.sha256(dumps(document).encode()).hexdigest()


def killed(path: Path, seconds: float, seed: int = 0) -> list[str]:
    """Let a studio edit a document and kill it after a while; return the states it was in during its last second.

    The first is the one that it was in when that second began.
    """
    said: list[tuple[float, str]] = []
    end = None
    command = [sys.executable, "-c", PROGRAM, str(path), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            said.append((time.monotonic(), line.strip()))
            end = end or time.monotonic() + seconds
            if time.monotonic() >= end:
                break
        process.send_signal(signal.SIGKILL)
        said += [(time.monotonic(), line.strip()) for line in process.stdout or () if line.strip()]
    last = time.monotonic() - 1
    before = [found for when, found in said if when < last]
    return [*before[-1:], *(found for when, found in said if when >= last)]


def test_a_program_that_was_killed_loses_the_last_second_at_most(
    open_window: Open, tmp_path: Path, place: Path
) -> None:
    path = saved(moons(), tmp_path)
    before = path.read_bytes()
    states = killed(path, 2.0)
    assert len(states) > 5
    user = open_window()
    window = user.window
    user.until(window.banner.isVisible)
    (copy,) = window.keeping.recovery.found()
    assert copy.path == path
    assert state(copy.document()) in states
    user.click(window.start_page.copies.findChildren(QPushButton)[0])
    user.until(lambda: window.desk.is_open)
    assert state(window.document) in states
    assert window.desk.modified
    assert window.desk.path == path
    assert path.read_bytes() == before, "the user's file is as it was"
    user.until(lambda: not copy.file.exists())
    assert copy_file(user).exists(), "there is a new one before the old one goes"
    assert window.keeping.recovery.found() == [], "it is offered once"
    assert window.keeping.recovery.adopt() == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", range(int(os.environ.get("TRENZA_KILLS", "20"))))
def test_it_does_so_whenever_it_is_killed(number: int, tmp_path: Path, place: Path) -> None:
    path = saved(moons(), tmp_path)
    states = killed(path, random.Random(number).uniform(1.2, 3), number)
    (file,) = place.glob(f"*{SUFFIX}")
    assert state(recovery.copies(place, file.name.split("-")[0])[0].document()) in states


def test_what_is_saved_or_undone_leaves_no_copy(open_window: Open, tmp_path: Path, place: Path) -> None:
    user = open_window(saved(moons(), tmp_path))
    window = user.window

    def edit() -> None:
        window.history.do(SetTitle("data", f"name {time.time()}"))
        user.until(copy_file(user).exists)

    edit()
    user.do("edit.undo")
    user.until(lambda: not copy_file(user).exists())
    edit()
    user.do("file.save")
    assert not copy_file(user).exists()
    edit()
    window.keeping.recovery.end()
    assert list(place.iterdir()) == [], "no copy and no lock"


def test_each_document_has_a_copy_of_its_own(open_window: Open, tmp_path: Path, place: Path) -> None:
    user = open_window(saved(moons(), tmp_path, "one"))
    window = user.window
    window.desk.open(saved(example("tensors"), tmp_path, "two"))
    one, two = window.desk.documents
    for opened in (one, two):
        opened.history.do(AddNode(Node("new", "op.add")))
    files_of = [window.keeping.recovery.file_of(d.number) for d in (one, two)]
    user.until(lambda: all(f.exists() for f in files_of))
    assert [read(f).path for f in files_of] == [one.path, two.path], "also of one that is not shown"
    user.do("file.save")
    assert [f.exists() for f in files_of] == [True, False]
    user.do("file.close")
    assert files_of[0].exists()


def test_a_program_that_is_alive_is_not_asked_for_its_copies(open_window: Open, tmp_path: Path) -> None:
    one = open_window(saved(moons(), tmp_path, "one"))
    one.window.history.do(SetTitle("data", "changed"))
    one.until(copy_file(one).exists)
    other = open_window()
    assert other.window.keeping.recovery.found() == []
    assert not other.window.banner.isVisible()


def test_a_copy_of_what_was_saved_after_all_is_no_reason_to_ask(open_window: Open, tmp_path: Path, place: Path) -> None:
    path = saved(moons(), tmp_path)
    killed(path, 0.8)
    (file,) = place.glob(f"*{SUFFIX}")
    save(read(file).document(), path)
    user = open_window()
    user.until(lambda: not file.exists())
    assert not user.window.banner.isVisible()
    assert user.window.keeping.recovery.found() == []


def test_a_copy_can_be_discarded(open_window: Open, tmp_path: Path, place: Path) -> None:
    killed(saved(moons(), tmp_path), 0.8)
    user = open_window()
    copies = user.window.start_page.copies
    user.until(copies.isVisible)
    user.click(next(b for b in copies.findChildren(object) if getattr(b, "toolTip", str)() == "Discard this copy"))
    assert not copies.isVisible()
    assert not list(place.glob(f"*{SUFFIX}"))


def test_copies_that_cannot_be_written_are_told_of_once(open_window: Open, tmp_path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.write_text("a file in the way")
    user = open_window(saved(moons(), tmp_path))
    user.window.history.do(SetTitle("data", "changed"))
    user.until(user.window.banner.isVisible)
    user.window.banner.dismiss()
    user.window.history.do(SetTitle("data", "again"))
    QTest.qWait(2 * keeper.DELAY)
    assert not user.window.banner.isVisible()


def test_old_copies_go(open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(saved(moons(), tmp_path), 0.8)
    user = open_window()
    user.until(user.window.start_page.copies.isVisible)
    assert len(user.window.keeping.recovery.found()) == 1
    monkeypatch.setattr(recovery, "LONGEST", -1.0)
    assert user.window.keeping.recovery.found() == []


# ------------------------------------------------------------------------------------------------------ other programs


def test_a_change_by_another_program_is_shown_and_can_be_taken(open_window: Open, tmp_path: Path) -> None:
    path = saved(moons(), tmp_path)
    user = open_window(path)
    saved(example("tensors"), tmp_path, path.stem)
    user.until(user.window.banner.isVisible)
    user.do("file.reload")
    assert user.window.document == example("tensors")
    assert not user.window.desk.modified


@pytest.mark.parametrize("overwrite", [True, False])
def test_what_another_program_wrote_is_not_overwritten_unasked(
    overwrite: bool, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(moons(), tmp_path)
    user = open_window(path)
    user.window.history.do(AddNode(Node("mine", "op.add")))
    saved(example("tensors"), tmp_path, path.stem)
    asked: list[Any] = []
    monkeypatch.setattr(files, "ask_to_overwrite", lambda *given: asked.append(given) or overwrite)
    user.do("file.save")
    assert len(asked) == 1
    assert ("mine" in load(path).nodes) == overwrite
    assert user.window.desk.modified != overwrite
    user.window.desk.save_to(tmp_path / "another.trenza")
    user.do("file.save")
    assert len(asked) == 1, "of its own file nobody asks"


def test_a_file_that_was_removed_is_written_again(open_window: Open, tmp_path: Path) -> None:
    path = saved(moons(), tmp_path)
    user = open_window(path)
    path.unlink()
    user.window.history.do(AddNode(Node("mine", "op.add")))
    user.do("file.save")
    assert "mine" in load(path).nodes
