"""The command line: what it prints, what it refuses, and that it needs no Qt."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphs import DATA, EXAMPLES, HAS_MNIST, ROOT, build, moons

from engine.data.files import use_folder
from studio import __version__, cli, display, terminal
from studio.document.document import Document
from studio.document.edits import SetParams, SetSetting
from studio.document.file import VERSION, save
from studio.ui import i18n, stored
from studio.ui.appearance import Appearance

pytest_plugins = ("look",)

TIMEOUT = 120

BARE: dict[str, str | None] = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None}

linux_only = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")


class Said:
    """How the program ended, and what it said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> dict[str, Any]:
        """The last line, which is one JSON object."""
        found = json.loads(self.out.splitlines()[-1], parse_constant=pytest.fail)
        assert isinstance(found, dict)
        return found

    def refuses(self, *words: str) -> None:
        """Check that this is a refusal in one line that holds the words."""
        assert self.code == 2, self.err
        assert self.out == ""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("trenza: ")
        assert "Traceback" not in self.err
        assert all(word in self.err for word in words), self.err


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """English, whatever the machine speaks, and settings of the test's own."""
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    yield
    i18n.set_language("en")


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Calls the program within this process."""

    def call(*arguments: str | Path) -> Said:
        capfd.readouterr()
        code = 0
        try:
            cli.main([str(a) for a in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Said(code, *capfd.readouterr())

    yield call
    use_folder(None)


def process(*arguments: str | Path, environment: dict[str, str | None] | None = None, code: str = "") -> Said:
    """Run the program as a process of its own; `environment` sets variables, or with None takes them away."""
    variables: dict[str, str | None] = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    start = ["-c", code] if code else ["-m", "studio"]
    found = subprocess.run(
        [sys.executable, "-W", "error", *start, *map(str, arguments)],
        cwd=ROOT,
        env={name: value for name, value in variables.items() if value is not None},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT,
        check=False,
    )
    return Said(found.returncode, found.stdout, found.stderr)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A small classifier on disk."""
    path = tmp_path / "moons.trenza"
    small = moons()
    small.apply(SetParams("hidden", {"units": 6}))
    save(small, path)
    return path


def saved(document: Document, folder: Path) -> Path:
    path = folder / "document.trenza"
    save(document, path)
    return path


# ---------------------------------------------------------------------------------------------------- help


def test_help_and_version(call: Any) -> None:
    said = call("--help")
    assert said.code == 0
    assert all(word in said.out for word in ("run", "open", "--version", "[DOCUMENT] [--train]"))
    assert call("--version").out == f"trenza, version {__version__}\n"
    said = call("run", "--help")
    assert said.code == 0
    for option in ("--mode", "--epochs", "--seed", "--set", "--data-dir", "--json"):
        assert option in said.out
    assert call("net.trenza", "--help").out == call("--help").out
    assert "--train" in call("open", "--help").out


def test_run_never_loads_qt(document: Path) -> None:
    code = """
import sys
from studio.cli import main
main(sys.argv[1:])
found = sorted(m for m in sys.modules if m.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"))
assert not found, found
"""
    said = process("run", document, "--epochs", "1", "--json", code=code)
    assert (said.code, said.err) == (0, "")
    assert said.json["epochs"] == 1


def test_help_loads_next_to_nothing() -> None:
    code = """
import sys
from studio.cli import main
try:
    main(["run", "--help"])
except SystemExit:
    pass
assert not {"numpy", "numba", "PySide6", "engine"} & set(sys.modules)
"""
    assert process(code=code).code == 0


# ----------------------------------------------------------------------------------------------------- run


def test_a_training_ends_with_its_metrics(call: Any, document: Path) -> None:
    said = call("run", document)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert [line.partition(" - ")[0] for line in lines[:3]] == ["Epoch 1/3", "Epoch 2/3", "Epoch 3/3"]
    assert all(name in lines[3] for name in ("loss", "accuracy", "val_loss", "val_accuracy"))
    assert lines[4].startswith("3 epochs in ")
    assert "\r" not in said.out, "no bar is drawn where there is no terminal"


def test_json_is_all_there_is(call: Any, document: Path) -> None:
    said = call("run", document, "--json")
    assert (said.code, said.err) == (0, "")
    assert said.out.count("\n") == 1
    found = said.json
    assert set(found) == {"metrics", "epochs", "seconds", "mode"}
    assert set(found["metrics"]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert (found["epochs"], found["mode"]) == (3, "lazy")
    assert found["seconds"] > 0


def test_the_same_seed_gives_the_same_numbers(call: Any, document: Path) -> None:
    def metrics(*options: str) -> dict[str, float]:
        found: dict[str, float] = call("run", document, "--json", *options).json["metrics"]
        return found

    plain = metrics()
    assert metrics() == plain == metrics("--seed", "1")
    assert metrics("--seed", "2") != plain
    assert metrics("--mode", "eager")["loss"] == pytest.approx(plain["loss"], abs=1e-4)
    assert metrics("--epochs", "1") != plain


def test_parameters_can_be_set(call: Any, document: Path) -> None:
    def epochs(*options: str) -> int:
        return int(call("run", document, "--json", *options).json["epochs"])

    assert epochs("--set", "trainer.epochs=2") == 2
    assert epochs("--set", "trainer.epochs=2", "--set", "trainer.epochs=1") == 1
    assert epochs("--set", "trainer.epochs=2", "--epochs", "4") == 4
    before = document.read_bytes()
    assert epochs("--set", "hidden.activation=none", "--set", "trainer.learning_rate=0.5") == 3
    assert document.read_bytes() == before


def test_a_node_is_named_by_its_id_or_its_title(call: Any) -> None:
    path = EXAMPLES / "tensors.trenza"
    assert call("run", path, "--json", "--set", "a.value=[1.0, 1.0, 1.0]").json["values"]["d"] == [8.0, 5.0, 0.0]
    network = EXAMPLES / "digits_mlp.trenza"
    assert call("run", network, "--epochs", "1", "--json", "--set", "output.use_bias=false").code == 0
    call("run", path, "--set", "a · b.x=1").refuses("2 nodes called 'a · b'", "ab_for_d, ab_for_e")


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_without_a_trainer_the_tensors_are_computed(call: Any, mode: str) -> None:
    path = EXAMPLES / "tensors.trenza"
    said = call("run", path, "--mode", mode)
    assert said.code == 0
    assert [line.partition(" = ")[0] for line in said.out.splitlines()] == ["d", "e"]
    assert "[11. -3. -1.]" in said.out
    found = call("run", path, "--mode", mode, "--json").json
    assert found == {"values": {"d": [11.0, -3.0, -1.0], "e": [30.0, -4.0, -2.0]}, "mode": mode}


@pytest.mark.filterwarnings("ignore:.*encountered")
def test_what_is_no_number_is_null_in_json(call: Any, document: Path, tmp_path: Path) -> None:
    logs = call("run", document, "--json", "--epochs", "1", "--set", "trainer.learning_rate=1e30").json["metrics"]
    assert set(logs) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    root = build({"a": ("data.constant", {"value": [-1.0, 4.0]}), "root": "op.sqrt"}, "a.output > root.x")
    assert call("run", saved(root, tmp_path), "--json").json["values"] == {"root": [None, 2.0]}


@pytest.mark.skipif(not HAS_MNIST, reason="mnist.npz is not in ../shared/data")
def test_data_are_found_where_they_are_said_to_be(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("engine.data.mnist.download", lambda *_: asked.append("network"))
    said = call("run", EXAMPLES / "mnist_mlp.trenza", "--epochs", "1", "--data-dir", DATA, "--json")
    assert said.json["metrics"]["val_accuracy"] > 0.9
    assert asked == []


def test_an_interruption_ends_quietly(call: Any, document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_args: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal.session, "train", interrupted)
    said = call("run", document)
    assert (said.code, said.out, said.err) == (130, "", "Stopped.\n")


def test_control_c_ends_a_training(document: Path) -> None:
    command = [sys.executable, "-m", "studio", "run", str(document), "--epochs", "100000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("Epoch 1/100000 - ")
        running.send_signal(signal.SIGINT)
        _out, err = running.communicate(timeout=TIMEOUT)
    assert (running.returncode, err) == (130, "Stopped.\n")


def test_a_reader_may_leave(document: Path) -> None:
    command = [sys.executable, "-m", "studio", "run", str(document), "--epochs", "100000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.wait(TIMEOUT) == 1
        assert running.stderr is not None
        assert running.stderr.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_in_a_terminal_there_are_bars(document: Path) -> None:
    here, there = pty.openpty()
    command = [sys.executable, "-m", "studio", "run", str(document), "--epochs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=there, stderr=there, stdin=there) as running:
        os.close(there)
        shown = b""
        try:
            while part := os.read(here, 65536):
                shown += part
        except OSError:  # Linux says so that the other end is closed
            pass
        assert running.wait(TIMEOUT) == 0
    os.close(here)
    text = shown.decode()
    assert "━" in text
    assert "\r" in text
    assert "Epoch 2/2" in text


# ----------------------------------------------------------------------------------------------- languages


@pytest.fixture
def spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that speaks Spanish."""
    for name, value in (("LANGUAGE", ""), ("LC_ALL", ""), ("LC_MESSAGES", "es_ES.UTF-8"), ("LANG", "en_GB.UTF-8")):
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("spanish")
def test_the_help_speaks_spanish(call: Any) -> None:
    said = call("run", "--help").out
    assert said.startswith("Uso: trenza run [OPCIONES] DOCUMENTO")
    assert "Opciones:" in said
    assert "Mostrar este mensaje y salir." in said
    assert not set(re.findall(r"[A-Za-z]+", said)) & {"Usage", "Options", "Show", "exit", "of", "the", "epochs."}
    assert "Órdenes:" in call("--help").out
    assert call("--version").out == f"trenza, versión {__version__}\n"


@pytest.mark.usefixtures("spanish")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ("Falta el argumento 'DOCUMENTO'",)),
        (["a", "--foo"], ("No existe la opción '--foo'",)),
        (["a", "--jsn"], ("¿Quería decir", "--json")),
        (["a", "--epochs", "0"], ("Valor no válido para '--epochs'", "no está en el intervalo x>=1")),
        (["a", "--epochs", "x"], ("no es un número entero válido",)),
        (["a", "--mode", "x"], ("no es ninguno de 'eager', 'lazy'",)),
        (["a", "--data-dir", "none"], ("Carpeta 'none' no existe",)),
        (["a", "b"], ("Sobra un argumento (b)",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_refusals_of_arguments_are_in_spanish(call: Any, arguments: list[str], words: tuple[str, ...]) -> None:
    call("run", *arguments).refuses(*words, "Pruebe «trenza run --help» para ver la ayuda.")


@pytest.mark.usefixtures("spanish")
def test_errors_are_in_spanish(call: Any, document: Path, tmp_path: Path) -> None:
    call("run", tmp_path / "none").refuses("No existe el archivo")
    call("run", tmp_path).refuses("No se puede leer", "es una carpeta")
    call("run", document, "--set", "hidden.units=0").refuses("units es 0. Admite un número entero de 1 o más.")
    call("run", saved(moons(hidden="layer.Later"), tmp_path)).refuses("Este programa no tiene", "(nodo 'hidden')")
    call("--train").refuses("--train necesita un documento.")
    twice = tmp_path / "twice"
    twice.write_text(document.read_text().replace('"id": "output"', '"id": "hidden"'))
    call("run", twice).refuses("línea 8", "ya existe «hidden»")


@pytest.mark.usefixtures("spanish")
def test_a_training_is_told_in_spanish(call: Any, document: Path) -> None:
    lines = call("run", document).out.splitlines()
    assert re.fullmatch(r"Época 1/3 - \d+/\d+ - [\d\u2009]+,\d\d ms por paso - pérdida: \d,\d{4} - .*", lines[0])
    assert all(word in lines[3] for word in ("pérdida: ", "exactitud: ", "val_pérdida: "))
    assert re.fullmatch(r"3 épocas en [\d\u2009]+,\d s \(compilado\)", lines[4])


def test_the_language_chosen_in_the_window_is_spoken_in_the_terminal(
    call: Any, look: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("--help").out.startswith("Usage")
    look.set_language("es")
    assert call("--help").out.startswith("Uso")
    stored.settings_file().write_text("no settings", "utf-8")
    assert call("--help").out.startswith("Usage")


@linux_only
def test_without_a_display_it_says_so_in_spanish(document: Path) -> None:
    said = process(document, "--train", environment={**BARE, "LANGUAGE": "es"})
    assert said.err == "No hay pantalla. Se entrena en la terminal.\n"
    assert said.out.startswith("Época 1/3")


# ------------------------------------------------------------------------------------------------ refusals


def test_documents_that_cannot_be_read(call: Any, tmp_path: Path, document: Path) -> None:
    call("run", tmp_path / "none.trenza").refuses("There is no file", "none.trenza")
    call("run", tmp_path).refuses("cannot be read", "directory")
    text = document.read_text()
    for name, content, words in (
        ("no.json", "<svg/>", "no JSON text"),
        ("truncated", text[: len(text) // 2], "line"),
        ("empty", "", "line 1, column 1"),
        ("other", "[]", "no Trenza document"),
        ("newer", text.replace(f'"version": {VERSION}', '"version": 99'), "newer Trenza"),
        ("binary", "\x00\x01", "no JSON text"),
    ):
        path = tmp_path / name
        path.write_text(content)
        call("run", path).refuses(words, name)
        call(path, "--train").refuses(words, name)
        call(path).refuses(words, name)


def test_documents_with_errors_name_the_node(call: Any, tmp_path: Path) -> None:
    for broken, words in (
        (moons(hidden="layer.Later"), ("no node of the type 'layer.Later'", "(node 'hidden')")),
        (moons(hidden=("layer.Dense", {"units": 0})), ("units is 0", "(node 'hidden')")),
        (moons(hidden=("layer.Dense", {})), ("units is missing", "(node 'hidden')")),
        (build({"root": "op.sqrt"}), ("'x' is not connected", "(node 'root')")),
        (build({"n": "op.exp"}, "n.output > n.x"), ("circle: n → n", "(node 'n')")),
        (moons(data=("data.moons", {"samples": 1})), ("samples is 1", "(node 'data')")),
    ):
        call("run", saved(broken, tmp_path)).refuses(*words)
    seedless = moons()
    seedless.apply(SetSetting("seed", "one"))
    call("run", saved(seedless, tmp_path)).refuses("seed is 'one'")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--mode", "both"], ("--mode", "'eager', 'lazy'")),
        (["--epochs", "0"], ("--epochs", "x>=1")),
        (["--epochs", "many"], ("--epochs", "many")),
        (["--seed", "-1"], ("--seed", "x>=0")),
        (["--set"], ("--set",)),
        (["--set", "hidden"], ("NODE.PARAM=VALUE", "'hidden'")),
        (["--set", "hidden.units"], ("NODE.PARAM=VALUE", "'hidden.units'")),
        (["--set", "units=3"], ("NODE.PARAM=VALUE", "'units=3'")),
        (["--set", "=3"], ("NODE.PARAM=VALUE",)),
        (["--set", ".units=3"], ("There is no node ''",)),
        (["--set", "hiden.units=3"], ("There is no node 'hiden'", "hidden, output")),
        (["--set", "hidden.unit=3"], ("no parameter 'unit'", "units, activation")),
        (["--set", "hidden.units=0"], ("units is 0", "1 or more")),
        (["--set", "hidden.units=many"], ("units is 'many'", "whole number")),
        (["--set", "hidden.units="], ("units is ''",)),
        (["--data-dir", "no/such/folder"], ("--data-dir", "does not exist")),
        (["--jsn"], ("--jsn", "--json")),
        (["--set", f"hidden.units={10**9}"], ("not enough memory", "trainer")),
        (["another.trenza"], ("another.trenza",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_arguments(call: Any, document: Path, options: list[str], words: tuple[str, ...]) -> None:
    call("run", document, *options).refuses(*words)


def test_arguments_that_are_missing_or_too_many(call: Any, document: Path) -> None:
    call("run").refuses("DOCUMENT")
    call("--train").refuses("--train needs a document")
    call("--nonsense").refuses("--nonsense")
    call(document, document).refuses("extra argument")


def test_a_refusal_is_one_line_for_the_system_too(tmp_path: Path) -> None:
    process("run", tmp_path / "none.trenza").refuses("There is no file")


# ----------------------------------------------------------------------------------------------- no display


@linux_only
def test_without_a_display_the_terminal_trains(document: Path) -> None:
    said = process(document, "--train", environment=BARE)
    assert said.code == 0
    assert said.err == "There is no display. Training in the terminal.\n"
    lines = said.out.splitlines()
    assert lines[0].startswith("Epoch 1/3")
    assert "val_accuracy" in lines[-2]
    assert lines[-1].startswith("3 epochs in")


@linux_only
def test_without_a_display_a_window_is_refused(
    call: Any, document: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def bare(**variables: str) -> None:
        for name in BARE:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    bare()
    call(document).refuses("There is no display", "trenza run DOCUMENT")
    call().refuses("There is no display")
    bare(QT_QPA_PLATFORM="xcb")
    call(document).refuses("There is no display")
    bare(WAYLAND_DISPLAY="wayland-none", XDG_RUNTIME_DIR=str(tmp_path))
    call(document).refuses("There is no display")
    for name in (":4242", "nonsense", ":", "localhost:99999", f"unix:{10**6}"):
        bare(DISPLAY=name)
        call(document).refuses(f"The display {name} does not answer")
    said = call(document, "--train", "--mode", "eager")
    assert said.code == 0
    assert said.err == f"The display unix:{10**6} does not answer. Training in the terminal.\n"
    assert "(eager)" in said.out


@linux_only
def test_a_display_that_listens_but_says_nothing_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import socket

    monkeypatch.setattr(display, "_PATIENCE", 0.05)
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "X"))
        mute.listen()
        assert not display._answers(socket.AF_UNIX, str(tmp_path / "X"), display._GREETING)
        assert display._answers(socket.AF_UNIX, str(tmp_path / "X"))


def test_off_the_screen_a_window_can_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.why_no_display() == ""


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_path: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file")

    monkeypatch.setattr(display.ctypes, "CDLL", missing)
    reason = display._why_not_loaded("libqxcb.so")
    assert "libxcb-cursor.so.0" in reason
    assert "README" in reason


def test_without_qt_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "find_spec", lambda _name: None)
    assert display.why_no_display() == "PySide6 is not installed."


def test_the_window_opens_with_what_was_asked_for(call: Any, document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import studio.app

    asked: list[Any] = []

    def run_studio(*args: Any, **options: Any) -> int:
        asked.append((args, options))
        return 0

    monkeypatch.setattr(studio.app, "run_studio", run_studio)
    monkeypatch.setattr(display, "why_no_display", lambda: "")
    assert call(document, "--train", "--mode", "eager").code == 0
    assert call().code == 0
    assert asked == [
        ((document,), {"train": True, "mode": "eager", "data_dir": None}),
        ((None,), {"train": False, "mode": None, "data_dir": None}),
    ]
