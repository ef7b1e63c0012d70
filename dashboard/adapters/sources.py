"""Every configured source: one shared reading a second for all viewers of a process, and lists merged over sources."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

import structlog

from dashboard.adapters import discovery, merge
from dashboard.adapters.contract import (
    Adapter,
    Capability,
    ErrorGroup,
    Job,
    Page,
    Schedule,
    Selector,
    SourceUnavailable,
    UnknownSource,
)
from dashboard.adapters.memo import Memo
from dashboard.adapters.reading import SourceReader
from dashboard.adapters.shared_reading import SharedReading, all_within
from dashboard.adapters.snapshot import Snapshot, SourceSnapshot
from dashboard.language import N_
from dashboard.settings import Settings, SettingsError

LISTS_KEPT = 32
"""Lists that are kept for who asks for the same within a second."""

__all__ = ["Snapshot", "SourceSnapshot", "Sources"]

T = TypeVar("T")

log = structlog.get_logger("redrive.sources")


class Sources:
    """The sources by name.

    Args:
        adapters: one per source, in the order in which they are shown.
        clock: gives unix seconds.
        seconds: how long one reading is shared.
    """

    def __init__(
        self, adapters: Iterable[Adapter], clock: Callable[[], float] = time.time, *, seconds: float = 1.0
    ) -> None:
        self._clock = clock
        self._jobs: Memo[Page[Job]] = Memo(seconds, most=LISTS_KEPT)
        self._groups: Memo[Page[ErrorGroup]] = Memo(seconds, most=LISTS_KEPT)
        self._shared: Memo[Any] = Memo(seconds)
        self._readers = {adapter.source: SourceReader(adapter, clock) for adapter in adapters}
        self._readings = {name: SharedReading(reader.read, seconds) for name, reader in self._readers.items()}
        self._snapshot: tuple[tuple[Future[SourceSnapshot], ...], Snapshot] = ((), Snapshot(clock(), ()))
        self._adapters = {name: merge.watched(reader.adapter, self.forget) for name, reader in self._readers.items()}

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        clock: Callable[[], float] = time.time,
        *,
        wrap: Callable[[Adapter], Adapter] = lambda adapter: adapter,
    ) -> Sources:
        """Make the adapters of all configured sources; no connection is opened yet.

        Args:
            settings: name the sources.
            clock: gives unix seconds.
            wrap: put around each adapter, for who watches what is changed.

        Raises:
            SettingsError: a kind, an option or an address is not known, or a name is used twice.
        """
        names = [source.name for source in settings.sources]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise SettingsError(f"source {twice.pop()}: the name is used twice; give each source a name of its own")
        options = _options(settings, clock)
        made: list[Adapter] = []
        for source in settings.sources:
            try:
                own = {**options, "namespace": source.namespace, "options": source.options}
                made.append(wrap(discovery.create(source.kind, source.name, source.url, own)))
            except (discovery.UnknownKind, discovery.UnknownOption, ValueError) as error:
                raise SettingsError(f"source {source.name}: {error}") from error
        return cls(made, clock)

    def all(self) -> list[Adapter]:
        """The adapters of all sources."""
        return list(self._adapters.values())

    def names(self) -> list[str]:
        """The names of all sources."""
        return list(self._adapters)

    def get(self, name: str) -> Adapter:
        """One source's adapter. A change made through it is visible in the next snapshot.

        Raises:
            UnknownSource: no source of that name is configured.
        """
        if name not in self._adapters:
            known = ", ".join(self._adapters) or "none; start with --source NAME=KIND:URL"
            raise UnknownSource(N_("no source is called %(source)s; configured: %(known)s"), source=name, known=known)
        return self._adapters[name]

    def snapshot(self, within: float | None = None) -> Snapshot:
        """All sources at one instant, at most one second old; a source that is down is no error here.

        Args:
            within: seconds after which a source that has not answered yet counts as down, with its last values; None
                waits for each as long as its server's timeouts allow. Who asks meanwhile shares what is under way.
        """
        readings = {name: reading.begin() for name, reading in self._readings.items()}
        all_within(readings.values(), within)
        begun = tuple(readings.values())
        known, snapshot = self._snapshot
        if not begun or begun != known:
            late = {
                name
                for name, reading in readings.items()
                if not reading.done() or (within is not None and _broken(reading))
            }
            sources = [self._readers[name].late() if name in late else each.result() for name, each in readings.items()]
            snapshot = Snapshot(self._clock(), tuple(sources))
            if not late:
                self._snapshot = (begun, snapshot)
        return snapshot

    def shared(self, key: Hashable, read: Callable[[], T]) -> T:
        """What `read` answers, at most one second old and the same for all who ask with the key in that time."""
        value: T = self._shared.get(key, read)
        return value

    def forget(self) -> None:
        """Make the next snapshot, the next lists and whatever else is shared new ones."""
        for reading in self._readings.values():
            reading.forget()
        self.forget_lists()

    def forget_lists(self) -> None:
        """Make the next lists new ones: the snapshot shows that something changed, and they may be older."""
        for memo in (self._jobs, self._groups, self._shared):
            memo.forget()

    def jobs(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        """Jobs of one state (default failed) over the selected source, or all; see `Adapter.jobs`.

        Sources that do not answer are left out (`complete` is False) as long as one does.

        Raises:
            UnknownSource, UnknownQueue, InvalidRequest, SourceUnavailable.
        """

        def fetch(name: str, at: str, size: int) -> Page[Job]:
            return self.get(name).jobs(selector, cursor=at, limit=size)

        def read() -> Page[Job]:
            return merge.pages(self._chosen(selector), fetch, merge.job_order(selector.state), cursor, limit)

        return self._jobs.get((selector, cursor, limit), read)

    def trash(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        """Purged jobs of every source that can restore them, the last purged first; see `Adapter.trash` and `jobs`.

        Raises:
            UnknownSource, UnknownQueue, InvalidRequest, SourceUnavailable.
        """

        def fetch(name: str, at: str, size: int) -> Page[Job]:
            return self.get(name).trash(selector, cursor=at, limit=size)

        names = [name for name in self._chosen(selector) if self.get(name).capabilities() & Capability.RESTORE]
        return merge.pages(names, fetch, merge.trash_order, cursor, limit)

    def groups(self, selector: Selector, *, order: str = "last", cursor: str = "", limit: int = 50) -> Page[ErrorGroup]:
        """Groups of dead letters over the selected source, or all; see `Adapter.groups` and `jobs`.

        Raises:
            UnknownSource, UnknownQueue, InvalidRequest, SourceUnavailable.
        """

        def fetch(name: str, at: str, size: int) -> Page[ErrorGroup]:
            return self.get(name).groups(selector, order=order, cursor=at, limit=size)

        def read() -> Page[ErrorGroup]:
            return merge.pages(self._chosen(selector), fetch, merge.group_order(order), cursor, limit)

        return self._groups.get((selector, order, cursor, limit), read)

    def sample(
        self, selector: Selector, *, limit: int = 200, counts: Mapping[tuple[str, str], int] | None = None
    ) -> Page[Job]:
        """Jobs of one state spread evenly over the selected source, or all; see `Adapter.sample` and `jobs`.

        `counts` are by source and queue.

        Raises:
            UnknownSource, UnknownQueue, InvalidRequest, SourceUnavailable.
        """

        def read(adapter: Adapter) -> Page[Job]:
            if counts is None:
                return adapter.sample(selector, limit=limit)
            own = {queue: count for (source, queue), count in counts.items() if source == adapter.source}
            return adapter.sample(selector, limit=limit, counts=own)

        chosen = [self.get(name) for name in self._chosen(selector)]
        pages = self._each(chosen, read)
        return merge.samples(list(pages.values()), limit, missing=len(pages) < len(chosen))

    def schedules(self, source: str = "", queue: str = "", *, cursor: str = "", limit: int = 50) -> Page[Schedule]:
        """Recurring jobs over one source, or all that have some; see `Adapter.schedules` and `jobs`.

        Raises:
            UnknownSource, UnknownQueue, InvalidRequest, SourceUnavailable.
        """
        chosen = [self.get(source)] if source else self.all()
        names = [each.source for each in chosen if Capability.SCHEDULES in each.capabilities()]
        if not names:
            return Page((), total=0)

        def fetch(name: str, at: str, size: int) -> Page[Schedule]:
            return self.get(name).schedules(queue, cursor=at, limit=size)

        return merge.pages(names, fetch, merge.schedule_order, cursor, limit)

    def _chosen(self, selector: Selector) -> list[str]:
        return [self.get(selector.source).source] if selector.source else self.names()

    @staticmethod
    def _each(adapters: list[Adapter], read: Callable[[Adapter], Any]) -> dict[str, Any]:
        """What each source answers; those that do not are left out unless none does."""
        answers: dict[str, Any] = {}
        failure: SourceUnavailable | None = None
        for adapter in adapters:
            try:
                answers[adapter.source] = read(adapter)
            except SourceUnavailable as error:
                failure = error
        if failure is not None and not answers:
            raise failure
        return answers


def _broken(reading: Future[SourceSnapshot]) -> bool:
    """Whether it failed in a way that no adapter should; who waits for no source for long loses none of the others."""
    error = reading.exception()
    if error:
        log.error("a source cannot be read", exc_info=error)
    return error is not None


def _options(settings: Settings, clock: Callable[[], float]) -> dict[str, Any]:
    return {
        "clock": clock,
        "store_url": settings.store_url,
        "redact": settings.redact.fields,
        "scan": settings.limits.scan,
        "timeout": settings.limits.redis_timeout,
        "trash_minutes": settings.retention.trash_minutes,
    }
