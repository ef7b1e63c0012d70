"""Words and numbers in the language of whoever reads them; outside a request (commands, the collector) English.

Words are marked where they stand: `gettext("Paused %(queue)s", queue=name)` and `ngettext` here, `{{ _("Paused") }}` in
templates, `N_("Paused")` for constants, which are translated where they are shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import NullTranslations
from markupsafe import Markup, escape

UNKNOWN = "–"
BOUND = 1e21
"""Numbers beyond it are written short, as damaged data has them."""
KEPT = 4_096
"""Numbers and dates whose words are remembered: a page has hundreds, most of them again and again."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language with its catalogue; looked for once in a request."""

    locale: Locale
    catalogue: NullTranslations


ENGLISH = Tongue(Locale.parse("en"), NullTranslations())
_written: ContextVar[bool] = ContextVar("written", default=False)
_of_reader: list[Callable[[], Tongue]] = []


def N_(text: str) -> str:  # noqa: N802 - the customary name
    """Mark a constant for the catalogue; it is translated where it is shown."""
    return text


def locale() -> Locale:
    """The language that is read."""
    return _tongue().locale


def asks(find: Callable[[], Tongue]) -> None:
    """Let a function say which language is read; it answers ENGLISH when nobody in particular reads."""
    _of_reader[:] = [find]


@contextmanager
def english() -> Iterator[None]:
    """Within it everything is English: for what is written down."""
    before = _written.set(True)
    try:
        yield
    finally:
        _written.reset(before)


def gettext(message: str, /, **values: object) -> str:
    """The message in the reader's language, with its placeholders filled."""
    text: str = _tongue().catalogue.gettext(message)
    return text % values if values else text


def pgettext(context: str, message: str, /, **values: object) -> str:
    """The same for an English word with several meanings; `context` says which is meant."""
    text = str(_tongue().catalogue.pgettext(context, message))
    return text % values if values else text


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The message for a number of things; `%(num)s` is the number as the reader writes it."""
    return plural(one, many, count) % {"num": number(count), **values}


def plural(one: str, many: str, count: int, /) -> str:
    """The message for a number of things, its placeholders not filled yet."""
    text: str = _tongue().catalogue.ngettext(one, many, count)
    return text


def marked_up(message: str, /, **values: object) -> Markup:
    """A message that has HTML in it, with its values escaped; for what is put together outside of templates."""
    return filled(_tongue().catalogue.gettext(message), values)


def filled(text: str, values: dict[str, object]) -> Markup:
    """A text of the catalogue, which may have HTML in it, with its values escaped; `%%` is a percent sign."""
    safe = {name: value if type(value) in (int, float) else escape(value) for name, value in values.items()}
    return Markup(text % safe if "%" in text else text)  # noqa: S704 - the catalogue's text is ours


def number(value: float | None, digits: int = 0) -> str:
    """3209 as 3,209 or 3.209; an en dash when it is not known."""
    if value is None or value != value:  # noqa: PLR0124 - the one number that is none
        return UNKNOWN
    if not -BOUND < value < BOUND:
        return _beyond(value)
    return _number(value, digits, locale())


def _beyond(value: float) -> str:
    """`1e+40`; the library that formats the others refuses it."""
    try:
        found = float(value)
    except OverflowError:
        found = math.copysign(math.inf, value > 0 or -1)
    return f"{found:.3g}".replace("inf", "∞")


@lru_cache(maxsize=KEPT)
def _number(value: float, digits: int, locale: Locale) -> str:
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return format_decimal(round(value, digits), pattern, locale=locale)


def day(when: date, pattern: str) -> str:
    """A date by a CLDR pattern, `d MMM`."""
    return _day(when, pattern, locale())


@lru_cache(maxsize=KEPT)
def _day(when: date, pattern: str, locale: Locale) -> str:
    return format_date(when, pattern, locale=locale)


def _tongue() -> Tongue:
    return ENGLISH if _written.get() or not _of_reader else _of_reader[0]()


def listed(names: list[str], most: int) -> str:
    """`KeyError, ValueError and 4 more`; the last of a complete list follows an “and”."""
    shown = names[:most]
    if len(names) > most:
        return gettext("%(names)s and %(more)s more", names=", ".join(shown), more=number(len(names) - most))
    if len(shown) < 2:
        return "".join(shown)
    return gettext("%(names)s and %(last)s", names=", ".join(shown[:-1]), last=shown[-1])
