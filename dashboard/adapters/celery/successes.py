"""Some of the tasks that succeeded, with their arguments, as they were seen: Celery keeps no list of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.celery import results
from dashboard.adapters.celery.results import Result
from dashboard.adapters.contract import AdapterError, Job, Page, Payload, Selector, State
from dashboard.adapters.mirrored import values
from dashboard.adapters.mirrored.moves import digest
from dashboard.adapters.server import Server
from dashboard.language import N_
from dashboard.redaction import Redaction

PACKAGE = "dashboard.adapters.celery"
MOST_KINDS = 50
"""Task names, by queue; of more, those are forgotten that were not seen for the longest time."""
MOST_OF_A_KIND = 100
APART_SECONDS = 30.0
KEPT_SECONDS = 86_400
LARGEST = 4_096
"""Bytes of the arguments of a task that is kept."""
KINDS_READ = 10

NONE_SEEN = N_(
    "In the last 24 hours no result of a %(type)s that succeeded was seen: none succeeded, or their results are "
    "ignored or not listened to."
)
BARE = N_("Celery stores what a task that succeeded was called with only where the application sets result_extended.")
SWITCHED_OFF = N_("For this source no tasks that succeeded are kept: its option successes is 0.")


@dataclass(frozen=True, slots=True)
class Success:
    """One of them, and its queue."""

    result: Result
    queue: str


class Successes:
    """Those of one source, in the dashboard's store.

    Args:
        source: the source's name.
        url: of the store.
        options: an adapter's: `timeout`, `redact`; of the kind's own `successes` (0: nothing is kept).
        clock: gives unix seconds.
    """

    def __init__(self, source: str, url: str, options: dict[str, Any], clock: Callable[[], float]) -> None:
        self.wanted = str((options.get("options") or {}).get("successes", 1)) != "0"
        self._source = source
        self._server = Server(source, url, options.get("timeout", 3.0), PACKAGE)
        self._redaction = Redaction(options.get("redact", ()))
        self._clock = clock
        self._key = f"{{redrive}}:mirror:{source}:succeeded"

    def keep(self, found: Iterable[Success]) -> None:
        """Keep some of them; secrets are left out. What the store does not take is not kept."""
        rows = [row for each in found for row in self._row(each)]
        if not rows:
            return
        limits = [MOST_KINDS, MOST_OF_A_KIND, APART_SECONDS, KEPT_SECONDS, self._clock()]
        try:
            self._server.run("keep_successes", [self._key], [*limits, *rows])
        except AdapterError:
            return

    def sample(self, selector: Selector, limit: int) -> Page[Job]:
        """The newest first; how many there were is not known. Raises SourceUnavailable."""
        if not self.wanted:
            return Page((), why=SWITCHED_OFF)
        with self._server.errors():
            kinds: Any = self._server.client.zrevrange(self._key, 0, MOST_KINDS)
        meant = [kind for kind in map(_kind, kinds) if selector.queue in ("", kind[0]) and _fits(selector, kind)]
        found = sorted(self._read(meant[:KINDS_READ], limit), key=lambda job: -(job.finished_at or 0.0))[:limit]
        bare = not found and any(not name for _, name in map(_kind, kinds))
        return Page(tuple(found), searched=len(found), complete=False, why="" if found else BARE if bare else NONE_SEEN)

    def _row(self, each: Success) -> tuple[Any, ...]:
        name, at = results.said(each.result.meta.get("name")), each.result.finished_at or self._clock()
        if not results.extended(each.result):
            return ("[]", at, "")
        safe = self._redaction.value(results.arguments(each.result))
        task = json.dumps([each.result.id, safe.value, safe.hidden], separators=(",", ":"))
        fits = len(task) <= LARGEST and len(name) + len(each.queue) <= 500
        return (json.dumps([each.queue, name]), at, task) if fits else ()

    def _read(self, kinds: Sequence[tuple[str, str]], limit: int) -> list[Job]:
        pipeline = self._server.pipeline()
        for kind in kinds:
            key = f"{self._key}:{_digest(kind)}"
            pipeline.zrevrangebyscore(
                key, "+inf", self._clock() - KEPT_SECONDS, start=0, num=min(limit, MOST_OF_A_KIND), withscores=True
            )
        replies = self._server.replies(pipeline) if kinds else []
        return [
            job
            for kind, rows in zip(kinds, replies, strict=True) if isinstance(rows, list)
            for stored, at in rows if (job := self._job(kind, stored, float(at))) is not None
        ]  # fmt: skip

    def _job(self, kind: tuple[str, str], stored: bytes, at: float) -> Job | None:
        task = values.decoded(stored)
        if not isinstance(task, list) or len(task) != 3 or not isinstance(task[0], str):
            return None
        payload = Payload(task[1], len(stored), redacted=values.whole(task[2]))
        return Job(task[0], self._source, kind[0], kind[1], State.SUCCEEDED, payload=payload, finished_at=at)


def _digest(kind: tuple[str, str]) -> str:
    return digest(json.dumps(list(kind)).encode())


def _kind(stored: bytes) -> tuple[str, str]:
    """Queue and task name; both empty for results that do not tell what was called."""
    told = values.decoded(stored)
    return (str(told[0]), str(told[1])) if isinstance(told, list) and len(told) == 2 else ("", "")


def _fits(selector: Selector, kind: tuple[str, str]) -> bool:
    return bool(kind[1]) and selector.type in ("", kind[1])
