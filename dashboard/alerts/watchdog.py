"""The heartbeat: a receiver outside hears every minute that alerts are evaluated, so that silence is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable

import structlog

from dashboard.alerts.book import AlertBook
from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.channels.posting import Poster
from dashboard.alerts.channels.reach import TRUSTED
from dashboard.alerts.rules import seconds
from dashboard.moments import moment
from dashboard.settings import AlertSettings, ChannelSettings
from dashboard.store import Fence, StaleLeader, Store

TIMEOUT = 10.0
SHORTEST = 5.0
AGAIN_SECONDS = 15.0
"""After a failure it is tried again sooner than the next beat is due."""
GRACE_SECONDS = 30.0
"""Whoever begins to lead has not evaluated anything yet."""
STALE = "the rules are not evaluated, so no heartbeat is sent"

log = structlog.get_logger("redrive.alerts")


class Watchdog:
    """Sends the heartbeat while rules are evaluated.

    Args:
        store: where the last one is noted.
        book: says whether rules are evaluated.
        settings: address and interval.
        clock: gives unix seconds.

    Raises:
        SettingsError: the address is none.
    """

    def __init__(self, store: Store, book: AlertBook, settings: AlertSettings, clock: Callable[[], float]) -> None:
        self._store = store
        self._book = book
        self._clock = clock
        self._every = max(SHORTEST, seconds(settings.heartbeat_every))
        self._poster = poster(settings)
        self._due = 0.0
        self._began: float | None = None
        self._trouble = ""

    def beat(self, fence: Fence) -> bool:
        """Send one when it is due; returns False, there is never more to do at once.

        Raises:
            StoreUnavailable: whether rules are evaluated is not known, so nothing was sent.
            StaleLeader: another collector leads; it sends its own.
        """
        now = self._clock()
        if self._poster is None or now < self._due <= now + self._every:
            return False
        self._began = now if self._began is None else self._began
        evaluating = self._book.evaluating(now)
        if not evaluating and now - self._began < GRACE_SECONDS:
            return False
        problem, status = self._sent(self._poster, now) if evaluating else (STALE, None)
        self._due = now + (min(AGAIN_SECONDS, self._every) if problem else self._every)
        self._say(problem)
        self._note(fence, now, problem, status)
        return False

    def _sent(self, receiver: Poster, now: float) -> tuple[str, int | None]:
        try:
            return "", receiver.post(json.dumps({"type": "heartbeat", "timestamp": moment(now)}).encode(), {}, now)
        except DeliveryError as error:
            return str(error), error.status

    def _say(self, problem: str) -> None:
        if problem and problem != self._trouble:
            log.warning("the heartbeat is not sent", error=problem)
        elif self._trouble and not problem:
            log.info("the heartbeat is sent again")
        self._trouble = problem

    def _note(self, fence: Fence, now: float, problem: str, status: int | None) -> None:
        argv = (
            fence.holder, fence.epoch, "at", repr(now), "error", problem, "status", "" if status is None else status,
            *(() if problem else ("succeeded_at", repr(now))),
        )  # fmt: skip
        if not self._store.run("alerts", "heartbeat", (self._store.lease, self._store.heartbeat), argv):
            raise StaleLeader("another collector leads by now; nothing was stored")


def poster(settings: AlertSettings) -> Poster | None:
    """What sends the heartbeat; None when there is none. Raises SettingsError when its address is none."""
    if not settings.heartbeat_url:
        return None
    receiver = ChannelSettings(name="heartbeat", url=settings.heartbeat_url, timeout=TIMEOUT)
    return Poster(receiver, TRUSTED)
