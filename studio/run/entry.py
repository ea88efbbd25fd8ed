"""Where the engine's process begins: apart from `worker`, which the window would wait for at its start for nothing."""

from __future__ import annotations

from multiprocessing.connection import Connection


def main(connection: Connection, data_dir: str | None = None) -> None:
    """Run the engine's process until the window goes away or says so."""
    from studio.run import worker  # here, in the process of its own: it takes a sixth of a second

    worker.main(connection, data_dir)
