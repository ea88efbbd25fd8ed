"""Copies of what is not saved: what they hold, and when they are of no use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core.errors import DataLossError, NotFoundError, UnavailableError
from studio.document import recovery
from studio.document.document import Document, Node
from studio.document.edits import AddNode, SetTitle
from studio.document.file import Writer, save
from studio.document.recovery import SUFFIX, copies, keep, read


def kept(file: Path, document: Document, path: Path | None = None) -> recovery.Copy:
    """Write a copy and read it again."""
    keep(file, document.contents(), path, Writer())
    return read(file)


def test_a_copy_holds_the_document_and_where_it_was_saved(document: Document, tmp_path: Path) -> None:
    copy = kept(tmp_path / "new" / f"a-1{SUFFIX}", document, tmp_path / "digits.trenza")
    assert (copy.document(), copy.path, copy.name) == (document, tmp_path / "digits.trenza", "digits")
    assert kept(copy.file, document).path is None


def test_contents_stay_as_they_were(document: Document, tmp_path: Path) -> None:
    contents, before = document.contents(), len(document.nodes)
    document.apply(AddNode(Node("late", "op.add")))
    keep(tmp_path / "a", contents, None, Writer())
    assert len(read(tmp_path / "a").document().nodes) == before


def test_a_copy_of_what_was_saved_is_not_needed(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "digits.trenza"
    save(document, path)
    assert not kept(tmp_path / f"a-1{SUFFIX}", document, path).is_needed()
    document.apply(SetTitle("hidden", "another"))
    assert kept(tmp_path / f"a-2{SUFFIX}", document, path).is_needed()
    assert not kept(tmp_path / f"a-3{SUFFIX}", Document()).is_needed(), "nothing was drawn yet"
    path.unlink()
    assert kept(tmp_path / f"a-3{SUFFIX}", document, path).is_needed(), "the file is gone"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]\n",
        '{"format": "trenza"}\n',
        json.dumps({"format": "trenza-copy", "version": 99, "path": None, "when": 0}) + "\n{}",
    ],
)
def test_what_is_no_copy_is_refused_and_left_alone(text: str, tmp_path: Path) -> None:
    file = tmp_path / f"a-1{SUFFIX}"
    file.write_text(text)
    with pytest.raises(DataLossError):
        read(file)
    assert copies(tmp_path, "a") == []
    assert file.exists()


@pytest.mark.parametrize("rest", [b'{"format": "trenza", "ver', b" " * 10_000 + b"\xff"])
def test_a_copy_that_is_damaged_is_kept_and_says_so(rest: bytes, tmp_path: Path) -> None:
    file = tmp_path / f"a-1{SUFFIX}"
    head = {"format": "trenza-copy", "version": 1, "path": None, "when": 0}
    file.write_bytes(json.dumps(head).encode() + b"\n" + rest)
    (copy,) = copies(tmp_path, "a")
    assert copy.is_needed()
    with pytest.raises(DataLossError):
        copy.document()
    file.unlink()
    with pytest.raises(NotFoundError):
        copy.document()


def test_where_nothing_can_be_written_that_is_said(document: Document, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="cannot be saved"):
        keep(tmp_path / "file" / "copy", document.contents(), None, Writer())
