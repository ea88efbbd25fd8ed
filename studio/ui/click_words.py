"""What the library of the command line says by itself, in our catalogues: usage, options, and its refusals.

It asks Python's `gettext` for the texts, without a catalogue of its own. So its texts stand here to be translated,
and for the time that commands are made and run, `gettext` looks into ours.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from studio.ui.i18n import DOMAIN, N_, NN_
from studio.ui.resources import resource

#: Those that our commands can bring about, in the wordings of the versions that we run with.
TEXTS: Final = (
    N_("Usage:"),
    N_("Usage: "),
    N_("Options"),
    N_("Commands"),
    N_("Positional arguments"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("%(prog)s, version %(version)s"),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("Missing command."),
    N_("No such option {name!r}."),
    N_("No such option: {name}"),
    N_("No such command {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is not readable."),
    N_("directory"),
    N_("Directory"),
    N_("Choose from:\n\t{choices}"),
    N_("required"),
)
#: Those with a form for one and another for more.
FORMS: Final = (
    NN_("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    NN_("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    NN_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    NN_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
)


@contextmanager
def click_speaks(code: str) -> Iterator[None]:
    """Let Python's `gettext` translate into the language `code` from our catalogues for as long as the block lasts."""
    domain, languages = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(resource("locale")))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = code
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if languages is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = languages
