"""Files with an object a line: they grow, are cut off, and are written anew."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from studio.run.runs import growing_lines
from studio.run.runs.growing_lines import lines


def text(*numbers: int) -> str:
    return "".join(f'{{"epoch": {n}, "word": "época"}}\n' for n in numbers)


def numbers(path: Path) -> list[int]:
    return [line["epoch"] for line in lines(path)]


def test_what_comes_is_read_and_what_was_there_is_not_read_again(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "lines"
    path.write_text(text(0, 1, 2), "utf-8")
    assert numbers(path) == [0, 1, 2]
    read: list[bytes] = []
    monkeypatch.setattr(growing_lines.json, "loads", lambda line, loads=json.loads: (read.append(line), loads(line))[1])
    with path.open("a", encoding="utf-8") as file:
        file.write(text(3) + '{"epoch": 4')
    assert numbers(path) == [0, 1, 2, 3]
    assert len(read) == 2, "the new one, and the half"
    with path.open("a", encoding="utf-8") as file:
        file.write("}")
    assert numbers(path) == [0, 1, 2, 3, 4], "the last one needs no end"


def test_a_file_that_was_cut_off_or_replaced_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text(text(0, 1, 2, 3), "utf-8")
    assert len(numbers(path)) == 4
    path.write_text(text(0, 1), "utf-8")
    assert numbers(path) == [0, 1]
    path.write_text(text(7, 8, 9, 10, 11), "utf-8")
    assert numbers(path) == [7, 8, 9, 10, 11]
    path.unlink()
    assert numbers(path) == []


@given(st.lists(st.sampled_from([text(1), text(2, 3), "[]\n", "{\n", '{"epoch"', ": 5}\n", "\n", "\xff"]), max_size=8))
def test_however_it_grows_it_is_as_if_it_was_read_at_once(tmp_path_factory, parts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("lines")
    growing = folder / "growing"
    for number, _part in enumerate(parts):
        whole = "".join(parts[: number + 1])
        growing.write_text(whole, "latin-1")
        fresh = folder / f"fresh{number}"
        fresh.write_text(whole, "latin-1")
        assert lines(growing) == lines(fresh)
