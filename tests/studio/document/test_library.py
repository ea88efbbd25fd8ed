"""The library: functions in files of their own, put there, read, renamed, and taken into documents."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from graphs import build

from engine.core.errors import EngineError, InvalidArgumentError, UnavailableError
from studio.document import library
from studio.document.document import Contents, Document, Node
from studio.document.edits import AddNode, Compound, SetParams, SetSetting
from studio.document.file import dumps, load, save
from studio.document.function import INPUT, OUTPUT
from studio.document.function_edits import AddFunction, Within
from studio.document.history import History
from studio.document.library import Kept, taken_in
from studio.document.types import Types


def block(title: str = "My block", units: int = 8) -> Contents:
    """A dense layer between an input and an output; its units are the function's, too."""
    body = build(
        {"x": INPUT, "dense": ("layer.Dense", {"units": units}), "y": OUTPUT},
        "x.output > dense.inputs\ndense.output > y.input",
    )
    body.apply(SetSetting("title", title))
    body.apply(SetSetting("exposed", [["width", "dense", "units"]]))
    return body.contents()


def with_functions(**bodies: Contents) -> Document:
    document = Document()
    for id, body in bodies.items():
        document.apply(AddFunction(id, body))
    return document


def nested() -> Document:
    """`outer` holds a node that stands for `inner`; `other` has nothing to do with them."""
    outer = build({"x": INPUT, "in": "function.inner", "y": OUTPUT}, "x.output > in.x\nin.y > y.input")
    return with_functions(inner=block(), outer=outer.contents(), other=block("Other"))


def kept(folder: Path, document: Document, id: str) -> Kept:
    return library.read(library.put(folder, document.functions, id))


def types_of(document: Document, *found: Kept, function: str = "") -> Types:
    return Types(document, function, library={k.type_id: k.node_type() for k in found})


# ----------------------------------------------------------------------------------------------------------- files


def test_a_file_holds_the_function_and_what_it_contains_and_a_node_that_stands_for_it(tmp_path: Path):
    path = library.put(tmp_path / "functions", nested().functions, "outer")
    document = load(path)
    assert sorted(document.functions) == ["inner", "outer"]
    assert [node.type for node in document.nodes.values()] == ["function.outer"]
    assert path.name == "outer.trenza"
    assert [p.name for p in path.parent.iterdir()] == ["outer.trenza"], "nothing else is left there"


def test_what_was_put_there_is_read_again(tmp_path: Path):
    document = nested()
    found = kept(tmp_path, document, "inner")
    assert (found.title, found.type_id) == ("My block", "library.my_block")
    assert found.document.functions["inner"] == document.functions["inner"]
    node_type = found.node_type()
    assert (node_type.title, node_type.family) == ("My block", "my functions")
    assert "width" in node_type.params


def test_names_of_files_are_never_shared_even_if_all_write_at_once(tmp_path: Path):
    functions = with_functions(f=block()).functions
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _n: library.put(tmp_path, functions, "f"), range(24)))
    assert len(set(paths)) == 24
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert all(library.read(path).title == "My block" for path in paths)


def test_one_can_take_the_place_of_another(tmp_path: Path):
    old = kept(tmp_path, with_functions(f=block(units=8)), "f")
    path = library.put(tmp_path, with_functions(f=block(units=9)).functions, "f", over=old)
    assert path == old.path
    assert library.read(path).document.functions["f"].nodes["dense"].params == {"units": 9}


def test_renaming_changes_title_and_file_and_nothing_else(tmp_path: Path):
    old = kept(tmp_path, nested(), "outer")
    path = library.rename(old, "Encoder block")
    assert path.name == "encoder_block.trenza"
    assert list(tmp_path.iterdir()) == [path]
    new = library.read(path)
    assert new.title == "Encoder block"
    assert new.document.functions["inner"] == old.document.functions["inner"]
    assert new.document.functions["outer"].nodes == old.document.functions["outer"].nodes


def test_what_is_gone_can_be_deleted_again(tmp_path: Path):
    path = kept(tmp_path, nested(), "inner").path
    library.remove(path)
    library.remove(path)
    assert list(tmp_path.iterdir()) == []


def test_a_library_that_cannot_be_written_says_so(tmp_path: Path):
    (tmp_path / "functions").write_text("a file is in the way")
    with pytest.raises(UnavailableError, match="cannot be saved"):
        library.put(tmp_path / "functions", nested().functions, "inner")


@pytest.mark.parametrize("call", ["unlink", "mkdir"])
def test_why_not_is_said_in_the_words_of_the_program(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Keine Berechtigung")  # as the system says it, in its own language

    monkeypatch.setattr(Path, call, refuse)
    change = {
        "unlink": partial(library.remove, tmp_path / "f.trenza"),
        "mkdir": partial(library.put, tmp_path / "functions", nested().functions, "inner"),
    }
    with pytest.raises(UnavailableError, match="Permission denied"):
        change[call]()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"format": "trenza", "version": 3, "nodes": [', "broken.trenza"),
        ('{"format": "trenza", "version": 3}', "holds no function of the library"),
        (
            '{"format": "trenza", "version": 3, "nodes": [{"id": "a", "type": "function.f", "position": [0, 0]}]}',
            "is not in this document",
        ),
    ],
)
def test_files_that_are_no_functions_are_named(tmp_path: Path, text: str, words: str):
    path = tmp_path / "broken.trenza"
    path.write_text(text)
    with pytest.raises(EngineError, match=words):
        library.read(path)


def test_a_function_that_contains_itself_is_none_of_the_library(tmp_path: Path):
    round_about = Contents({"a": Node("a", "function.f")})
    save(Document.of(Contents({"f": Node("f", "function.f")}, functions={"f": round_about})), tmp_path / "f.trenza")
    with pytest.raises(InvalidArgumentError, match="contains itself"):
        library.read(tmp_path / "f.trenza")


# ---------------------------------------------------------------------------------------------------- into documents


def add(history: History, types: Types, type_id: str, id: str = "new") -> None:
    edit = Compound("Add node", (AddNode(Node(id, type_id)),))
    history.do(taken_in(edit, types, history.root.functions))


def test_taking_one_in_brings_what_it_contains_and_is_one_step(tmp_path: Path):
    history = History(build({"data": "data.moons"}))
    before = dumps(history.document)
    found = kept(tmp_path, nested(), "outer")
    add(history, types_of(history.document, found), found.type_id)
    assert history.labels == ["Add node"]
    assert sorted(history.document.functions) == ["inner", "outer"]
    assert history.document.nodes["new"].type == "function.outer"
    history.undo()
    assert dumps(history.document) == before


def test_one_that_is_there_already_is_used_and_another_of_its_name_is_not(tmp_path: Path):
    found = kept(tmp_path, with_functions(f=block(units=8)), "f")
    history = History(with_functions(f=block(units=8)))
    types = types_of(history.document, found)
    add(history, types, found.type_id)
    assert list(history.document.functions) == ["f"]
    history.do(Within("f", SetParams("dense", {"units": 5})))
    add(history, types, found.type_id, "other")
    assert history.document.nodes["other"].type == "function.f_2"
    assert history.document.functions["f_2"].nodes["dense"].params == {"units": 8}
    assert history.document.functions["f"].nodes["dense"].params == {"units": 5}


def test_a_change_in_the_library_does_not_change_documents(tmp_path: Path):
    history = History(Document())
    found = kept(tmp_path, with_functions(f=block(units=8)), "f")
    add(history, types_of(history.document, found), found.type_id)
    before = dumps(history.document)
    library.put(tmp_path, with_functions(f=block(units=9)).functions, "f", over=found)
    library.remove(found.path)
    assert dumps(history.document) == before


def test_one_taken_into_itself_is_refused(tmp_path: Path):
    document = nested()
    found = kept(tmp_path, document, "outer")
    history = History(document)
    inside = history.within("inner")
    edit = taken_in(
        AddNode(Node("new", found.type_id)), types_of(document, found, function="inner"), document.functions
    )
    with pytest.raises(InvalidArgumentError, match="would contain itself"):
        inside.do(edit)
    assert dumps(document) == dumps(nested())


def test_the_same_is_recognised_to_the_letter(tmp_path: Path):
    found = kept(tmp_path, nested(), "outer")
    assert found.is_same(nested().functions, "outer")
    assert not found.is_same(nested().functions, "inner")
    changed = nested()
    changed.apply(Within("inner", SetParams("dense", {"units": 9})))
    assert not found.is_same(changed.functions, "outer"), "what it contains counts, too"


def test_types_list_the_library_also_within_functions(tmp_path: Path):
    document = nested()
    found = kept(tmp_path, document, "other")
    for function in ("", "inner"):
        types = types_of(document, found, function=function)
        assert "library.other" in list(types)
        assert types["library.other"].title == "Other"
    assert types["function.inner"].family == "this document"
