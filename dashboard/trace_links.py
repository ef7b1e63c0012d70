"""Where a trace is shown: an address with a place for its id, given in the settings."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

PLACE = "{trace_id}"
_TRACE_ID = re.compile(r"[0-9a-f]{32}\Z")


def checked(template: str) -> str:
    """The template, when it can be used; an empty one links nothing.

    Raises:
        ValueError: it is no address of the web, or has no place for the id.
    """
    if not template:
        return template
    parts = urlsplit(template)
    if parts.scheme not in ("http", "https") or not parts.hostname or PLACE in parts.netloc:
        raise ValueError("give an address that begins with https:// or http:// and a host")
    if PLACE not in template:
        raise ValueError(
            f"say with {PLACE} where the trace's id belongs, as in https://jaeger.example.com/trace/{PLACE}"
        )
    return template


def link(template: str, trace_id: str) -> str:
    """The address of one trace; empty without a template, or when the id is none of W3C's."""
    if not template or not _TRACE_ID.match(trace_id):
        return ""
    return template.replace(PLACE, quote(trace_id, safe=""))
