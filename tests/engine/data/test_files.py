"""Downloads: progress, giving up, and what comes through broken, from a server on this machine."""

from __future__ import annotations

import gc
import hashlib
import threading
import time
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import platformdirs
import pytest

from engine.core.errors import DataLossError, NotFoundError
from engine.data import files

PAYLOAD = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(PAYLOAD).hexdigest()


class Slow(BaseHTTPRequestHandler):
    """Sends the payload in pieces, and stands still before the last one until it may go on."""

    go_on = threading.Event()

    def do_GET(self) -> None:
        if self.path != "/file":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(PAYLOAD)))
        self.end_headers()
        self.wfile.write(PAYLOAD[:-1000])
        self.wfile.flush()
        self.go_on.wait(20)
        self.wfile.write(PAYLOAD[-1000:])

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that is slow, and a cache that is empty."""
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))
    monkeypatch.setattr(files, "_progress", [])
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    Slow.go_on.clear()
    server = HTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Slow.go_on.set()
    server.shutdown()
    thread.join()
    server.server_close()
    for download in threading.enumerate():
        if download.name.startswith("download "):
            download.join(20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # pooch leaves its sockets to the collector
        gc.collect()


def test_a_download_tells_how_far_it_is(address: str) -> None:
    told: list[tuple[str, int, int]] = []

    def progress(name: str, done: int, total: int) -> None:
        told.append((name, done, total))
        if done > len(PAYLOAD) // 2:
            Slow.go_on.set()

    files.use_progress(progress)
    path = files.download("some.bin", f"{address}/file", SHA256)
    assert path.read_bytes() == PAYLOAD
    assert {name for name, _done, _total in told} == {"some.bin"}
    assert len(PAYLOAD) // 2 < max(done for _name, done, _total in told) <= len(PAYLOAD)
    assert told[-1][2] == len(PAYLOAD)


def test_a_download_that_stands_still_can_be_given_up(address: str) -> None:
    class GivenUpError(BaseException):
        pass

    def progress(name: str, done: int, total: int) -> None:
        if done:
            raise GivenUpError

    files.use_progress(progress)
    begin = time.perf_counter()
    with pytest.raises(GivenUpError):
        files.download("some.bin", f"{address}/file", SHA256)
    assert time.perf_counter() - begin < 10, "though the server holds the last bytes back"
    assert files.find("some.bin") is None


def test_what_goes_wrong_is_said_in_the_same_words(address: str) -> None:
    for progress in (None, lambda *_: Slow.go_on.set()):
        files.use_progress(progress)
        Slow.go_on.set()
        with pytest.raises(DataLossError, match="its SHA-256 differs"):
            files.download("some.bin", f"{address}/file", "0" * 64)
        with pytest.raises(NotFoundError, match="could not be downloaded"):
            files.download("some.bin", f"{address}/none", SHA256)
