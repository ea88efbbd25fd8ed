"""Facts of the engine's errors that are themselves words, such as "a whole number of 1 or more".

The engine puts them together in English. Each pattern below is one of its ways to do so: a fact that fits one is
taken apart, the pattern translated, and the parts put in again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

NOUNS: Final = ("a whole number", "a number", "a finite number", "a list of whole numbers")

PATTERNS: Final = (
    "{phrase} or None",
    "{phrase} of {low} or more",
    "{phrase} of {high} or less",
    "{phrase} from {low} to below {high}",
    "{phrase} from {low} to {high}",
    "{phrase} from {low}",
    "{phrase} above {low} to below {high}",
    "{phrase} above {low} to {high}",
    "{phrase} above {low}",
    "{phrase} below {high}",
    "one of {names}",
)

WORDS: Final = (
    *NOUNS,
    "True or False",
    "a text",
    "a whole number or a list of them",
    "a number or a nested list of numbers",
    "a value",
    # what the error texts call things
    "node",
    "note",
    "wire",
    "op",
    "layer",
    "loss",
    "metric",
    "optimizer",
    "activation",
    "initializer",
    "regularizer",
    "constraint",
    "data set",
    "node type",
    # what a file holds in place of something else
    "an object",
    "a text that is not empty",
    "two numbers",
    "the id of a node and the name of a port",
    # why the system refuses
    "No such file or directory",
    "Permission denied",
    "Is a directory",
    "Not a directory",
    "No space left on device",
    "Read-only file system",
    "File name too long",
    "Disk quota exceeded",
    "Input/output error",
    "Too many levels of symbolic links",
    "the file is read-only",
    "it is a folder",
    "it is a device, a pipe or a socket, and no file",
    # why Python's reader of JSON refuses
    "Expecting value",
    "Extra data",
    "Unterminated string starting at",
    "Expecting property name enclosed in double quotes",
    "Expecting ':' delimiter",
    "Expecting ',' delimiter",
    "Illegal trailing comma before end of object",
    "Illegal trailing comma before end of array",
    "Invalid control character at",
    "Invalid \\escape",
)


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    any_text = re.compile(r"\\\{(\w+)\\\}")
    return tuple((p, re.compile(any_text.sub(r"(?P<\1>.+)", re.escape(p)))) for p in PATTERNS)


def translate_phrase(text: str, translate: Callable[[str], str]) -> str:
    """Return `text` translated if it is a word of this file or fits one of its patterns, else as it is.

    Examples
    --------
    >>> translate_phrase("a number of 1 or more", str.upper)
    'A NUMBER OF 1 OR MORE'
    >>> translate_phrase("glass of water or more", str.upper)
    'glass of water or more'
    """
    return _translated(text, translate) or text


def _translated(text: str, translate: Callable[[str], str]) -> str | None:
    if text in WORDS:
        return translate(text)
    for pattern, expression in _compiled():
        if match := expression.fullmatch(text):
            parts: dict[str, str | None] = dict(match.groupdict())
            if "phrase" in parts:
                parts["phrase"] = _translated(match["phrase"], translate)
            if None not in parts.values():
                return _fill(translate(pattern), parts)
    return None


def _fill(pattern: str, parts: Mapping[str, str | None]) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: str(parts[m[1].lower()]), pattern)
