"""Texts that are in no language of the program."""

from __future__ import annotations


class Verbatim(str):
    """What a user wrote, where a text of the program could stand: it is shown as it is in every language.

    It is told by its type, so that `studio.ui.i18n` translates no namesake of it.

    Examples
    --------
    >>> Verbatim("output") == "output"
    True
    """

    __slots__ = ()
