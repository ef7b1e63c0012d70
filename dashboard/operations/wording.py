"""Names and selections in words."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard import selectors
from dashboard.adapters.contract import AdapterError, ErrorGroup, Selector
from dashboard.adapters.sources import Sources

SHOWN = 5


def error_name(error_type: str) -> str:
    """`smtplib.SMTPRecipientsRefused` as `SMTPRecipientsRefused`."""
    return error_type.rpartition(".")[2] or error_type or "an unnamed error"


def listed(names: Iterable[str], most: int = 3) -> str:
    """`KeyError, ValueError and 4 more`."""
    every = list(dict.fromkeys(names))
    shown = every[:most]
    if len(every) > most:
        return f"{', '.join(shown)} and {len(every) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def selected(sources: Sources, chosen: tuple[Selector, ...]) -> str:
    """What was selected: a group by its error, anything else as it would be typed in the search.

    Args:
        sources: asked for the errors of at most five groups; one that does not answer is named by its fingerprint.
        chosen: the selectors.
    """
    words = dict.fromkeys(_one(sources, selector) for selector in chosen[:SHOWN])
    rest = len(chosen) - SHOWN
    return "; ".join(words) + (f" and {rest} more" if rest > 0 else "")


def _one(sources: Sources, selector: Selector) -> str:
    group = None if selector.ids or not selector.fingerprint else _group(sources, selector)
    if group is None or not group.error_type:
        return selectors.described(selector)
    rest = selectors.described(selector.narrowed(fingerprint="", source="", queue=""))
    where = f" in {selector.queue}" if selector.queue else ""
    return error_name(group.error_type) + where + ("" if rest == "everything" else f" {rest}")


def _group(sources: Sources, selector: Selector) -> ErrorGroup | None:
    narrow = Selector(source=selector.source, queue=selector.queue, fingerprint=selector.fingerprint)
    try:
        found = sources.groups(narrow, limit=1).items
    except AdapterError:
        return None
    return found[0] if found else None
