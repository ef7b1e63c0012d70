"""Some of the jobs that finished well, with their arguments, spread evenly over all that RQ keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.contract import Job, Page, Payload, State
from dashboard.adapters.rq import briefs, calls, letters
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.values import moment, shown

AT_ONCE = 25
PLACES_PER_JOB = 2
"""Jobs that are looked at for one of the type that is wanted."""

_FIELDS = ("status", "created_at", "enqueued_at", "started_at", "ended_at", "description")


def sample(access: Access, queue: str, type_: str, limit: int) -> Page[Job]:
    """The newest first; `total` is how many RQ keeps, of any type."""
    with access.errors():
        total = int(access.client.zcard(access.keys.registry("finished", queue)))
    places = min(total, limit * (PLACES_PER_JOB if type_ else 1))
    ranks = [total - 1 - place * total // places for place in range(places)]
    chunks = [ranks[start : start + AT_ONCE] for start in range(0, len(ranks), AT_ONCE)]
    replies = access.run_many("sample", [(queue, calls.MOST_STORED, *chunk) for chunk in chunks])
    read = [_job(access.source, queue, row) for reply in replies if isinstance(reply, list) for row in reply]
    meant = [job for job in read if type_ in ("", job.type)][:limit]
    return Page(tuple(meant), total=total, searched=len(read), complete=len(read) >= total)


def _job(source: str, queue: str, row: Sequence[Any]) -> Job:
    job_id, values, data, size = row
    fields = briefs.named(values, _FIELDS)
    call, undecodable = letters.called(data, size)
    return Job(
        shown(job_id), source, queue, call.function if call else calls.type_name(b"", fields["description"]),
        State.SUCCEEDED, payload=Payload(call.data() if call else None, size, undecodable=undecodable),
        enqueued_at=moment(fields["enqueued_at"]) or moment(fields["created_at"]),
        started_at=moment(fields["started_at"]), finished_at=moment(fields["ended_at"]),
    )  # fmt: skip
