"""Documents as every version of the format wrote them open, and hold what they held."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import port

from studio.document.catalogue import CATALOGUE
from studio.document.file import VERSION, dumps, load, loads
from studio.document.migrations import MIGRATIONS
from studio.document.study import Study

VERSIONS = Path(__file__).parent / "versions"


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_each_version_is_stored_and_opens(version: int) -> None:
    path = VERSIONS / f"v{version}.trenza"
    assert f'"version": {version}' in path.read_text()
    document = load(path)
    assert document.settings["seed"] == 7
    again = loads(dumps(document))
    assert again == document
    assert Study(again, CATALOGUE).advance()


def test_there_is_a_step_from_each_version_to_the_next() -> None:
    assert set(MIGRATIONS) == set(range(1, VERSION))


def test_the_first_version_had_nodes_wires_and_notes() -> None:
    document = load(VERSIONS / "v1.trenza")
    assert list(document.nodes) == ["data", "dense_1", "old"]
    assert document.nodes["dense_1"].title == "hidden"
    assert document.wires[port("old.x")].source == port("dense_1.output")
    assert document.nodes["old"].params == {"size": 3}
    assert document.notes["note"].text == "**Moons**"


def test_the_second_brought_modes_frames_and_collapsed_nodes() -> None:
    document = load(VERSIONS / "v2.trenza")
    assert document.nodes["dense_1_"].mode == "bypass"
    assert document.nodes["dense_1"].collapsed
    assert document.wires[port("dense_1.inputs")].source == port("dense_1_.output")
    assert document.notes["frame"].frame


def test_the_third_brought_functions_and_pictures() -> None:
    document = load(VERSIONS / "v3.trenza")
    assert document.nodes["block"].picture == "heat"
    study = Study(document, CATALOGUE)
    assert study.advance()
    assert str(study.result().specs[port("block#2/y.output")]) == "float32 (None, 4)"
