"""ReliableQueue: claim, then complete or fail, with a lease that a crash cannot leak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from queue_core.claiming import fail, settle_one
from queue_core.connection import mapped_errors
from queue_core.engine import DeadRow, Outcome
from queue_core.errors import InvalidJob, PermanentError, StaleLease, UnknownJob
from queue_core.job import Job, instant
from queue_core.queue import JobQueue
from queue_core.replies import text
from queue_core.results import encode_result

LeaseState = Literal["extended", "lost", "cancelled", "deadline"]
_LEASE_STATES: tuple[LeaseState, ...] = ("lost", "extended", "cancelled", "deadline")
_ENDS = {"r": "retrying", "d": "failed", "x": "cancelled"}
PAGE = 100


class ReliableQueue(JobQueue):
    """A queue whose consumers claim jobs for the length of a lease and say how each ended.

    A job whose consumer vanishes is handed out again when its lease ends; after three crashes it is failed.
    """

    def enqueue(self, task_type: Any, task_data: Any = None, priority: int = 0, **options: Any) -> str:
        """Add a job given as an envelope (`{"type": …, "data": …}`), or as JobQueue.enqueue takes it."""
        if isinstance(task_type, Mapping):
            if task_data is not None or priority or options:
                raise InvalidJob("an envelope says everything itself: put options into it")
            return self._one(self._from_envelope(task_type))
        return super().enqueue(task_type, task_data, priority, **options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: dict[str, Job] = {}

    def claim_job(self, worker_id: str | None = None, timeout: float = 0, *, lease: float = 15.0) -> Job | None:
        """Claim the next job for `lease` seconds, waiting up to `timeout`; None when there is none."""
        jobs = self.claim_jobs(1, worker_id, timeout, lease=lease)
        return jobs[0] if jobs else None

    def claim_jobs(self, n: int, worker_id: str | None = None, timeout: float = 0, *, lease: float = 15.0) -> list[Job]:
        """Claim up to `n` (at most 64) jobs."""
        jobs = self._claimer.claim(worker_id or self.worker, n, timeout, lease)
        self._held.update((job.id, job) for job in jobs)
        return jobs

    def heartbeat(self, *jobs: Job | str, lease: float = 15.0) -> dict[str, LeaseState]:
        """Extend leases; `cancelled` asks the consumer to stop, `deadline` says that its time is over."""
        states: dict[str, LeaseState] = {}
        held = [self._lease_of(job) for job in jobs]
        for worker in {job.worker for job in held}:
            mine = [job for job in held if job.worker == worker]
            codes = self.engine.extend(worker, [(job.id, job.token) for job in mine], lease=round(lease * 1000))
            states.update((job.id, _LEASE_STATES[code]) for job, code in zip(mine, codes, strict=True))
        return states

    def checkpoint(self, job: Job | str, cursor: bytes) -> None:
        """Keep at most 64 KiB for the job's next attempt.

        Raises:
            StaleLease: the lease has ended.
        """
        held = self._lease_of(job)
        if not self.engine.checkpoint(held.worker, held.id, held.token, cursor):
            raise StaleLease(f"the lease on job {held.id} has ended; the cursor was not kept")

    def complete_job(self, job: Job | str, result: Any = None) -> None:
        """Say that a job is done; a result of up to 16 KiB is kept with it.

        Raises:
            StaleLease: the lease has ended; nothing was changed.
            UnknownJob: an id that was not claimed through this object.
        """
        held = self._lease_of(job)
        self._end(held, Outcome("s", held.id, held.token, blob=encode_result(result)))

    def fail_job(
        self, job: Job | str, error: BaseException | str, *, permanent: bool = False, retry_in: float | None = None
    ) -> str:
        """Say that an attempt failed; returns what the job is now: `retrying`, `failed` or `cancelled`.

        Args:
            error: the exception, or what went wrong in words.
            permanent: do not try again.
            retry_in: seconds until the next attempt, None for the job's backoff.

        Raises:
            StaleLease: the lease has ended; nothing was changed.
            UnknownJob: an id that was not claimed through this object.
        """
        held = self._lease_of(job)
        raised = error if isinstance(error, BaseException) else RuntimeError(error)
        given_up = permanent or isinstance(raised, PermanentError)
        delay = -1 if retry_in is None else round(retry_in * 1000)
        try:
            code = fail(self.engine, held, raised, kind="p" if given_up else "f", delay=delay, version=self.version)
        finally:
            self._held.pop(held.id, None)
        return _ENDS.get(code, code)

    def release_job(self, job: Job | str) -> None:
        """Give a job back to its old place; the attempt does not count.

        Raises:
            StaleLease: the lease has ended; nothing was changed.
        """
        held = self._lease_of(job)
        self._end(held, Outcome("r", held.id, held.token))

    def requeue_failed(
        self, max_retries: int = 3, *, ids: Sequence[str] | None = None, fingerprint: str | None = None,
        type: str | None = None, since: Any = None, until: Any = None,
    ) -> int:  # fmt: skip
        """Put failed jobs back into the queue, in bounded steps; returns how many.

        Args:
            max_retries: leave out those that were requeued this often already.
            ids, fingerprint, type: only these. since, until: only those that failed then (instants as in `Options`).
        """
        count = 0
        for page in self._dead_pages(ids, type or "", since, until):
            rows = [row for row in page if fingerprint is None or row.fingerprint == fingerprint]
            count += self._requeue([row.id for row in rows], max_retries)
        return count

    def _dead_pages(self, ids: Sequence[str] | None, type: str, since: Any, until: Any) -> Iterator[list[DeadRow]]:
        """Pages of dead letters, newest first; those that die meanwhile are outside."""
        if ids is not None:
            for start in range(0, len(ids), PAGE):
                yield [DeadRow(0, job_id, "") for job_id in ids[start : start + PAGE]]
            return
        last = 0 if since is None else instant(since) * 1000
        before = str(round(self.server_time() * 1e6) if until is None else instant(until) * 1000)
        while True:
            page = self.engine.dead_page(before, PAGE, type)
            yield [row for row in page if row.score >= last]
            if len(page) < PAGE or page[-1].score < last:
                return
            before = str(page[-1].score)

    def _requeue(self, ids: list[str], max_retries: int) -> int:
        if not ids:
            return 0
        pipe = self.engine.client.pipeline(transaction=False)
        for job_id in ids:
            pipe.hget(self.engine.keys.job(job_id), "rq")
        with mapped_errors():
            counts = pipe.execute()
        chosen = [job_id for job_id, count in zip(ids, counts, strict=True) if int(count or 0) < max_retries]
        for job_id in chosen:
            self.engine.call("requeue", job_id, client=pipe)
        with mapped_errors():
            return sum(1 for changed, state in pipe.execute() if int(changed) and text(state) == "p")

    def _lease_of(self, job: Job | str) -> Job:
        if isinstance(job, Job):
            return job
        if job not in self._held:
            raise UnknownJob(f"job {job!r} was not claimed through this queue object; pass the Job that was claimed")
        return self._held[job]

    def _end(self, job: Job, outcome: Outcome) -> None:
        try:
            settle_one(self.engine, job, outcome)
        finally:
            self._held.pop(job.id, None)
