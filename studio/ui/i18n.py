"""Languages: the translation of texts, numbers and the engine's errors. Knows no widget.

Texts are written in English in the code, inside ``_("…")``; a table of texts that is made before a language is
chosen marks them with ``N_("…")`` and translates where they are shown. See `studio.ui.extract` for how they get
into the catalogues.
"""

from __future__ import annotations

import functools
import gettext
import locale
import math
import os
from string import Formatter
from typing import TYPE_CHECKING, Any, Final

from studio.document.verbatim import Verbatim
from studio.ui.phrases import translate_phrase
from studio.ui.resources import resource
from studio.ui.stored import stored

if TYPE_CHECKING:  # the engine takes half a second to import, which `trenza --help` does not have
    from engine.core.errors import EngineError

DOMAIN: Final = "trenza"
LANGUAGES: Final[dict[str, str]] = {"en": "English", "es": "Español"}
DECIMAL_POINTS: Final = {"en": ".", "es": ","}
#: By the name of the units of memory: how many of one are one of the next, and what they are called.
UNITS: Final[dict[str, tuple[int, tuple[str, ...]]]] = {
    "binary": (1024, ("B", "KiB", "MiB", "GiB")),
    "decimal": (1000, ("B", "kB", "MB", "GB")),
}
THIN_SPACE: Final = "\u2009"

_translations: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"
_units = "binary"


def _(text: str) -> str:
    """Return `text` in the language in use; what a user wrote is in none.

    >>> from studio.document.verbatim import Verbatim
    >>> set_language("es")
    >>> _("output"), _(Verbatim("output"))
    ('salida', 'output')
    >>> set_language("en")
    """
    return translated(text, _translations)


def translated(text: str, language: gettext.NullTranslations) -> str:
    """Return `text` in a language, of those that `catalogue` gives."""
    return language.gettext(text) if text and not isinstance(text, Verbatim) else text


def N_(text: str) -> str:
    """Mark `text` for the catalogues and return it as it is."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:
    """Mark the forms of a text for one and for more of something, and return them as they are."""
    return one, many


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of the text that goes with `count`, in the language in use."""
    return _translations.ngettext(one, many, count)


def language() -> str:
    """Return the code of the language in use, such as "es"."""
    return _language


def system_language() -> str:
    """Return the first of the system's languages that there is a catalogue for, else English."""
    names = [os.environ.get(key, "") for key in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    names.append(locale.getlocale()[0] or "")
    codes = (part[:2].lower() for name in names for part in name.split(":"))
    return next((code for code in codes if code in LANGUAGES), "en")


def preferred_language() -> str:
    """Return the language that the user chose in the window, else the system's."""
    chosen = stored("language")
    return chosen if chosen in LANGUAGES else system_language()


def set_language(code: str) -> None:
    """Translate into the language `code` from now on.

    Widgets that are already there hear of it through `studio.ui.appearance`, which calls this.
    """
    global _translations, _language
    _translations = catalogue(code)
    _language = code


@functools.cache  # gettext looks for the files each time
def catalogue(code: str) -> gettext.NullTranslations:
    """Return the translations into the language `code`; those into English are the texts themselves."""
    return gettext.translation(DOMAIN, resource("locale"), [code], fallback=code == "en")


def label(name: str) -> str:
    """Return the name of a parameter or a port in words, such as "use bias", in the language in use."""
    return _(words(name))


def words(name: str) -> str:
    """Return a name of the code in words: what the catalogues list it under."""
    return name.replace("_", " ").strip()


def sentence(text: str) -> str:
    """Return `text` with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def number(value: float, digits: int | None = None) -> str:
    """Return a number as a reader of the language in use writes it, thousands parted by thin spaces.

    Parameters
    ----------
    value
        An integer or a float.
    digits
        Decimals; None gives a float four significant digits, in scientific notation where that is shorter.

    Examples
    --------
    >>> number(9610).replace(THIN_SPACE, "_"), number(0.21437), number(3e-9), number(2.5, 3)
    ('9_610', '0.2144', '3e-9', '2.500')
    """
    if isinstance(value, int):
        return f"{value:,}".replace(",", THIN_SPACE)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    if digits is not None:
        text = f"{value:,.{digits}f}"
    elif abs(value) >= 1000 and abs(value) < 1e7:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.4g}"
    mantissa, e, exponent = text.partition("e")
    mantissa = decimal(mantissa.replace(",", THIN_SPACE))
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def decimal(text: str) -> str:
    """Return a text of numbers with the decimal sign of the language in use."""
    return text.replace(".", DECIMAL_POINTS[_language])


def set_units(name: str) -> None:
    """Write sizes of memory in units of 1,024 bytes ("binary") or of 1,000 ("decimal") from now on."""
    global _units
    _units = name if name in UNITS else next(iter(UNITS))


def units() -> str:
    """Return which units of memory are in use."""
    return _units


def written_size(count: int) -> str:
    """Return a number of bytes in the unit that reads best.

    Examples
    --------
    >>> written_size(16384)
    '16 KiB'
    """
    size, (step, names) = float(count), UNITS[_units]
    place = 0
    while size >= step and place < len(names) - 1:
        size /= step
        place += 1
    return f"{number(size, 0 if size == int(size) else 1)} {names[place]}"


def describe(error: EngineError) -> str:
    """Return what `error` says and advises, in the language in use."""
    parts = (_(template) for template in (error.template, error.hint))
    return " ".join(_FACTS.vformat(part, (), error.facts) for part in parts if part)


class _Facts(Formatter):
    """Fills in the facts of an error: numbers as the language writes them, phrases translated."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        value = kwargs.get(str(key), f"{{{key}}}")
        if hasattr(value, "template"):  # an error within an error
            return describe(value)
        if key == "port":  # it is called as on the canvas
            return label(str(value))
        return translate_phrase(value, _) if isinstance(value, str) else value

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool) and not format_spec:
            return number(value)
        return str(super().format_field(value, format_spec))


_FACTS: Final = _Facts()
