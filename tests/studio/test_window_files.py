"""What happens to the files of open documents: they vanish, get read-only, or are open in another window."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from graphs import example, moons
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton
from user import Open, User, saved

from studio.document.document import Node
from studio.document.edits import AddNode
from studio.document.file import load
from studio.ui.appearance import appearance
from studio.ui.preferences.window import SettingsWindow
from studio.ui.settings import settings
from studio.ui.shell import claims, files

pytest_plugins = ("look", "window")

#: Opens a document, says so, and does nothing more; "beats" as often as is said.
PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from studio.app import MainWindow, open_studio, application
from studio.ui.shell import claims
claims.BEAT = 50
MainWindow.start_engine = lambda self: None
window = open_studio(Path(sys.argv[1]))
print("open", flush=True)
application().exec()
"""


def offers(user: User) -> dict[str, QPushButton]:
    """Return the buttons of the banner by their texts."""
    return {b.text(): b for b in user.window.banner.findChildren(QPushButton) if b.isVisible()}


def tip(user: User, index: int = 0) -> str:
    """Return the tool tip of a tab."""
    return user.window.tabs.bar.tabToolTip(index)


def save_by_key(user: User) -> None:
    """Press Ctrl+S on the canvas."""
    QTest.keyClick(user.window.canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)


# ------------------------------------------------------------------------------------------------- it vanishes


def test_a_file_that_vanishes_is_told_of_marked_and_written_anew(open_window: Open, tmp_path: Path) -> None:
    path = saved(moons(), tmp_path)
    user = open_window(path)
    assert user.window.tabs.bar.tabIcon(0).isNull()
    path.unlink()
    user.until(lambda: "is gone" in user.banner)
    assert list(offers(user)) == ["Save", "Save as…"]
    assert "Its file is gone" in tip(user)
    assert user.tab().endswith("•"), "all of it is in this window only"
    assert not user.window.tabs.bar.tabIcon(0).isNull()
    assert user.window.desk.modified
    copy = user.window.keeping.recovery.file_of(user.window.desk.current.number)
    user.until(copy.exists)
    appearance().set_language("es", remember=False)
    assert "ya no está" in user.banner
    assert "ya no está" in tip(user)
    appearance().set_language("en", remember=False)
    save_by_key(user)
    assert load(path) == moons()
    assert "written anew" in user.banner
    assert str(path) in user.banner
    assert not user.tab().endswith("•")
    assert "gone" not in tip(user)
    assert not copy.exists()


def test_a_file_that_comes_back_is_as_it_was(open_window: Open, tmp_path: Path) -> None:
    path = saved(moons(), tmp_path)
    user = open_window(path)
    path.rename(tmp_path / "aside")
    user.until(lambda: "is gone" in user.banner)
    (tmp_path / "aside").rename(path)
    user.until(lambda: user.banner == "")
    assert not user.window.desk.modified
    path.unlink()
    user.until(lambda: "is gone" in user.banner)
    saved(example("tensors"), tmp_path)
    user.until(lambda: "changed the file" in user.banner)


def test_a_folder_that_vanishes_is_told_of_when_saving(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = saved(moons(), folder)
    user = open_window(path)
    folder.rename(tmp_path / "elsewhere")
    user.do("file.new")
    user.do("file.previous")
    user.until(lambda: "is gone" in user.banner)
    save_by_key(user)
    assert "No such file or directory" in user.banner
    assert user.window.desk.modified
    monkeypatch.setattr(files, "ask_path_to_save", lambda *_: tmp_path / "rescued.trenza")
    user.click(offers(user)["Save as…"])
    assert load(tmp_path / "rescued.trenza") == moons()
    user.until(lambda: user.tab() == "rescued")
    assert user.banner == ""


def test_closing_asks_about_a_document_whose_file_is_gone(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(moons(), tmp_path)
    user = open_window(path)
    path.unlink()
    user.until(lambda: user.window.desk.modified)
    asked: list[Any] = []
    monkeypatch.setattr(files, "ask_about_changes", lambda _parent, name: asked.append(name) or "cancel")
    QTest.keyClick(user.window.canvas, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["small"]
    assert user.window.desk.is_open


# ------------------------------------------------------------------------------------------------- it is read-only


def test_a_file_that_becomes_read_only_is_marked_and_saving_says_so(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(moons(), tmp_path)
    user = open_window(path)
    access = os.access

    def writable(at: Any, mode: int) -> bool:  # root may write everywhere, but is to see what others see
        return access(at, mode) and (mode != os.W_OK or bool(Path(at).stat().st_mode & 0o200))

    monkeypatch.setattr(os, "access", writable)
    path.chmod(0o444)
    user.until(lambda: "read-only" in tip(user))
    assert not user.window.tabs.bar.tabIcon(0).isNull()
    assert not user.window.desk.modified
    user.window.history.do(AddNode(Node("mine", "op.add")))
    save_by_key(user)
    assert "the file is read-only" in user.banner
    assert load(path) == moons()
    monkeypatch.setattr(files, "ask_path_to_save", lambda *_: tmp_path / "other.trenza")
    user.click(offers(user)["Save as…"])
    assert "mine" in load(tmp_path / "other.trenza").nodes
    assert "read-only" not in tip(user)
    again = user.window.desk
    again.open(path)
    assert "read-only" in tip(user, 1), "it is marked from the first moment on"
    path.chmod(0o644)
    user.until(lambda: "read-only" not in tip(user, 1))


# --------------------------------------------------------------------------------------------- it is open elsewhere


@pytest.fixture
def place(look: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where claims lie, in this process and in others that it starts."""
    state = tmp_path / "state"
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(state))
    monkeypatch.setattr(claims, "folder", lambda: state / "trenza/open")
    monkeypatch.setattr(claims, "BEAT", 50)
    return state / "trenza/open"


@contextmanager
def another(path: Path) -> Iterator[Callable[[int], None]]:
    """Open the document in another process, which the function that is yielded sends a signal and awaits."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"

        def end(number: int) -> None:
            process.send_signal(number)
            process.wait()

        try:
            yield end
        finally:
            process.kill()


def test_a_second_window_is_told_and_may_go_on_or_take_a_copy(open_window: Open, tmp_path: Path, place: Path) -> None:
    path = saved(moons(), tmp_path)
    with another(path) as end:
        user = open_window(path)
        assert "'small' is open in another window, too" in user.banner
        assert "another window" in tip(user)
        assert not user.window.tabs.bar.tabIcon(0).isNull()
        user.window.history.do(AddNode(Node("mine", "op.add")))
        save_by_key(user)
        assert "mine" in load(path).nodes, "nobody is kept from going on"
        assert [p for p in tmp_path.iterdir() if p.is_file()] == [path], "nothing lies beside the user's file"
        user.do("file.close")
        user.window.desk.open(path)
        appearance().set_language("es", remember=False)
        assert "también" in user.banner
        appearance().set_language("en", remember=False)
        user.click(offers(user)["Work on a copy"])
        assert user.tab() == "small (copy) •"
        assert user.window.desk.path is None
        assert user.banner == ""
        assert "another window" not in tip(user)
        end(signal.SIGKILL)


def test_a_window_that_has_gone_is_no_other_window(open_window: Open, tmp_path: Path, place: Path) -> None:
    path = saved(moons(), tmp_path)
    with another(path) as end:
        user = open_window(path)
        assert "another window" in tip(user)
        end(signal.SIGKILL)
        user.until(lambda: "another window" not in tip(user))
        assert user.banner == ""
    user.do("file.close")
    assert list(place.iterdir()) == [], "and leaves nothing"
    with another(path) as end:
        end(signal.SIGKILL)
    assert len(list(place.iterdir())) == 1
    user.window.desk.open(path)
    assert user.banner == "", "a process that was killed has no claim"


def test_a_claim_without_a_sign_of_life_is_nobodys(
    open_window: Open, tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(moons(), tmp_path)
    first = open_window(path)
    (claim,) = place.iterdir()
    os.utime(claim, (time.time() - 1000,) * 2)
    first.until(lambda: time.time() - claim.stat().st_mtime < 100)
    lines = claim.read_text().split("\n")
    first.do("file.close")
    claim.write_text("\n".join((lines[0], lines[1], "another-machine", *("0" * len(line) for line in lines[3:]))))
    first.window.desk.open(path)
    assert "another window" in tip(first), "it may be at work there"
    first.do("file.close")
    os.utime(claim, (time.time() - 1000,) * 2)
    first.window.desk.open(path)
    assert "another window" not in tip(first), "but not without a sign for so long"


def test_where_no_claim_can_be_made_all_works_as_well(open_window: Open, tmp_path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.write_text("a file in the way")
    user = open_window(saved(moons(), tmp_path))
    assert user.banner == ""
    user.window.history.do(AddNode(Node("mine", "op.add")))
    save_by_key(user)
    assert not user.window.desk.modified


def test_a_claim_follows_the_document_to_another_file(
    open_window: Open, tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = open_window(saved(moons(), tmp_path))
    before = list(place.iterdir())
    monkeypatch.setattr(files, "ask_path_to_save", lambda *_: tmp_path / "other.trenza")
    user.do("file.save_as")
    after = list(place.iterdir())
    assert len(before) == len(after) == 1
    assert before != after
    second = open_window(tmp_path / "small.trenza")
    assert second.banner == ""
    second.window.desk.open(tmp_path / "other.trenza")
    assert "another window" in second.banner


# ------------------------------------------------------------------------------------------ the documents of last time


def test_documents_are_opened_again_for_who_wants_that(open_window: Open, tmp_path: Path) -> None:
    paths = [saved(moons(), tmp_path, name) for name in ("one", "two", "three")]
    user = open_window(paths[0])
    for path in paths[1:]:
        user.window.desk.open(path)
    user.do("file.new")
    user.window.desk.show(user.window.desk.documents[1])
    user.do("file.settings")
    window = user.window.findChild(SettingsWindow)
    box = window.findChild(QAbstractButton, "settings.file.restore")
    box.click()
    assert user.action("file.restore").isChecked()
    assert user.window.close()
    again = open_window()
    assert [d.name for d in again.window.desk.documents] == ["one", "two", "three"]
    assert again.window.desk.name == "two"
    assert [e.number for e in again.window.editors] == [again.window.desk.current.number], "the others wait unseen"
    paths[1].unlink()
    again.window.desk.drop(again.window.desk.documents[1])
    again.do("file.start_page")
    assert again.window.close()
    third = open_window()
    assert [d.name for d in third.window.desk.documents] == ["one", "three"]
    assert third.window.start_page.isVisible()
    third.do("file.restore")
    assert settings().value("restore_documents") == "false"
    assert third.window.close()
    assert open_window().window.desk.documents == []


def test_what_is_open_is_remembered_while_the_program_runs(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path, "one"))
    user.window.desk.open(saved(moons(), tmp_path, "two"))
    user.until(lambda: len(settings().value("session/paths")) == 2)
    user.do("file.close")
    user.until(lambda: settings().value("session/shown") == str(tmp_path / "one.trenza"))


def test_a_program_that_is_killed_remembers_its_documents(open_window: Open, tmp_path: Path, place: Path) -> None:
    path = saved(moons(), tmp_path)
    with another(path) as end:
        end(signal.SIGKILL)
    stored = (tmp_path / "state/trenza/studio.ini").read_text()
    assert str(path) in stored
    assert QApplication.activeModalWidget() is None
