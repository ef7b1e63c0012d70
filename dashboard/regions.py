"""The parts of a page that stay up to date by themselves: one, asked for as htmx does, or several in one answer.

A part carries a tag of what it shows. One that shows the same already is left out, and a list that someone is at work
on is not replaced: instead, the answer says which rows it has now.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import structlog
from flask import Response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from dashboard.redaction import encodable

log = structlog.get_logger(__name__)

WANTED, HELD, TAGS, FAILED = "Live-Regions", "Live-Hold", "Live-Tags", "Live-Failed"
CONTENT = "content"
"""The region that is all of a page: what is shown until there is anything to show."""
_TIMES = re.compile(r"(<time[^>]*>)[^<]*(</time>)")
_ROWS = re.compile(r'<tr id="([^"]*)"')
_PARTIAL = Markup('<hx-partial hx-target="#{}" hx-swap="outerMorph">{}</hx-partial>')


def wanted() -> dict[str, str]:
    """The regions that are asked for together, each with the tag of what it shows; none in an ordinary request."""
    pairs = (each.partition("=") for each in request.headers.get(WANTED, "").split())
    return {region: shown for region, _, shown in pairs}


def held() -> frozenset[str]:
    """The regions that must stay as they are, since someone is at work on them."""
    return frozenset(request.headers.get(HELD, "").split())


def tag_of(body: str) -> str:
    """What tells one content of a region from another: its query, and its text but for ages, which browsers word."""
    words = request.full_path + _TIMES.sub(r"\1\2", body)
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def news_of(region: str, body: str) -> str:
    """Instead of a held region: the rows that it would show."""
    rows = [unescape(row) for row in _ROWS.findall(body)]
    return render_template("layouts/_news.html", region=region, rows=rows)


def several(templates: Mapping[str, str], context: Mapping[str, Any]) -> Response:
    """Those of the wanted regions that changed, each as a partial; 304 when none did.

    A region that the page no longer has stays as it is. One that cannot be shown is named in `Live-Failed`, and keeps
    no other from being answered.

    Raises:
        BadRequest: the page has none of them.
    """
    shown = {region: tag for region, tag in wanted().items() if region in templates}
    if not shown:
        raise BadRequest(f"This page has none of these regions; it has: {', '.join(templates) or 'none'}.")
    parts: list[str] = []
    tags: list[str] = []
    failed: list[str] = []
    for region, old in shown.items():
        body = _rendered(templates[region], context)
        if body is None:
            failed.append(region)
        elif (new := tag_of(body)) != old:
            if region in held():
                parts.append(news_of(region, body))
            else:
                parts.append(_PARTIAL.format(region, Markup(body)))  # noqa: S704 - a rendered template
                tags.append(f"{region}={new}")
    headers = {name: " ".join(found) for name, found in ((TAGS, tags), (FAILED, failed)) if found}
    return Response(encodable("\n".join(parts)), 200 if parts or failed else 304, headers, mimetype="text/html")


def _rendered(template: str, context: Mapping[str, Any]) -> str | None:
    try:
        return render_template(template, **context)
    except Exception:
        log.exception("region failed", template=template)
        return None
