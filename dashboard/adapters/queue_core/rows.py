"""Jobs whose places are known, read with their records and, where a filter needs them, their arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard.adapters.contract import Job, State
from dashboard.adapters.queue_core import payloads as stored
from dashboard.adapters.queue_core import records
from dashboard.adapters.queue_core.access import Access
from dashboard.redaction import Redaction
from queue_core.replies import Place, Row, row

SMALL = 8_192
"""Bytes of a payload that comes along with its record; a larger one is read by itself."""
AT_ONCE = 100
CHUNK = 100
LARGE_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads jobs.

    Args:
        access: the source.
        redaction: what is hidden.
    """

    access: Access
    redaction: Redaction

    def jobs(self, named: Sequence[tuple[str, Place]], state: State, *, payloads: bool = False) -> list[Job]:
        """One job per queue and place, in the given order; of one that has just gone only its id is known."""
        wanted: dict[str, list[str]] = {}
        for queue, place in named:
            wanted.setdefault(queue, []).append(place.id)
        found = self.read(wanted, payloads=payloads)
        letter = {"st": records.letter(state)}
        return [
            found.get((queue, place.id)) or self._job(queue, Row(place.id, place.score, letter, 0, b""))
            for queue, place in named
        ]

    def read(self, wanted: Mapping[str, Sequence[str]], *, payloads: bool = False) -> dict[tuple[str, str], Job]:
        """Jobs by queue and id, of ids by queue; unknown ones are left out."""
        most = SMALL if payloads else 0
        calls = [
            (queue, (most, *ids[start : start + CHUNK]))
            for queue, ids in wanted.items()
            for start in range(0, len(ids), CHUNK)
        ]
        costs = [len(given) - 1 for _, given in calls]
        replies = self.access.ask("jobs", calls, costs=costs, at_once=AT_ONCE // 2 if payloads else AT_ONCE)
        rows = [
            (queue, row(each))
            for (queue, _), reply in zip(calls, replies, strict=True)
            if not isinstance(reply, Exception)
            for each in reply
        ]
        jobs = {(queue, each.id): self._job(queue, each) for queue, each in rows}
        return self._with_payloads(jobs, rows) if payloads else jobs

    def _job(self, queue: str, found: Row) -> Job:
        return records.job(self.access.source, queue, found.id, found.record, self.redaction)

    def _with_payloads(
        self, jobs: dict[tuple[str, str], Job], rows: Iterable[tuple[str, Row]]
    ) -> dict[tuple[str, str], Job]:
        texts = {(queue, each.id): (each.payload, each.size) for queue, each in rows}
        large = [name for name, (_, size) in texts.items() if size > SMALL]
        for start in range(0, len(large), LARGE_AT_ONCE):
            chunk = large[start : start + LARGE_AT_ONCE]
            pipeline = self.access.pipeline()
            for queue, job_id in chunk:
                pipeline.getrange(self.access.engine(queue).keys.payload(job_id), 0, stored.READ_BYTES - 1)
            for name, reply in zip(chunk, self.access.replies(pipeline), strict=True):
                texts[name] = (reply if isinstance(reply, bytes) else b"", texts[name][1])
        return {name: replace(job, payload=stored.decode(*texts[name], self.redaction)) for name, job in jobs.items()}
