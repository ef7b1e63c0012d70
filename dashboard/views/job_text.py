"""One job as text to copy: its arguments, the Python call, JSON, commands."""

from __future__ import annotations

import json
from typing import cast

from flask import Blueprint, Response, current_app, request, url_for

from dashboard import copied_call, highlight
from dashboard.adapters.contract import InvalidRequest, Job, Payload
from dashboard.web import services

blueprint = Blueprint("job_text", __name__)
_AT = "/jobs/<source>/<queue>/<job_id>"


@blueprint.get(f"{_AT}/arguments")
def arguments(source: str, queue: str, job_id: str) -> Response:
    """All arguments, redacted; `before=1` those before the first edit."""
    return _text(_written(_asked_for(_job(source, queue, job_id))) + "\n")


@blueprint.get(f"{_AT}/call")
def call(source: str, queue: str, job_id: str) -> Response:
    """The Python call that would enqueue the job again, redacted."""
    return _text(copied_call.python_call(_job(source, queue, job_id)))


@blueprint.get(f"{_AT}/curl")
def curl(source: str, queue: str, job_id: str) -> Response:
    """Commands that see and change the job."""
    _job(source, queue, job_id)
    path = url_for("api_jobs.one_job", source=source, queue=queue, job_id=job_id)
    return _text(copied_call.curl_commands(request.host_url.rstrip("/") + path))


@blueprint.get(f"{_AT}/job.json")
def as_json(source: str, queue: str, job_id: str) -> Response:
    """The job as the API answers it, over several lines."""
    answer = current_app.view_functions["api_jobs.one_job"](source=source, queue=queue, job_id=job_id)
    return Response(
        json.dumps(cast("Response", answer).get_json(), indent=2, ensure_ascii=False) + "\n",
        mimetype="application/json",
    )


def _job(source: str, queue: str, job_id: str) -> Job:
    return services().sources.get(source).job(queue, job_id)


def _asked_for(job: Job) -> Payload:
    number = request.args.get("before", "")
    if not number:
        return job.payload
    kept = job.edits
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:4]) <= len(kept):
        raise InvalidRequest(f"before {number[:20]!r}: the arguments of {len(kept)} edits are kept, numbered from 1")
    return kept[int(number) - 1].payload


def _written(payload: Payload) -> str:
    return payload.raw if payload.undecodable else highlight.pretty(payload.data)


def _text(body: str) -> Response:
    return Response(body, mimetype="text/plain")
