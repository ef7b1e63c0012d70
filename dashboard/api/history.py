"""`/history`: one metric of a queue, of a source or of everything over time."""

from __future__ import annotations

from flask import Response, jsonify, request

from dashboard.adapters.contract import InvalidRequest
from dashboard.api import arguments
from dashboard.api.blueprints import area
from dashboard.history.bucket import METRICS
from dashboard.history.history import RANGES, Past
from dashboard.web import services

blueprint = area("history")

_LEVELS = {"oldest_pending_seconds": "oldest", "redis_memory_percent": "redis_memory"}
_TIMES = {
    f"{which}_seconds_p{percent}": (which, percent / 100) for which in ("run", "wait") for percent in (50, 95, 99)
}
_KNOWN = (*(metric for metric in METRICS if metric not in _LEVELS.values()), *_LEVELS, *_TIMES)


@blueprint.get("/history")
def history() -> Response:
    """Points are [unix seconds of the bucket's start, value or null]; the last bucket is not over yet."""
    arguments.allow("source", "queue", "metric", "range")
    metric, name = request.args.get("metric", "enqueued"), request.args.get("range", "1h")
    if metric not in _KNOWN:
        raise InvalidRequest(f"metric {metric[:60]!r} is not known; use one of {', '.join(_KNOWN)}")
    if name not in RANGES:
        raise InvalidRequest(f"range {name[:20]!r} is not known; use one of {', '.join(RANGES)}")
    bundle = services()
    source, queue = request.args.get("source", ""), request.args.get("queue", "")
    names = [bundle.sources.get(source).source] if source else bundle.sources.names()
    if queue:
        bundle.sources.snapshot().queue(source or _only(names), queue)
    past = bundle.history.past(names, queue, RANGES[name])
    return jsonify(
        metric=metric, range=name, bucket_seconds=past.seconds, source=source or None, queue=queue or None,
        points=[list(point) for point in _points(past, metric)],
    )  # fmt: skip


def _only(names: list[str]) -> str:
    if len(names) != 1:
        raise InvalidRequest("queue is given without a source; name the source too")
    return names[0]


def _points(past: Past, metric: str) -> tuple[tuple[int, float | None], ...]:
    if metric in _TIMES:
        return past.percentiles(*_TIMES[metric])
    found = past.series(_LEVELS.get(metric, metric))
    if metric == "redis_memory_percent":
        return tuple((start, None if value is None else value / 100) for start, value in found)
    return found
