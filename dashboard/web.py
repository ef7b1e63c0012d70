"""What every view needs: the services, pages and their fragments, dialogs, and answers to a change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from dashboard import toast as toasts
from dashboard.language import gettext, number
from dashboard.redaction import encodable
from dashboard.regions import CONTENT, several, tag_of, wanted
from dashboard.services import Services
from dashboard.toast import Toast

__all__ = [
    "Toast", "attachment", "changed", "dialog", "is_fragment", "is_htmx", "notice", "page_number", "parts_of", "render",
    "services", "shows",
]  # fmt: skip

VARY = "HX-Request, HX-Request-Type, HX-Target, Accept-Encoding"


def services() -> Services:
    """The application's services."""
    return cast("Services", current_app.extensions["redrive"])


def is_htmx() -> bool:
    """Whether htmx asked."""
    return request.headers.get("HX-Request") == "true"


def is_fragment() -> bool:
    """Whether a part of a page is wanted; htmx asks for whole pages when it restores its history."""
    return (
        is_htmx()
        and request.headers.get("HX-Request-Type") == "partial"
        and "HX-History-Restore-Request" not in request.headers
    )


def target() -> str:
    """The id in `HX-Target`: `section#groups` is `groups`; empty when several regions are asked for together."""
    return "" if wanted() else request.headers.get("HX-Target", "").rpartition("#")[2]


def render(page: str, regions: Mapping[str, str] | None = None, *, status: int = 200, **context: Any) -> Response:
    """A page, or the regions of it that are asked for.

    Args:
        page: template of the whole page.
        regions: template of each region by its DOM id.
        status: HTTP status.
        context: what the templates need.

    Raises:
        BadRequest: the page has no such region.
    """
    if not is_fragment():
        return _answer(render_template(page, **context), status)
    templates = regions or {}
    if wanted():
        return _unkept(several(templates, context))
    region = target()
    template = templates.get(region)
    if template is None:
        known = ", ".join(templates) or "none"
        raise BadRequest(f"This page has no region {region[:60]!r}; it has: {known}.")
    return _tagged(region, render_template(template, **context), status)


def shows(region: str) -> bool:
    """Whether the answer has this region: a page has all, a fragment those that are asked for."""
    return not is_fragment() or region in (set(wanted()) or {target()})


def parts_of(parts: Mapping[str, Callable[[], Mapping[str, Any]]]) -> dict[str, Any]:
    """The context of what is asked for: of every part for a page, and of its own alone for a region.

    Args:
        parts: how each region's context is read, by its DOM id.
    """
    regions = (set(wanted()) or {target()}) if is_fragment() else set(parts)
    regions = set(parts) if CONTENT in regions else regions
    asked = [read for region, read in parts.items() if region in regions]
    return {name: value for read in asked for name, value in read().items()}


def dialog(page: str, fragment: str, *, status: int = 200, **context: Any) -> Response:
    """A question: the fragment for `#dialog`, which opens by itself; a page of its own without JavaScript."""
    return _answer(render_template(fragment if is_htmx() else page, **context), status)


def changed(toast: Toast, back: str, *, regions: Sequence[str] = (), close_dialog: bool = False) -> ResponseReturnValue:
    """The answer to a change that was made.

    Without htmx, a redirect to `back` that shows the toast. With htmx the toast is put on the page and every live
    region asks anew. When `back` is another page than the one shown and no region is named, htmx goes there.

    Args:
        toast: what was done.
        back: address of the page that shows the result.
        regions: DOM ids of parts that do not poll by themselves and have to be fetched again from `back`.
        close_dialog: close the dialog that asked.
    """
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    if not is_htmx():
        response = cast("Response", redirect(back, 303))
        toasts.keep(response, toast)
        return response
    if not regions and not close_dialog and here != urlsplit(back).path:
        response = Response("", 200, {"HX-Redirect": back})
        toasts.keep(response, toast)
        return response
    events = {
        "live:changed": {"regions": list(regions), "back": back},
        **({"dialog:close": {}} if close_dialog else {}),
    }
    response = _answer(render_template("layouts/_toasts.html", toasts=[toast]), 200)
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def attachment(text: str, name: str) -> Response:
    """A CSV file to be kept under a name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, mimetype="text/csv", headers=headers)


def notice(text: str) -> None:
    """Show a line above the page about a parameter that was not understood."""
    g.setdefault("notices", []).append(text)


def page_number(name: str, default: int, most: int) -> int:
    """A whole number from the query string; anything else is the default, and a notice says so."""
    text = request.args.get(name, "").strip()
    if not text:
        return default
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most:
        return int(text)
    values = {"name": name, "text": repr(text[:40]), "most": number(most), "default": number(default)}
    notice(gettext("%(name)s %(text)s is not a whole number from 1 to %(most)s, so %(default)s is used.", **values))
    return default


def _tagged(region: str, body: str, status: int) -> Response:
    """The region with a tag of its content and query; 304 when the region that asks shows the same already."""
    tag = tag_of(body)
    own = request.headers.get("HX-Source", "").rpartition("#")[2] == region
    if own and status == 200 and request.headers.get("HX-PTag") == tag:
        response = _answer("", 304)
    else:
        response = _answer(body, status)
    response.headers["HX-PTag"] = tag
    if request.headers.get("HX-Source", "").startswith("form"):  # a filter's answer has an address, a tick's has none
        query = urlencode([(name, value) for name, value in request.args.items(multi=True) if value])
        response.headers["HX-Push-Url"] = request.script_root + request.path + (f"?{query}" if query else "")
    return response


def _answer(body: str, status: int) -> Response:
    return _unkept(Response(encodable(body), status, mimetype="text/html"))


def _unkept(response: Response) -> Response:
    response.headers["Vary"] = VARY
    response.headers["Cache-Control"] = "no-store"
    return response
