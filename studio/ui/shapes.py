"""Types of tensors in words: dtype and shape, unknown dimensions by their names in the language in use."""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.spec import TensorSpec
from studio.ui.i18n import N_, _

#: The names that dimensions have, for the catalogues.
NAMES = (N_("batch"), N_("time"), N_("height"), N_("width"), N_("depth"))


def spec_text(spec: TensorSpec, names: Sequence[int | str | None]) -> str:
    """Return a type with its dimensions named: those that nobody can name show as a question mark.

    Examples
    --------
    >>> spec_text(TensorSpec([None, 28]), ("batch", 28)), spec_text(TensorSpec([None]), ("2·batch",))
    ('float32 (batch, 28)', 'float32 (2·batch,)')
    """
    sizes = [dimension(name) for name in (names or tuple(spec.shape))]
    return f"{spec.dtype} ({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def dimension(name: int | str | None) -> str:
    """Return a size, or the name of one, in the language in use."""
    if name is None:
        return "?"
    return "·".join(_(part) for part in name.split("·")) if isinstance(name, str) else str(name)
