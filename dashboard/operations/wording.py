"""Names and selections in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard import selectors
from dashboard.adapters.contract import AdapterError, ErrorGroup, Selector
from dashboard.adapters.sources import Sources
from dashboard.language import gettext, number

SHOWN = 5


def error_name(error_type: str) -> str:
    """`smtplib.SMTPRecipientsRefused` as `SMTPRecipientsRefused`."""
    return error_type.rpartition(".")[2] or error_type or gettext("an unnamed error")


def error_names(sources: Sources, chosen: Sequence[Selector]) -> dict[str, str]:
    """The names of the errors of groups, by fingerprint.

    Args:
        sources: asked for at most five groups; one that does not answer leaves its groups without a name.
        chosen: the selectors.
    """
    found: dict[str, str] = {}
    for selector in chosen[:SHOWN]:
        group = None if selector.ids or not selector.fingerprint else _group(sources, selector)
        if group is not None and group.error_type:
            found[selector.fingerprint] = error_name(group.error_type)
    return found


def in_words(chosen: Sequence[Selector], names: Mapping[str, str]) -> str:
    """What was selected: a group by its error, anything else as it would be typed in the search."""
    words = "; ".join(dict.fromkeys(_one(selector, names) for selector in chosen[:SHOWN]))
    rest = len(chosen) - SHOWN
    return gettext("%(names)s and %(more)s more", names=words, more=number(rest)) if rest > 0 else words


def _one(selector: Selector, names: Mapping[str, str]) -> str:
    name = "" if selector.ids else names.get(selector.fingerprint, "")
    if not name:
        return selectors.described(selector)
    if selector.queue:
        name = gettext("%(error)s in %(queue)s", error=name, queue=selector.queue)
    rest = selector.narrowed(fingerprint="", source="", queue="", state=None)
    return name if rest == Selector() else f"{name} {selectors.described(rest)}"


def _group(sources: Sources, selector: Selector) -> ErrorGroup | None:
    narrow = Selector(source=selector.source, queue=selector.queue, fingerprint=selector.fingerprint)
    try:
        found = sources.groups(narrow, limit=1).items
    except AdapterError:
        return None
    return found[0] if found else None
