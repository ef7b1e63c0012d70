"""Messages that a worker fetched and that none has any more: Redis does not tell, so that the workers are asked.

A message counts as one when every worker that hears the question answers, none of them knows its task, and it is so
twice with some time between, while the message stays where it is. What a worker holds back for a rate limit it does not
tell; tasks that have one are left out.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.celery.access import Access
from dashboard.adapters.celery.control import Answers, Control
from dashboard.adapters.celery.held import Held, HeldTask
from dashboard.adapters.celery.names import raw
from dashboard.adapters.celery.roster import Seen
from dashboard.adapters.contract import State
from dashboard.adapters.mirrored import values

LOOKED_SECONDS = 15.0
"""Between two looks; a message that no worker has is known after two."""
OLD_SECONDS = 30.0
"""Since a message was fetched, before anyone is asked for it."""
FRESH_SECONDS = 120.0
MOST = 2_000
"""Messages that are looked at; workers are asked for the oldest ones."""
MOST_ASKED = 500
ANSWER_SECONDS = 1.0
VISIBILITY_SECONDS = 3_600.0
"""Celery's own, where neither the source nor a worker says another one."""

_LIMITED = re.compile(r"(\S+) \[.*\brate_limit=")


@dataclass(frozen=True, slots=True)
class Orphan:
    """One of them; fetched_at, back_at: unix seconds, the latter when Celery hands it out again."""

    task: HeldTask
    fetched_at: float
    back_at: float


class Orphans:
    """Those of one application, as of the last look.

    Args:
        access: the application.
        control: asks the workers.
        held: all messages that were fetched.
        clock: gives unix seconds.
        visibility: the transport's `visibility_timeout` in seconds, None to ask the workers.
    """

    def __init__(
        self, access: Access, control: Control, held: Held, clock: Callable[[], float], visibility: float | None = None
    ) -> None:
        self._access = access
        self._control = control
        self._held = held
        self._clock = clock
        self._configured = visibility
        self._visibility = visibility or VISIBILITY_SECONDS
        self._lock = threading.Lock()
        self._looked: float | None = None
        self._suspected: dict[str, float] = {}
        self._known: tuple[Orphan, ...] | None = None
        self._known_at = 0.0

    def known(self) -> tuple[Orphan, ...] | None:
        """Those that were fetched first leading; None when it was not found out lately."""
        with self._lock:
            return self._known if self._clock() - self._known_at <= FRESH_SECONDS else None

    def of(self, queue: str) -> list[Orphan]:
        """Those of one queue that are known."""
        return [each for each in self.known() or () if each.task.queue == queue]

    def look(self, seen: Seen) -> None:
        """Look, when that is due; `seen` is what the workers just told. Raises SourceUnavailable."""
        now, tasks = self._clock(), self._held.tasks()
        if self._looked is not None and now - self._looked < LOOKED_SECONDS:
            return
        self._looked = now
        if tasks is None:
            return
        running = {str(each.get("id")) for worker in seen.workers for each in worker.active or ()}
        due = [each for each in tasks if each.state(now) == State.PENDING and each.id not in running][:MOST]
        old = [(each, at) for each, at in self._fetched(due) if at is not None and at <= now - OLD_SECONDS]
        unlisted = self._unlisted(sorted(old, key=lambda pair: pair[1])[:MOST_ASKED])
        if unlisted is None:
            self._suspected.clear()  # somebody did not answer
            return
        self._decide(unlisted, now)

    def still(self, orphan: Orphan) -> bool:
        """Whether no worker has a message even now, and it is where it was; asks them all."""
        unlisted = self._unlisted([(orphan.task, orphan.fetched_at)])
        if not unlisted:
            return False
        return self._fetched([orphan.task])[0][1] == orphan.fetched_at

    def drop(self, orphan: Orphan) -> None:
        """It was handed out again."""
        with self._lock:
            self._known = tuple(each for each in self._known or () if each != orphan)

    def _decide(self, unlisted: Sequence[tuple[HeldTask, float]], now: float) -> None:
        before = self._suspected
        self._suspected = {each.tag: at for each, at in unlisted}
        twice = [(each, at) for each, at in unlisted if before.get(each.tag) == at]
        still = dict(self._fetched([each for each, _ in twice])) if twice else {}
        found = tuple(Orphan(each, at, at + self._visibility) for each, at in twice if still.get(each) == at)
        with self._lock:
            self._known, self._known_at = found, now

    def _fetched(self, tasks: Sequence[HeldTask]) -> list[tuple[HeldTask, float | None]]:
        """When messages were fetched; None for those that are no longer held."""
        scores: list[float | None] = []
        with self._access.errors():
            for start in range(0, len(tasks), MOST_ASKED):
                tags: Any = [raw(each.tag) for each in tasks[start : start + MOST_ASKED]]
                found: Any = self._access.broker.zmscore(self._access.names.unacked_index, tags)
                scores += found
        return list(zip(tasks, scores, strict=True))

    def _unlisted(self, old: Sequence[tuple[HeldTask, float]]) -> list[tuple[HeldTask, float]] | None:
        """Of messages with when they were fetched those that no worker knows; None when that is not known."""
        if not old:
            return []
        ids = list(dict.fromkeys(each.id for each, _ in old))
        asked: dict[str, dict[str, Any]] = {
            "query_task": {"ids": ids},
            "registered": {"taskinfoitems": ["rate_limit"]},
            "conf": {"with_defaults": False},
        }
        answers = self._control.ask(asked, seconds=ANSWER_SECONDS)
        if answers.heard > len(answers.to("query_task")) or answers.heard > len(answers.to("registered")):
            return None
        self._visibility = self._configured or visibility(answers) or VISIBILITY_SECONDS
        listed = {
            str(task_id) for told in answers.to("query_task").values() if isinstance(told, dict) for task_id in told
        }
        held_back = limited(answers)
        return [(each, at) for each, at in old if each.id not in listed and each.type not in held_back]


def limited(answers: Answers) -> set[str]:
    """Names of tasks that have a rate limit at some worker."""
    told = [each for names in answers.to("registered").values() if isinstance(names, list) for each in names]
    return {found[1] for each in told if isinstance(each, str) and (found := _LIMITED.match(each))}


def visibility(answers: Answers) -> float:
    """The longest time after which a worker hands out again what was not acknowledged; 0 when none says it."""
    return max(_seconds(answers.to("conf").values()), default=0.0)


def _seconds(told: Iterable[Any]) -> list[float]:
    options = [each.get("broker_transport_options") for each in told if isinstance(each, dict)]
    return [values.number(each.get("visibility_timeout")) or 0.0 for each in options if isinstance(each, dict)]
