"""A job by its id, and the way to the search for anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import url_for

from dashboard import state_words
from dashboard.adapters.contract import AdapterError, Job, Queue
from dashboard.language import gettext
from dashboard.palette.contract import Asked, Command

MOST_QUEUES = 8
_ID = re.compile(r"(?:id:)?(?:(?P<queue>[^\s/]{1,100})/)?(?P<id>[\w.:-]{6,128})\Z")


def entries(asked: Asked) -> Iterator[Command]:
    """The job whose id is typed, as `ID` or `QUEUE/ID`, looked for in at most eight queues; else a search for it."""
    if not asked.text:
        return
    match = _ID.match(asked.text)
    if match and any(letter.isdigit() for letter in match["id"]):
        for queue in _queues(asked, match["queue"] or ""):
            if job := _job(asked, queue, match["id"]):
                url = url_for("job.show", source=job.source, queue=job.queue, job_id=job.id)
                state = state_words.within(job.state)
                where = gettext("%(state)s in %(queue)s", state=state, queue=job.queue)
                note = f"{where} · {job.id}"
                title = job.type or gettext("(no type)")
                yield Command(gettext("Jobs"), title, url, "list", note, rate=0, weight=10)
                break
    url = url_for("jobs.index", q=asked.text)
    yield Command(gettext("Search"), gettext("Search jobs for “%(text)s”", text=asked.text), url, "search", rate=8)


def _queues(asked: Asked, name: str) -> list[Queue]:
    """Where to look: the named queue, or those with the most dead letters."""
    queues = [queue for queue in asked.services.sources.snapshot().queues if name in ("", queue.name)]
    return sorted(queues, key=lambda queue: -(queue.failed or 0))[:MOST_QUEUES]


def _job(asked: Asked, queue: Queue, job_id: str) -> Job | None:
    try:
        return asked.services.sources.get(queue.source).job(queue.name, job_id)
    except AdapterError:
        return None
