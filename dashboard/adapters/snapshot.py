"""All sources at one instant: what was read, from when it is, and which source did not answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from dashboard.adapters.contract import AdapterError, Capability, Queue, UnknownQueue, Worker
from dashboard.language import N_


@dataclass(frozen=True, slots=True)
class SourceSnapshot:
    """One source; a source that is down keeps its last values, and `as_of` says how old they are.

    as_of: unix seconds of the last successful reading, None when there was none.
    down_since: unix seconds of the first failed reading, None while it is up.
    error: of the failed reading, in English; `problem` says it in the reader's language. fault: the error itself.
    silent: whether its server did not answer; otherwise a source that is not up answered what cannot be read.
    workers_problem: why its workers cannot be read while all else is.
    stores: queues that hold schedules alone; they are in no list and no sum of queues.
    searching: whether its queues are still looked for, so that some may be missing.
    """

    name: str
    kind: str
    url_masked: str
    up: bool
    error: str = ""
    as_of: float | None = None
    queues: tuple[Queue, ...] = ()
    workers: tuple[Worker, ...] = ()
    capabilities: Capability = Capability.NONE
    down_since: float | None = None
    silent: bool = True
    workers_problem: str = ""
    stores: tuple[Queue, ...] = ()
    fault: AdapterError | None = field(default=None, compare=False)
    searching: bool = False

    @property
    def problem(self) -> str:
        """Why it could not be read."""
        return str(self.fault) if self.fault else self.error

    @property
    def scheduling(self) -> tuple[Queue, ...]:
        """All that may hold schedules."""
        return (*self.queues, *self.stores)

    def age(self, now: float) -> float | None:
        """Seconds since the last successful reading."""
        return None if self.as_of is None else max(0.0, now - self.as_of)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the sources that answer; `missing` names the others; None is a value nobody could give."""

    pending: int | None
    processing: int | None
    scheduled: int | None
    retrying: int | None
    failed: int | None
    missing: tuple[str, ...] = ()

    @property
    def total(self) -> int | None:
        """Jobs pending, processing and failed."""
        return summed((self.pending, self.processing, self.failed))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every source, in the order of the settings; taken_at in unix seconds."""

    taken_at: float
    sources: tuple[SourceSnapshot, ...]

    @property
    def queues(self) -> tuple[Queue, ...]:
        """All queues, of sources that are down with their last known values."""
        return tuple(queue for source in self.sources for queue in source.queues)

    @property
    def scheduling(self) -> tuple[Queue, ...]:
        """All that may hold schedules: the queues, and what holds schedules alone."""
        return tuple(each for source in self.sources for each in source.scheduling)

    @property
    def workers(self) -> tuple[Worker, ...]:
        """All workers, lost ones first."""
        return tuple(sorted((w for s in self.sources for w in s.workers), key=lambda worker: not worker.lost))

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the sources that do not answer."""
        return tuple(source.name for source in self.sources if not source.up)

    @property
    def searching(self) -> tuple[str, ...]:
        """Names of the sources that answer, and of which some queues may be missing."""
        return tuple(source.name for source in self.sources if source.up and source.searching)

    @property
    def totals(self) -> Totals:
        """Sums over the sources that answer."""
        queues = [queue for source in self.sources if source.up for queue in source.queues]
        answered = any(source.up for source in self.sources)

        def over(field: str) -> int | None:
            meant = [queue for queue in queues if field == "failed" or not queue.failures_only]
            return summed(getattr(queue, field) for queue in meant) if meant or not answered else 0

        return Totals(
            pending=over("pending"),
            processing=over("processing"),
            scheduled=over("scheduled"),
            retrying=over("retrying"),
            failed=over("failed"),
            missing=self.missing,
        )

    def source(self, name: str) -> SourceSnapshot | None:
        """One source by name."""
        return next((source for source in self.sources if source.name == name), None)

    def queue(self, source: str, name: str) -> Queue:
        """One queue, as last read.

        Raises:
            UnknownQueue: there is none of that name.
        """
        found = next((q for q in self.queues if q.source == source and q.name == name), None)
        if found is None:
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=source, queue=name,
            )  # fmt: skip
        return found


def summed(values: Iterable[int | None]) -> int | None:
    """The sum, None when a value is not known or there is none."""
    known = list(values)
    if not known or any(value is None for value in known):
        return None
    return sum(value for value in known if value is not None)


def mask_url(url: str) -> str:
    """The address without its password and query, which may hold one."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = parts.username or ""
    shown = f"{user}:***@{host}" if parts.password else (f"{user}@{host}" if user else host)
    return urlunsplit((parts.scheme, shown, parts.path, "", ""))
