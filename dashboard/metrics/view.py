"""The address: all metrics in the format the scraper prefers, read and written once a second for all who ask."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, choose_encoder
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST

from dashboard.metrics.collector import Collector
from dashboard.metrics.families import written
from dashboard.web import services

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """All metrics; scrapers that ask within a second of each other share one reading and one text."""
    collector = _collector()
    openmetrics = _openmetrics(request.headers.get("Accept", ""))

    def write() -> bytes:
        return written(collector.collect(), openmetrics=openmetrics)

    content_type = CONTENT_TYPE_LATEST if openmetrics else CONTENT_TYPE_PLAIN_0_0_4
    return Response(services().sources.shared(("metrics", openmetrics), write), content_type=content_type)


def _openmetrics(accept: str) -> bool:
    """Whether the scraper prefers OpenMetrics; a header that cannot be read asks for nothing."""
    try:
        _, content_type = choose_encoder(accept)
    except Exception:  # noqa: BLE001 - the library reads versions without care, and they are anybody's
        return False
    return content_type.startswith("application/openmetrics-text")


def _collector() -> Collector:
    """The application's own, which knows what is being read."""
    made: Collector = current_app.extensions.setdefault("metrics", Collector(services()))
    return made
