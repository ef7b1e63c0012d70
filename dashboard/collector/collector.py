"""What must happen whether or not anyone looks: operations, alerts, deliveries, history. One collector leads."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable
from functools import partial

import structlog

from dashboard.adapters.contract import AdapterError
from dashboard.adapters.occasional import Occasional
from dashboard.alerts.channels.discovery import habits
from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.muting import muted_at
from dashboard.alerts.outbox import Outbox
from dashboard.alerts.watchdog import Watchdog
from dashboard.collector.lease import Lease
from dashboard.collector.task import LONGEST_BACKOFF, Task
from dashboard.history.recorder import Recorder
from dashboard.operations.driver import Driver
from dashboard.services import Services

RENEW_SECONDS = 3.0
SENDERS = 4

log = structlog.get_logger("redrive.collector")


class Collector:
    """The background half. Any number may run; the one with the lease works, the others wait to take over.

    Args:
        services: the application's parts.
        clock: gives unix seconds; the services' own when left out.
        stop_event: set it to end `run`; SIGTERM and SIGINT set it when `run` is called in a main thread.
        lease: in tests, a lease of another length.
    """

    def __init__(
        self,
        services: Services,
        clock: Callable[[], float] | None = None,
        stop_event: threading.Event | None = None,
        lease: Lease | None = None,
    ) -> None:
        self._services = services
        self._clock = clock or services.clock
        self.stop_event = stop_event or threading.Event()
        self.lease = lease or Lease(services.store)
        parts = (services.store, services.sources, services.settings, self._clock)
        self._driver = Driver(*parts)
        self._stumbling: dict[str, str] = {}
        muted = partial(muted_at, services.silences, services.windows)
        occasional = Occasional(services.sources)
        self._evaluator = Evaluator(
            *parts, book=services.alerts, channels=services.channels.settings, habits=habits(), muted_at=muted,
            occasional=occasional, unreadable=services.channels.unreadable,
        )  # fmt: skip
        self._watchdog = Watchdog(services.store, services.alerts, services.settings.alerts, self._clock)
        most = services.settings.history.queues
        self._recorder = Recorder(services.store, services.sources, self._clock, most, occasional)
        self._outbox = Outbox(services.store, services.channels.open, self._clock)

    def run(self) -> None:
        """Work until `stop_event` is set; then end the steps in hand and give the lease back."""
        self._listen_for_signals()
        threads = [
            threading.Thread(target=task.run, args=(self.lease, self.stop_event), name=task.name, daemon=True)
            for task in self.tasks()
        ]
        for thread in threads:
            thread.start()
        self._keep_lease()
        for thread in threads:
            thread.join(timeout=10)
        self._resign()

    def tasks(self) -> list[Task]:
        """What the leader does, each in a thread of its own, so that a slow source or receiver delays no other."""
        return [
            Task("operations", 0.25, lambda _: self._driver.drive()),
            Task("outcomes", 2.0, lambda _: self._follow()),
            Task("alerts", self._services.settings.alerts.every, self._evaluator.evaluate),
            *(Task(f"deliveries {number + 1}", 1.0, self._outbox.deliver) for number in range(SENDERS)),
            *((Task("heartbeat", 5.0, self._watchdog.beat),) if self._services.settings.alerts.heartbeat_url else ()),
            Task("history", 1.0, self._recorder.record),
            Task("upkeep", 1.0, lambda _: self._maintain()),
            Task("retention", 60.0, lambda _: self._driver.clean() > 0),
        ]

    def _follow(self) -> bool:
        self._driver.follow()
        return False

    def _maintain(self) -> bool:
        """Let each source do what its own workers do when they live: promote, reap, empty the trash."""
        more = False
        for adapter in self._services.sources.all():
            maintain = getattr(adapter, "maintain", None)
            try:
                more = bool(maintain()) or more if maintain else more
            except AdapterError:
                continue  # the alerts say that a source is down; here it is tried again in a second
            except Exception as error:  # noqa: BLE001 - what one source stumbles over keeps no other from its upkeep
                self._stumbled(adapter.source, error)
                continue
            self._stumbling.pop(adapter.source, None)
        return more

    def _stumbled(self, source: str, error: Exception) -> None:
        kind = type(error).__name__
        if self._stumbling.get(source) != kind:
            self._stumbling[source] = kind
            log.warning("upkeep of a source does not work, goes on trying", source=source, kind=kind, exc_info=error)

    def _keep_lease(self) -> None:
        leading, failures = False, 0
        while not self.stop_event.is_set():
            try:
                now_leading = self.lease.renew()
            except AdapterError as error:
                failures += 1
                if failures == 1:
                    log.warning("the store does not answer, goes on trying", error=str(error))
                pause = min(LONGEST_BACKOFF, 0.5 * 2 ** min(failures, 6)) * random.uniform(0.5, 1.0)
                self.stop_event.wait(pause)
                continue
            if failures:
                log.info("the store answers again", tries=failures)
            if now_leading != leading:
                log.info("leads" if now_leading else "waits, another collector leads")
            leading, failures = now_leading, 0
            self.stop_event.wait(RENEW_SECONDS * random.uniform(0.8, 1.0))

    def _resign(self) -> None:
        try:
            self.lease.resign()
        except AdapterError:
            log.warning("could not give the lease back; another collector takes over when it ends")

    def _listen_for_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stop_event.set())
