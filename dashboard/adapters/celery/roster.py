"""What workers told of themselves, asked in the background: no page waits for them longer than a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from dashboard.adapters.celery.bindings import Bindings
from dashboard.adapters.celery.control import Answers, Control
from dashboard.adapters.celery.held import Held
from dashboard.adapters.contract import AdapterError

ASKED_SECONDS = 5.0
"""How old an answer has to be before workers are asked again."""
ANSWER_SECONDS = 1.0
FIRST_SECONDS = 1.5
"""For which a page waits at most, and only when what is known is too old to be shown."""
FRESH_SECONDS = 30.0
"""Older answers tell nothing of what runs now."""
FORGOTTEN_SECONDS = 900.0
"""After which a worker that does not answer is no longer shown: it may have been stopped in good order."""
SEARCHED_KEYS = 5
"""Steps of the search for queues, each time."""
SEARCHED_AT_FIRST = 15
"""Steps of each asking until all keys were looked at once."""
SEARCHED_AGAIN_SECONDS = 1_200.0
"""Later than the collector, which remembers what it finds for all."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one worker told; heard_at: unix seconds of its last answer."""

    name: str
    heard_at: float
    active: tuple[dict[str, Any], ...] | None = None
    queues: tuple[str, ...] | None = None
    stats: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """All workers.

    asked_at: when they were last asked, unix seconds, None when they never were. silent: somebody heard it and did not
    answer, maybe a worker that is busy.
    """

    asked_at: float | None = None
    workers: tuple[Told, ...] = ()
    silent: bool = False

    def fresh(self, now: float) -> bool:
        """Whether it tells what runs now."""
        return self.asked_at is not None and now - self.asked_at <= FRESH_SECONDS

    def alive(self, now: float) -> list[Told]:
        """Workers that answered lately."""
        return [each for each in self.workers if now - each.heard_at <= FRESH_SECONDS]


class Roster:
    """Keeps what workers told.

    Args:
        control: asks them.
        held: read on the same occasion.
        bindings: the same, and told of the queues that are consumed.
        clock: gives unix seconds.
    """

    def __init__(self, control: Control, held: Held, bindings: Bindings, clock: Callable[[], float]) -> None:
        self._control = control
        self._held = held
        self._bindings = bindings
        self._clock = clock
        self._lock = threading.Lock()
        self._seen = Seen()
        self._asked: float | None = None
        self._asking: threading.Thread | None = None
        self.then: Callable[[Seen], None] | None = None
        """Called in the background with what was seen, once it is shown."""

    def seen(self) -> Seen:
        """What is known, at once; asks again in the background when it is old."""
        with self._lock:
            if self._asking is None and (self._asked is None or time.monotonic() - self._asked > ASKED_SECONDS):
                thread = threading.Thread(target=self._ask, name="celery-roster", daemon=True)
                thread.start()
                self._asked, self._asking = time.monotonic(), thread  # not before: without a thread it would never end
            asking = self._asking
        if asking is not None and not self._seen.fresh(self._clock()):
            asking.join(FIRST_SECONDS)
        return self._seen

    def refresh(self) -> Seen:
        """Ask now, and wait for the answers. Raises SourceUnavailable."""
        steps = SEARCHED_KEYS if self._bindings.complete else SEARCHED_AT_FIRST
        self._bindings.search(steps, SEARCHED_AGAIN_SECONDS)
        self._held.refresh()
        asked_at = self._clock()
        answers = self._control.ask({"stats": {}, "active": {}, "active_queues": {}}, seconds=ANSWER_SECONDS)
        told = merged(self._seen, answers, asked_at)
        consumed = [queue for each in told.workers for queue in each.queues or ()]
        self._bindings.learn(dict.fromkeys(consumed), exchanges(answers))
        with self._lock:
            self._seen = told
        return told

    def forget(self) -> None:
        """Something was changed: ask anew at the next occasion."""
        with self._lock:
            if self._asked is not None:
                self._asked = time.monotonic() - ASKED_SECONDS - 1

    def _ask(self) -> None:
        try:
            told = self.refresh()
            if self.then is not None:
                self.then(told)
        except AdapterError:
            pass  # what the page itself asks of the server says so; what was seen grows old
        finally:
            with self._lock:
                self._asking = None


def merged(before: Seen, answers: Answers, now: float) -> Seen:
    """What is known after an answer; workers that did not answer stay as they were, for a time."""
    known = {each.name: each for each in before.workers if now - each.heard_at <= FORGOTTEN_SECONDS}
    for name in answers.workers:
        known[name] = _updated(known.get(name, Told(name, now)), name, answers, now)
    return Seen(now, tuple(known[name] for name in sorted(known)), answers.heard > len(answers.workers))


def _updated(before: Told, name: str, answers: Answers, now: float) -> Told:
    active, queues = answers.to("active").get(name), answers.to("active_queues").get(name)
    stats = answers.to("stats").get(name)
    return replace(
        before,
        heard_at=now,
        active=tuple(each for each in active if isinstance(each, dict)) if isinstance(active, list) else None,
        queues=_queue_names(queues) if isinstance(queues, list) else before.queues,
        stats=stats if isinstance(stats, dict) else before.stats,
    )


def exchanges(answers: Answers) -> list[str]:
    """Through which messages come to the queues that workers consume; others may be bound to the same."""
    told = [each for queues in answers.to("active_queues").values() if isinstance(queues, list) for each in queues]
    found = [each["exchange"].get("name") for each in told if isinstance(each, dict) and _named(each.get("exchange"))]
    return list(dict.fromkeys(found))


def _named(exchange: Any) -> bool:
    return isinstance(exchange, dict) and isinstance(exchange.get("name"), str) and exchange["name"] != ""


def _queue_names(queues: list[Any]) -> tuple[str, ...]:
    names = [each.get("name") for each in queues if isinstance(each, dict)]
    return tuple(name for name in names if isinstance(name, str))
