"""Errors as RFC 9457 problem documents, for every path under `/api`."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from dashboard.adapters.contract import ActionRefused, AdapterError, InvalidRequest, NotFound, SourceUnavailable

MEDIA_TYPE = "application/problem+json"

blueprint = Blueprint("api_problems", __name__)

_STATUS: tuple[tuple[type[AdapterError], int], ...] = (
    (NotFound, 404),
    (InvalidRequest, 400),
    (ActionRefused, 409),
    (SourceUnavailable, 503),
)
_ADVICE = {
    401: "nobody is signed in",
    403: "this dashboard does not allow it; it may be read-only, or the request came from another site",
    404: "there is nothing at this address; the calls are described in docs/api.md",
    405: "this address does not answer this method; see the Allow header",
    413: "the body is too large",
    415: "send the body as application/json",
    500: "the dashboard failed; its log says why",
}


class Unprocessable(HTTPException):
    """A body that is valid JSON but not what the call takes.

    Args:
        errors: per field, where it is and what is wrong.
    """

    code = 422

    def __init__(self, detail: str, errors: list[dict[str, str]]) -> None:
        super().__init__(detail)
        self.errors = errors


def problem(status: int, detail: str, *, kind: str = "", title: str = "", **more: Any) -> Response:
    """A problem document.

    Args:
        status: HTTP status.
        detail: what is wrong and what to do.
        kind: name of the kind of problem; makes the document's `type`.
        title: short text for the kind; default the status' phrase.
    """
    body = {
        "type": f"urn:redrive:problem:{kind}" if kind else "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        **more,
    }
    response = Response(json.dumps(body), status, mimetype=MEDIA_TYPE)
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def of_adapter_error(error: AdapterError) -> Response:
    """What an adapter raised, as a problem."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    name = type(error).__name__
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return problem(status, str(error), kind=words.replace(" ", "-"), title=words.capitalize())


def of_http_error(error: HTTPException) -> Response:
    """What Flask raised, as a problem, with the headers it asks for."""
    status = error.code or 500
    more: dict[str, Any] = {"errors": error.errors} if isinstance(error, Unprocessable) else {}
    standard = type(error).description
    own = error.description if error.description and error.description != standard and status != 415 else ""
    response = problem(status, own or _ADVICE.get(status) or standard or HTTPStatus(status).phrase, **more)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


@blueprint.after_app_request
def as_problem(response: Response) -> Response:
    """Turn errors raised outside the API's own code (no such path or method, a guard) into problems too."""
    if response.status_code < 400 or response.mimetype == MEDIA_TYPE or not request.path.startswith("/api/"):
        return response
    status = response.status_code
    body = problem(status, _ADVICE.get(status) or HTTPStatus(status).phrase)
    response.set_data(body.get_data())
    response.content_type = body.content_type
    return response
