"""Lists as files, at the address of their page: `/jobs.csv`, `/dead.jsonl`, with the filter of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound as NoPage

from dashboard import selectors
from dashboard.adapters.contract import InvalidRequest, State
from dashboard.api import wire
from dashboard.export import columns, files, rows
from dashboard.web import services

blueprint = Blueprint("exports", __name__)
T = TypeVar("T")


@blueprint.get("/jobs.<kind>")
def jobs(kind: str) -> Response:
    """Jobs of one state over all queues."""
    return _jobs(kind, "jobs", {})


@blueprint.get("/queues/<source>/<queue>/jobs.<kind>")
def queue(source: str, queue: str, kind: str) -> Response:
    """Jobs of one state of one queue."""
    return _jobs(kind, f"{queue}-jobs", {"source": source, "queue": queue})


@blueprint.get("/dead/<fingerprint>.<kind>")
def group(fingerprint: str, kind: str) -> Response:
    """Dead letters of one group."""
    return _jobs(kind, f"dead-{fingerprint}", {"fingerprint": fingerprint, "state": "failed"})


@blueprint.get("/dead.<kind>")
def groups(kind: str) -> Response:
    """Groups of dead letters."""
    bundle = services()
    selector = selectors.parse(request.args, bundle.clock())
    if selector.state not in (None, State.FAILED):
        raise InvalidRequest(f"state {selector.state}: dead letters are failed jobs; export Jobs for the other states")
    order = request.args.get("sort", "").lstrip("-") or "count"
    found = rows.groups(bundle.sources, selector, order)
    return _file(kind, "dead-letter-groups", found, wire.group, columns.GROUPS)


def _jobs(kind: str, name: str, fixed: dict[str, str]) -> Response:
    bundle = services()
    selector = selectors.parse(request.args, bundle.clock(), default_state=State.FAILED, fixed=fixed)
    return _file(kind, name, rows.jobs(bundle.sources, selector), wire.job, columns.JOBS)


def _file(
    kind: str, name: str, found: Iterator[T], item: Callable[[T], dict[str, Any]], names: Sequence[str]
) -> Response:
    """A download; the first row is read before it begins, so that a mistake is an answer and no broken file."""
    if kind not in files.KINDS:
        raise NoPage(f"lists come as {' or '.join(files.KINDS)}")
    bundle = services()
    first = list(_first(found))
    text = files.lines(kind, chain(first, found), item, names, bundle.settings.limits.export)
    response = Response((piece.encode("utf-8", "replace") for piece in text), mimetype=files.KINDS[kind])
    at = datetime.fromtimestamp(bundle.clock(), UTC).strftime("%Y%m%d-%H%M%S")
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:80]
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}-{at}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _first(found: Iterator[T]) -> Iterator[T]:
    for row in found:
        yield row
        return
