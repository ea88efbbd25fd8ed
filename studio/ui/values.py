"""Values of parameters as the language in use writes them."""

from __future__ import annotations

from typing import Any

from engine.core.param import REQUIRED, Param
from studio.ui.i18n import _, decimal


def shown(param: Param, value: Any) -> str:
    """Return a parameter's value as text, whatever it is: a document may hold what its type does not take.

    Examples
    --------
    >>> shown(Param("bool", True), False), shown(Param("ints", ()), [3, 3]), shown(Param("int", 1), "many")
    ('false', '3, 3', 'many')
    """
    if value is REQUIRED:
        return "—"
    if value is None:
        return _("none")
    if isinstance(value, bool):
        return _("true") if value else _("false")
    try:
        text = param.show(value)
    except (ValueError, TypeError):
        return str(value)
    return decimal(text) if isinstance(value, float) else text
