"""What failures are and do now: still failures, or what became of those that were put back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from dashboard.adapters.celery import results, workers
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.moves import Moves
from dashboard.adapters.mirrored.product import Fate, Kept

LOOKED_AT = 1_000
"""Messages from each end of a list."""
LOST_SECONDS = 60.0
"""After which a task that is nowhere is gone."""

_FATES = {
    "SUCCESS": Fate.SUCCEEDED, "FAILURE": Fate.FAILED, "REVOKED": Fate.CANCELLED, "REJECTED": Fate.CANCELLED,
    "STARTED": Fate.RUNNING, "RETRY": Fate.WAITING,
}  # fmt: skip


def still_failed(application: Application, ids: Sequence[str]) -> list[bool]:
    """Which tasks are failures."""
    return [status == "FAILURE" for status in results.statuses(application.access, ids)]


def fates(application: Application, moves: Moves, queue: str, letters: Sequence[Kept]) -> list[Fate]:
    """What jobs do that were put back; lists are read before results, since a task goes from these to those."""
    records = moves.records(queue, [letter.id for letter in letters])
    places, whole = _places(application, records)
    now_ids = [_now(letter, record) for letter, record in zip(letters, records, strict=True)]
    known = results.statuses(application.access, now_ids)
    seen = application.roster.seen()
    active = {task.id for task in workers.running(seen, application.bindings, application.clock())}
    found = []
    for task_id, record, status in zip(now_ids, records, known, strict=True):
        if status:
            found.append(_FATES.get(status, Fate.RUNNING))
        elif task_id in active:
            found.append(Fate.RUNNING)
        elif places.get(record.get(b"tag", b"")):
            found.append(Fate.WAITING)
        elif not record:
            found.append(Fate.UNKNOWN)
        elif not whole.get(record[b"list"], False):
            found.append(Fate.WAITING)  # in the middle of a long list, which is not searched
        else:
            found.append(_nowhere(application, record, bool(seen.workers) and seen.fresh(application.clock())))
    return found


def _places(
    application: Application, records: Sequence[dict[bytes, bytes]]
) -> tuple[dict[bytes, bool], dict[bytes, bool]]:
    """By delivery tag, whether it lies in its list or is held by a worker; by list, whether all of it was looked at."""
    tags: dict[bytes, list[bytes]] = defaultdict(list)
    for record in records:
        if b"list" in record:
            tags[record[b"list"]].append(record.get(b"tag", b""))
    calls = [([key, application.names.unacked], [LOOKED_AT, *own]) for key, own in tags.items()]
    replies = application.access.ask_each(application.access.broker, "waiting", calls)
    found: dict[bytes, bool] = {}
    whole: dict[bytes, bool] = {}
    for (key, own), (all_of_it, *places) in zip(tags.items(), replies, strict=True):
        whole[key] = all_of_it == 1
        found.update(zip(own, map(bool, places), strict=True))
    return found, whole


def _now(letter: Kept, record: dict[bytes, bytes]) -> str:
    """The id that a job has since it was put back."""
    return record[b"id"].decode("utf-8", "surrogateescape") if b"id" in record else letter.id


def _nowhere(application: Application, record: dict[bytes, bytes], asked: bool) -> Fate:
    """No result, no message: a worker runs it and keeps no result of that, or it was lost with its worker."""
    put_back_at = float(record.get(b"at") or 0)
    return Fate.GONE if asked and application.clock() - put_back_at > LOST_SECONDS else Fate.UNKNOWN
