"""`/healthz` says that the process is alive, `/readyz` that the store and every source answer."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from dashboard.adapters.contract import AdapterError
from dashboard.web import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 whenever this process can answer at all; Redis is not asked."""
    return _uncached(jsonify(status="ok"))


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 only when the store and every source answer; the body says which does not, and why."""
    bundle = services()
    sources = {adapter.source: _problem(adapter.ping) for adapter in bundle.sources.all()}
    store = _problem(bundle.store.ping)
    ready = not store and not any(sources.values())
    answer = jsonify(
        status="ready" if ready else "not ready",
        store=_told(store),
        sources={name: _told(problem) for name, problem in sources.items()},
    )
    answer.status_code = 200 if ready else 503
    return _uncached(answer)


def _problem(ping: Callable[[], None]) -> str:
    try:
        ping()
    except AdapterError as error:
        return str(error)
    return ""


def _told(problem: str) -> dict[str, str]:
    return {"status": "down", "problem": problem} if problem else {"status": "up"}


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
