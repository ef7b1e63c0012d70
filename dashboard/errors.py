"""Error pages: what did not happen, what is true now, and what to do."""

from __future__ import annotations

from typing import cast

import structlog
from flask import Flask, Response, g, render_template
from werkzeug.exceptions import HTTPException

from dashboard import visitor
from dashboard.adapters.contract import ActionRefused, AdapterError, InvalidRequest, NotFound, SourceUnavailable
from dashboard.language import N_, gettext
from dashboard.redaction import encodable
from dashboard.web import VARY, is_htmx

log = structlog.get_logger(__name__)
OTHERWISE = N_("This did not work")
TITLES = {
    400: N_("This request is not understood"),
    401: N_("Signed out"),
    403: N_("This is not allowed"),
    404: N_("There is nothing here"),
    405: N_("This address does not take that"),
    409: N_("This is not possible now"),
    413: N_("Too much was sent"),
    415: N_("This kind of content is not understood"),
    421: N_("Wrong host name"),
    422: N_("Something has to be corrected"),
    500: N_("Something broke inside the dashboard"),
    503: N_("Redis does not answer"),
}
ADVICE = {
    400: N_("Correct the address or the form, or go back and choose again."),
    401: N_("Sign in, then do it again."),
    404: N_("It may have been requeued, purged or have run out of its retention. Check the address, or search for it."),
    405: N_("Nothing was changed. Use the buttons of the pages."),
    409: N_("Nothing was changed. Load the page again to see the present state."),
    413: N_("Nothing was changed. Send less, or use a filter instead of single rows."),
    415: N_("Nothing was changed. Send a form or JSON."),
    500: N_("The log of the server has the details. Try again, and report it if it stays."),
    503: N_("Jobs may have stopped too: check Redis first. The page works again as soon as it answers."),
}
_STATUS: tuple[tuple[type[AdapterError], int], ...] = (
    (NotFound, 404),
    (InvalidRequest, 400),
    (ActionRefused, 409),
    (SourceUnavailable, 503),
)


def register(app: Flask) -> None:
    """Answer every error with a page."""

    @app.errorhandler(AdapterError)
    def adapter_error(error: AdapterError) -> Response:
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
        return page(status, str(error))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:
            return cast("Response", error.get_response())
        response = page(error.code, error.description or "")
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after", "location", "www-authenticate"):
                response.headers[name] = value
        return response


def page(status: int, detail: str) -> Response:
    """One error: a page, or a sentence when htmx asked, which the script shows as a toast."""
    title = gettext(TITLES.get(status, OTHERWISE))
    advice = gettext(ADVICE[status]) if status in ADVICE else ""
    if is_htmx():
        response = Response(f"{title}\n{detail}", status, mimetype="text/plain")
    else:
        response = Response(encodable(_html(status, title, detail, advice)), status, mimetype="text/html")
    response.headers["Vary"] = VARY
    response.headers["Cache-Control"] = "no-store"
    return response


def _html(status: int, title: str, detail: str, advice: str) -> str:
    g.shows_error = True
    shown = {"status": status, "error_title": title, "detail": detail, "advice": advice}
    try:
        if visitor.is_stranger():
            return render_template("errors/bare.html", sign_in_url=g.get("sign_in_url", ""), **shown)
        return render_template("errors/page.html", **shown)
    except Exception:
        log.exception("error page failed")
        return render_template("errors/plain.html", **shown)
