"""Words and numbers in the language of whoever reads them; outside a request (commands, the collector) English.

Words are marked where they stand: `gettext("Paused %(queue)s", queue=name)` and `ngettext` here, `{{ _("Paused") }}` in
templates, `N_("Paused")` for constants, which are translated where they are shown.
"""

from __future__ import annotations

from typing import cast

import flask_babel
from babel import Locale
from babel.numbers import format_decimal
from markupsafe import Markup

UNKNOWN = "–"
_ENGLISH = Locale.parse("en")


def N_(text: str) -> str:  # noqa: N802 - the customary name
    """Mark a constant for the catalogue; it is translated where it is shown."""
    return text


def locale() -> Locale:
    """The language that is read."""
    return flask_babel.get_locale() or _ENGLISH


def gettext(message: str, /, **values: object) -> str:
    """The message in the reader's language, with its placeholders filled."""
    return cast("str", flask_babel.gettext(message, **values))


def pgettext(context: str, message: str, /, **values: object) -> str:
    """The same for an English word with several meanings; `context` says which is meant."""
    return cast("str", flask_babel.pgettext(context, message, **values))


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The message for a number of things; `%(num)s` is the number as the reader writes it."""
    domain = flask_babel.get_domain()
    return cast("str", domain.get_translations().ungettext(one, many, count)) % {"num": number(count), **values}


def marked_up(message: str, /, **values: object) -> Markup:
    """A message that has HTML in it, with its values escaped; for what is put together outside of templates."""
    return Markup(flask_babel.gettext(message)) % values  # noqa: S704 - the catalogue's text is ours


def number(value: float | None, digits: int = 0) -> str:
    """3209 as 3,209 or 3.209; an en dash when it is not known."""
    if value is None:
        return UNKNOWN
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return format_decimal(round(value, digits), pattern, locale=locale())


def listed(names: list[str], most: int) -> str:
    """`KeyError, ValueError and 4 more`; the last of a complete list follows an “and”."""
    shown = names[:most]
    if len(names) > most:
        return gettext("%(names)s and %(more)s more", names=", ".join(shown), more=number(len(names) - most))
    if len(shown) < 2:
        return "".join(shown)
    return gettext("%(names)s and %(last)s", names=", ".join(shown[:-1]), last=shown[-1])
