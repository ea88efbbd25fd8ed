import contextlib
import errno
import json
import os
import socket
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

from engine.core.errors import DataLossError, InvalidArgumentError, NotFoundError, UnavailableError
from studio.document import file
from studio.document.document import Document, Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire, SetParams, SetTitle, remove
from studio.document.file import dumps, load, loads, save
from studio.document.history import History


@given(documents())
@settings(deadline=None)
def test_a_document_survives_the_way_to_text_and_back(document):
    text = dumps(document)
    again = loads(text)
    assert again == document
    assert list(again.nodes) == list(document.nodes)
    assert dumps(again) == text


def small() -> Document:
    document = Document()
    document.apply(AddNode(Node("a", "data.Digits", {"shape": [8, 8]}, (10.0, 20.0), "Dígitos")))
    document.apply(AddNode(Node("b", "layer.NotThere")))
    document.apply(AddWire(Wire(PortRef("a", "images"), PortRef("b", "x"))))
    return document


def test_one_node_or_wire_a_line():
    lines = dumps(small()).splitlines()
    assert '{"id": "b", "type": "layer.NotThere", "position": [0.0, 0.0]}' in lines
    assert '{"from": ["a", "images"], "to": ["b", "x"]}' in lines
    assert "Dígitos" in lines[5]


def test_half_a_character_is_kept():
    document = small()
    document.apply(SetTitle("a", "\ud83d"))
    assert loads(dumps(document)) == document
    dumps(document).encode()


NODE = '{"id": "a", "type": "op.add", "position": [0, 0]}'


def text_of(nodes: str = NODE, wires: str = "", head: str = '"format": "trenza", "version": 1', tail: str = "") -> str:
    return f'{{\n{head},\n"nodes": [\n{nodes}\n],\n"wires": [\n{wires}\n]{tail}\n}}\n'


BROKEN = {
    "nothing": ("", "line 1, column 1"),
    "truncated": (text_of()[:60], "line 4, column 1"),
    "no json": ("<svg/>", "line 1, column 1"),
    "a list": ("[]", "no Trenza document"),
    "another format": ('{"format": "orange", "version": 1}', "no Trenza document"),
    "no version": ('{"format": "trenza"}', "names no version"),
    "version true": (text_of(head='"format": "trenza", "version": true'), "names no version"),
    "version 0": (text_of(head='"format": "trenza", "version": 0'), "names no version"),
    "newer": (text_of(head='"format": "trenza", "version": 7'), "version 7, this program reads up to 3. Update"),
    "unknown field": (text_of(tail=',\n"plugins": []'), "'plugins' is unknown"),
    "settings": (text_of(tail=',\n"settings": []'), "'settings' is no object"),
    "nodes": ('{"format": "trenza", "version": 1, "nodes": {}}', "'nodes' is no list"),
    "deep": ("[" * 100_000, "beyond all measure"),
    "deep parameter": (
        text_of(NODE.replace("}", ', "params": {"p": ' + "[" * 600 + "]" * 600 + "}}")),
        "beyond all measure",
    ),
    "long number": ('{"version": ' + "9" * 10_000 + "}", "beyond all measure"),
    "nan": (text_of(NODE.replace("[0, 0]", "[NaN, 0]")), "NaN is no finite number"),
    "infinity": (text_of(NODE.replace("[0, 0]", "[-Infinity, 0]")), "-Infinity is no finite number"),
    "overflow": (text_of(NODE.replace("[0, 0]", "[1e999, 0]")), "1e999 is beyond"),
    "twice in a record": (text_of(NODE.replace('"type"', '"id"')), "'id' stands twice"),
    "twice in the file": (text_of(tail=',\n"nodes": []'), "'nodes' stands twice"),
    "duplicate id": (text_of(f"{NODE},\n{NODE}"), "line 5: There is already a node 'a'"),
    "no object": (text_of(f"{NODE},\n\n3"), "line 6: This is no node"),
    "no id": (text_of('{"type": "op.add", "position": [0, 0]}'), "line 4: .* no 'id'"),
    "no type": (text_of('{"id": "a", "position": [0, 0]}'), "The node 'a' has no 'type'"),
    "unknown node field": (text_of(NODE.replace("}", ', "code": "x"}')), "'a' has an unknown field 'code'"),
    "id a number": (text_of(NODE.replace('"a"', "3")), "'id' of '3' is 3. It takes a text"),
    "id empty": (text_of(NODE.replace('"a"', '""')), "a text that is not empty"),
    "long id": (text_of(NODE.replace('"a"', '"' + "a" * 10_000 + '"')), "line 4: .* is 10000 characters long"),
    "position": (text_of(NODE.replace("[0, 0]", '"left"')), "'position' of 'a' is \"left\". It takes two numbers"),
    "position bool": (text_of(NODE.replace("[0, 0]", "[true, 0]")), "It takes two numbers"),
    "position huge": (text_of(NODE.replace("[0, 0]", f"[{10**400}, 0]")), "It takes two numbers"),
    "params": (text_of(NODE.replace("}", ', "params": [1]}')), "'params' of 'a' is \\[1\\]. It takes an object"),
    "dangling": (text_of(wires='{"from": ["z", "y"], "to": ["a", "x"]}'), "line 7: There is no node 'z'"),
    "dangling target": (text_of(wires='{"from": ["a", "y"], "to": ["z", "x"]}'), "line 7: There is no node 'z'"),
    "port": (text_of(wires='{"from": ["a"], "to": ["a", "x"]}'), "'from' of 'a.x' is \\[\"a\"\\]"),
    "two wires": (
        text_of(wires='{"from": ["a", "y"], "to": ["a", "x"]},\n{"from": ["a", "z"], "to": ["a", "x"]}'),
        "line 8: The input 'x' of 'a' has a wire already",
    ),
    "note": (text_of(tail=',\n"notes": [\n{"id": "n", "text": 3, "position": [0, 0], "size": [1, 1]}]'), "line 10"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_named(case):
    text, words = BROKEN[case]
    with pytest.raises(DataLossError, match=words) as caught:
        loads(text, "net.trenza")
    assert "net.trenza" in str(caught.value)
    assert len(str(caught.value)) < 500


@given(documents(), st.data())
@settings(deadline=None)
def test_damage_is_either_harmless_or_named(document, data):
    text = dumps(document)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(start + 30, len(text))))
        text = text[:start] + data.draw(st.text('{}[]",:0e-.Nnt\\ \n', max_size=4)) + text[stop:]
    found = Document()
    with contextlib.suppress(DataLossError):
        found = loads(text)
    assert loads(dumps(found)) == found  # what is read in spite of it is whole


def test_a_circle_of_wires_loads():
    wires = '{"from": ["a", "y"], "to": ["b", "x"]},\n{"from": ["b", "y"], "to": ["a", "x"]}'
    nodes = NODE + ",\n" + NODE.replace('"a"', '"b"')
    assert len(loads(text_of(nodes, wires)).wires) == 2


def test_old_versions_are_brought_up_step_by_step(monkeypatch):
    def rename(fields):
        return {**{k: v for k, v in fields.items() if k != "boxes"}, "nodes": fields["boxes"]}

    monkeypatch.setattr(file, "VERSION", 3)
    monkeypatch.setitem(file.MIGRATIONS, 1, lambda fields: {**fields, "boxes": fields["blocks"], "blocks": None})
    monkeypatch.setitem(file.MIGRATIONS, 2, lambda fields: rename({k: v for k, v in fields.items() if v is not None}))
    document = loads(f'{{"format": "trenza", "version": 1, "blocks": [{NODE}]}}')
    assert list(document.nodes) == ["a"]
    with pytest.raises(DataLossError, match=r"^The text: There is already a node 'a'"):
        loads(f'{{"format": "trenza", "version": 1, "blocks": [{NODE}, {NODE}]}}')


def test_every_version_before_this_one_has_its_migration():
    assert list(file.MIGRATIONS) == list(range(1, file.VERSION))


def test_what_json_cannot_hold_names_the_node():
    document = small()
    document.apply(AddNode(Node("c", "op.add", {"x": float("nan")})))
    with pytest.raises(InvalidArgumentError, match="'c' holds a value") as caught:
        dumps(document)
    assert caught.value.node == "c"


# ---------------------------------------------------------------------------------------------------- disk


def test_save_and_load(tmp_path):
    path = tmp_path / "año.trenza"
    save(small(), path)
    assert load(path) == small()
    assert os.listdir(tmp_path) == [path.name]


def test_saving_keeps_permissions_and_links(tmp_path):
    real, link = tmp_path / "real.trenza", tmp_path / "link.trenza"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    save(small(), link)
    assert link.is_symlink()
    assert load(real) == small()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_what_is_no_file_is_neither_replaced_nor_waited_for(tmp_path):
    pipe, link, folder = tmp_path / "pipe", tmp_path / "link", tmp_path / "folder"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    folder.mkdir()
    (folder / "kept").touch()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name in ("pipe", "link", "socket"):
            with pytest.raises(UnavailableError, match="a device, a pipe or a socket"):
                save(small(), tmp_path / name)
    with pytest.raises(UnavailableError, match="/dev/null cannot be saved: it is a device"):
        save(small(), "/dev/null")
    with pytest.raises(UnavailableError, match="it is a folder"):
        save(small(), folder)
    with pytest.raises(UnavailableError, match="a device, a pipe or a socket"):
        load(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert link.is_symlink()
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert os.listdir(folder) == ["kept"]


def test_links_in_a_circle_and_to_nowhere(tmp_path):
    first, second, dangling = tmp_path / "first", tmp_path / "second", tmp_path / "dangling"
    first.symlink_to(second)
    second.symlink_to(first)
    with pytest.raises(UnavailableError, match="cannot be saved"):
        save(small(), first)
    dangling.symlink_to(tmp_path / "real.trenza")
    save(small(), dangling)
    assert dangling.is_symlink()
    assert load(tmp_path / "real.trenza") == small()


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch, step):
    path = tmp_path / "net.trenza"
    save(small(), path)
    before = path.read_bytes()

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(file.os, step, full)
    with pytest.raises(UnavailableError, match=r"net.trenza cannot be saved: No space left on device\. Free some room"):
        save(Document(), path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


def test_an_interruption_leaves_no_temporary_file(tmp_path, monkeypatch):
    def interrupted(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(file.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(small(), tmp_path / "net.trenza")
    assert os.listdir(tmp_path) == []


def test_a_read_only_file_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "net.trenza"
    path.write_text("old")
    monkeypatch.setattr(file.os, "access", lambda *_args: False)  # root may write everywhere
    with pytest.raises(UnavailableError, match="read-only"):
        save(small(), path)
    assert path.read_text() == "old"


def test_the_reason_does_not_depend_on_the_language_of_the_system(tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No queda espacio en el dispositivo")

    monkeypatch.setattr(file.os, "fsync", full)
    with pytest.raises(UnavailableError, match="No space left on device"):
        save(small(), tmp_path / "net.trenza")


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(UnavailableError, match="cannot be saved: No such file or directory"):
        save(small(), tmp_path / "none" / "net.trenza")


def test_loading_what_is_not_there_or_cannot_be_read(tmp_path):
    with pytest.raises(NotFoundError, match="There is no file"):
        load(tmp_path / "net.trenza")
    with pytest.raises(UnavailableError, match="cannot be read"):
        load(tmp_path)
    with pytest.raises(UnavailableError, match="cannot be read"):
        load("net\0.trenza")


def test_loading_what_is_no_text(tmp_path, monkeypatch):
    path = tmp_path / "net.trenza"
    path.write_bytes(b'{"\xff"}')
    with pytest.raises(DataLossError, match="byte 2 is no UTF-8"):
        load(path)
    monkeypatch.setattr(file, "MAX_BYTES", 4)
    with pytest.raises(DataLossError, match="too long"):
        load(path)


def test_windows_editors_may_put_a_mark_in_front(tmp_path):
    path = tmp_path / "net.trenza"
    path.write_text(dumps(small()), encoding="utf-8-sig")
    assert load(path) == small()


def test_errors_keep_the_problem_of_the_line():
    with pytest.raises(DataLossError) as caught:
        loads(text_of(f"{NODE},\n{NODE}"))
    assert caught.value.facts["line"] == 5
    assert caught.value.facts["problem"].node == "a" == caught.value.node
    assert json.dumps(str(caught.value))


def test_a_writer_that_remembers_lines_writes_the_same(monkeypatch):
    history = History(small())
    document, writer, written = history.document, file.Writer(), []
    original = file.line
    monkeypatch.setattr(file, "line", lambda value, owner: written.append(owner) or original(value, owner))
    assert writer.text(document) == dumps(document)
    written.clear()
    history.do(SetParams("a", {"x": 3}))
    assert writer.text(document) == dumps(document)
    assert written.count("a") == 2, "once by each"
    history.do(remove(document, ["b"]))
    assert writer.text(document) == dumps(document)
    history.undo()
    assert writer.text(document) == dumps(document)
    assert writer.text(Document()) == dumps(Document())
