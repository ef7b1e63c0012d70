"""The address: all metrics in the format the scraper prefers, read and written once a second for all who ask."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from prometheus_client.exposition import choose_encoder

from dashboard.metrics.collector import Collector
from dashboard.metrics.families import written
from dashboard.web import services

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """All metrics; scrapers that ask within a second of each other share one reading and one text."""
    collector = _collector()
    _, content_type = choose_encoder(request.headers.get("Accept", ""))
    openmetrics = content_type.startswith("application/openmetrics-text")

    def write() -> bytes:
        return written(collector.collect(), openmetrics=openmetrics)

    return Response(services().sources.shared(("metrics", content_type), write), content_type=content_type)


def _collector() -> Collector:
    """The application's own, which knows what is being read."""
    made: Collector = current_app.extensions.setdefault("metrics", Collector(services()))
    return made
