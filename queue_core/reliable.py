"""ReliableQueue: claim, then complete or fail, with a lease that a crash cannot leak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from queue_core.claiming import fail, settle_one
from queue_core.connection import mapped_errors
from queue_core.dead_letters import PAGE, Chosen, DeadLetters, Page
from queue_core.engine import Outcome
from queue_core.errors import InvalidJob, PermanentError, StaleLease, UnknownJob
from queue_core.job import Job
from queue_core.operations import Operation, on_chosen, taking_back
from queue_core.queue import JobInfo, JobQueue
from queue_core.replies import GroupRow, Row
from queue_core.results import encode_result

LeaseState = Literal["extended", "lost", "cancelled", "deadline"]
_LEASE_STATES: tuple[LeaseState, ...] = ("lost", "extended", "cancelled", "deadline")
_ENDS = {"r": "retrying", "d": "failed", "x": "cancelled"}


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
        self._dead = DeadLetters(self.engine)

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
        for page in self._meant(ids, fingerprint, type, since, until):
            count += self._requeue([each.id for each in page if int(each.record.get("rq", 0)) < max_retries])
        return count

    def start_requeue(
        self, *, ids: Sequence[str] | None = None, fingerprint: str | None = None, type: str | None = None,
        since: Any = None, until: Any = None, rate: int = 0, canary: int = 0, stop_after_refailed: int = 0,
    ) -> Operation:  # fmt: skip
        """Record the requeue of failed jobs, chosen as in `requeue_failed`; its `run` moves them, `undo` takes it back.

        Args:
            rate: jobs per second, 0 without limit.
            canary: jobs to requeue first; the rest follow when they succeeded, 0 for none.
            stop_after_refailed: stop when so many requeued jobs failed again, 0 never.

        Raises:
            InvalidJob: an argument is not valid.
        """
        return on_chosen(
            self.engine, "requeue", _ids(self._meant(ids, fingerprint, type, since, until)), rate=rate, canary=canary,
            stop_after_refailed=stop_after_refailed,
        )  # fmt: skip

    def purge_failed(
        self, *, ids: Sequence[str] | None = None, fingerprint: str | None = None, type: str | None = None,
        since: Any = None, until: Any = None,
    ) -> Operation:  # fmt: skip
        """Move failed jobs, chosen as in `requeue_failed`, into the trash; `restore` brings them back for an hour."""
        operation = on_chosen(self.engine, "purge", _ids(self._meant(ids, fingerprint, type, since, until)))
        operation.run()
        return operation

    def restore(self, operation: Operation | str) -> Operation:
        """Bring back what a purge moved into the trash, each job to its old place.

        Raises:
            UnknownOperation: the queue knows none of that id. InvalidJob: it is no purge.
        """
        back = taking_back(self.engine, operation, "restore")
        back.run()
        return back

    def undo(self, operation: Operation | str) -> Operation:
        """Take back a requeue, of the jobs that have not started, each to its old place.

        Raises:
            UnknownOperation: the queue knows none of that id. InvalidJob: it is no requeue.
        """
        back = taking_back(self.engine, operation, "undo")
        back.run()
        return back

    def dead_groups(
        self, *, type: str | None = None, order: Literal["last", "count"] = "last", limit: int = 50,
        cursor: str | None = None,
    ) -> Page[GroupRow]:  # fmt: skip
        """Failed jobs by error: the groups that failed last, or that hold most, first.

        Raises:
            InvalidJob: limit is not 1 to 200, or order or cursor is none of ours.
        """
        return self._dead.groups(type=type, order=order, limit=limit, cursor=cursor)

    def dead_jobs(
        self, *, fingerprint: str | None = None, type: str | None = None, since: Any = None, until: Any = None,
        limit: int = 50, cursor: str | None = None,
    ) -> Page[JobInfo]:  # fmt: skip
        """Failed jobs with their data, newest first.

        Raises:
            InvalidJob: limit is not 1 to 200, or an instant or the cursor is not valid.
        """
        return self._dead.jobs(Chosen(fingerprint, type, since, until), limit=limit, cursor=cursor)

    def _meant(
        self, ids: Sequence[str] | None, fingerprint: str | None, type: str | None, since: Any, until: Any
    ) -> Iterator[list[Row]]:
        """Pages of dead letters, newest first; those that die meanwhile come before what was read, and are outside."""
        if ids is None:
            yield from self._dead.pages(Chosen(fingerprint, type, since, until))
            return
        for start in range(0, len(ids), PAGE):
            rows = self._dead.these(ids[start : start + PAGE])
            yield [
                each
                for each in rows
                if (fingerprint is None or each.fingerprint == fingerprint)
                and (type is None or each.record.get("ty") == type)
            ]

    def _requeue(self, ids: list[str]) -> int:
        pipe = self.engine.client.pipeline(transaction=False)
        for job_id in ids:
            self.engine.call("requeue", job_id, client=pipe)
        with mapped_errors():
            return sum(1 for changed, _ in pipe.execute() if int(changed))

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


def _ids(pages: Iterable[list[Row]]) -> Iterator[list[str]]:
    return ([each.id for each in page] for page in pages)
