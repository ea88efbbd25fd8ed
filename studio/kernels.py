"""``trenza cache``: what the cache of compiled kernels holds, and emptying it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from engine.compile.kernel_files import KernelFiles, folder, limit
from studio.ui.i18n import _, ngettext, number


def info(*, as_json: bool) -> None:
    """Print where the kernels lie, how many there are, and what they take."""
    entries = KernelFiles(folder()).entries()
    facts: dict[str, Any] = {
        "folder": str(folder()),
        "kernels": len(entries),
        "bytes": sum(e.nbytes for e in entries),
        "limit": limit(),
        "oldest": _when(entries[0].used) if entries else None,
        "newest": _when(entries[-1].used) if entries else None,
    }
    if as_json:
        click.echo(json.dumps(facts))
        return
    click.echo(f"{_('Folder')}: {facts['folder']}")
    click.echo(f"{_('Kernels')}: {number(len(entries))}")
    click.echo(f"{_('Size')}: {_megabytes(facts['bytes'])} / {_megabytes(facts['limit'])}")
    if entries:
        click.echo(_("Last used: from {oldest} to {newest}").format(oldest=facts["oldest"], newest=facts["newest"]))


def clear() -> None:
    """Remove all kernels from disk. They are compiled again when they are needed."""
    removed = KernelFiles(folder()).clear()
    line = ngettext("{count} kernel removed, {size}.", "{count} kernels removed, {size}.", len(removed))
    click.echo(line.format(count=number(len(removed)), size=_megabytes(sum(e.nbytes for e in removed))))


def _megabytes(nbytes: int) -> str:
    return f"{number(nbytes / 1e6, 1)} MB"


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")
