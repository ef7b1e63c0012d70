"""The agent: one process that claims jobs, keeps their leases, and settles how they ended."""

from __future__ import annotations

import logging
import os
import random
import socket
import time
from contextlib import suppress
from multiprocessing.connection import wait

import redis

from queue_core.app import App
from queue_core.claiming import bytes_client, twin, worker_name
from queue_core.connection import mapped_errors
from queue_core.engine import OutcomeKind
from queue_core.errors import QueueError, ServerFull, ServerUnavailable
from queue_core.worker.crew import Crew
from queue_core.worker.exchange import Exchange
from queue_core.worker.listener import Bell, Listener
from queue_core.worker.options import WorkerOptions
from queue_core.worker.registry import Registry, Report
from queue_core.worker.run import NEVER, Run
from queue_core.worker.watch import Watch
from queue_core.worker.wire import Ended

log = logging.getLogger("queue_core.worker")
BLOCK_SECONDS = 5.0


class UnsafeServer(QueueError):
    """Redis is set to evict keys at its memory limit, and would lose jobs."""


class Agent:
    """One worker.

    Args:
        app: whose jobs to run. path: `module:attribute` of it, for the processes in which jobs run.
        options: see WorkerOptions.
    """

    def __init__(self, app: App, path: str, options: WorkerOptions) -> None:
        self.id = worker_name()
        self._app, self._path, self._options = app, path, options
        base = bytes_client(app.client)
        self._client = twin(base, socket_timeout=max(0.25, min(5.0, options.lease / 5)))
        self._listening = twin(base, socket_timeout=BLOCK_SECONDS + 3)
        self.bell = Bell()
        self._exchange = Exchange(self._client, options, worker=self.id, namespace=app.namespace, version=app.version)
        self._registry = Registry(
            self._client, self.id, namespace=app.namespace, version=app.version, queues=options.queues,
            executor=options.executor, lease=options.lease,
        )  # fmt: skip
        self._crew = Crew(app, path, options, ended=self._ended, crashed=self._crashed, save=self._save)
        self._watch = Watch(self._crew, options, self._end)
        self._beat_at = self._tick_at = self._report_at = self._retry_at = 0.0
        self._drain_ends = self._give_up = NEVER
        self._failures = 0
        self.stopping = False

    def check_server(self) -> None:
        """See that Redis answers and keeps what it is given.

        Raises:
            ServerUnavailable: it does not answer. UnsafeServer: it may evict keys.
        """
        with mapped_errors():
            info = twin(self._client, socket_timeout=5.0).info("memory")
        policy = str(info.get("maxmemory_policy", "noeviction"))
        if policy != "noeviction" and not self._options.any_eviction_policy:
            raise UnsafeServer(
                f"Redis's maxmemory-policy is {policy}: at its memory limit it would delete jobs. Set it with"
                " `CONFIG SET maxmemory-policy noeviction`, or say --any-eviction-policy"
            )

    def run(self) -> None:
        """Work until stopped, or, in a burst, until nothing is pending.

        Raises:
            ServerUnavailable, UnsafeServer: at the start. WorkerBroken: the application does not load.
        """
        self.check_server()
        self._crew.begin()
        self._listener = Listener(self._listening, self.bell)
        log.info("worker %s: %s, %d slots", self.id, ", ".join(self._options.queues), self._crew.slots)
        try:
            while not self._step():
                self._wait()
        finally:
            self._leave()

    def stop(self, drain: float | None = None) -> None:
        """Claim no more and end when the running jobs have; a second call, or `drain=0`, gives them back at once."""
        seconds = self._options.drain if drain is None else drain
        now = time.monotonic()
        self._drain_ends = now if self.stopping else now + seconds
        self._give_up = self._drain_ends + self._options.kill_grace + 3
        self.stopping = True
        self._report_at = 0.0
        self.bell.ring()

    def runs(self) -> list[Run]:
        """The jobs that run now."""
        return [run for _, run in self._crew.runs()]

    def child_pids(self) -> tuple[int, ...]:
        """Process ids of the children."""
        return tuple(child.pid for child in self._crew.children if child.pid is not None)

    def _step(self) -> bool:
        """One round; True when the work is over."""
        self._crew.listen()
        self._watch.look(self._drain_ends)
        if time.monotonic() >= self._retry_at:
            try:
                self._talk()
                self._failures = 0
            except (QueueError, redis.RedisError, OSError) as error:
                self._back_off(error)
        return self._over()

    def _talk(self) -> None:
        if self._failures:
            self._exchange.release_lost(self.runs())
        if (woken := self._listener.take()) is not None:
            self._exchange.wake(woken)
        now = time.monotonic()
        if now >= self._beat_at:
            self._beat(now)
        for run in self._exchange.settle(0 if self.stopping else self._crew.free):
            self._crew.start(run)
        if now >= self._tick_at:
            self._exchange.tick()
            self._tick_at = now + self._options.tick * random.uniform(0.8, 1.2)
        if now >= self._report_at:
            self._report(now)
        self._block()

    def _beat(self, now: float) -> None:
        held = [run for run in self.runs() if not run.settled]
        for run, code in self._exchange.extend(held) if held else ():
            if code != 1:
                self._watch.heard(run, code)
        self._beat_at = now + self._options.lease / 3

    def _report(self, now: float) -> None:
        pids = (os.getpid(), *self.child_pids())
        with suppress(ServerFull):  # at its memory limit Redis refuses this, but not what jobs need
            told = self._exchange
            report = Report(tuple(self.runs()), self._crew.slots, pids, self.stopping, told.succeeded, told.failed)
            self._registry.report(report)
        self._report_at = now + self._options.report

    def _block(self) -> None:
        """Listen to the wake lists while there is room and nothing to claim."""
        now = time.monotonic()
        lanes = self._exchange.lanes.values()
        if self.stopping or self._listener.waiting or not self._crew.free or any(lane.wants(now) for lane in lanes):
            return
        keys = [lane.engine.keys.wake for lane in lanes if now >= lane.quiet_until]
        if keys:
            until = min(lane.due for lane in lanes)
            self._listener.arm(keys, min(BLOCK_SECONDS, until - now))

    def _back_off(self, error: Exception) -> None:
        if not self._failures:
            log.warning("Redis: %s; trying again", error)
        self._failures = min(self._failures + 1, 10)
        self._retry_at = time.monotonic() + random.uniform(0.05, min(5.0, 0.1 * 2**self._failures))

    def _wait(self) -> None:
        now = time.monotonic()
        times = [self._watch.next(), self._drain_ends if self._drain_ends > now else NEVER, self._give_up, now + 1.0]
        if self._failures:
            times.append(self._retry_at)
        else:
            lanes = self._exchange.lanes.values()
            asking = self._crew.free > 0 and not self.stopping
            times += [lane.quiet_until if lane.hot else lane.due for lane in lanes] if asking else []
            times += [self._beat_at, self._tick_at, self._report_at]
            times += [now] if self._exchange.unsaid else []
        wait([self.bell.reader, *self._crew.waits()], timeout=max(0.0, min(times) - now))
        self.bell.clear()

    def _over(self) -> bool:
        busy = any(not run.settled for run in self.runs()) or self._exchange.unsaid > 0
        if self.stopping:
            return not busy or time.monotonic() >= self._give_up
        lanes = self._exchange.lanes.values()
        return self._options.burst and not busy and all(lane.left == 0 and not lane.hot for lane in lanes)

    def _leave(self) -> None:
        self._listener.end()
        self._crew.close()  # before anything is given back, so that no job runs twice at once
        try:
            if self._failures == 0:
                self._exchange.release_lost(())
                self._registry.leave()
        except ServerUnavailable:
            log.warning("Redis does not answer; what this worker held is handed out again when its leases end")
        log.info("worker %s: ended", self.id)

    def _ended(self, run: Run, ended: Ended) -> None:
        if not run.settled:
            run.settled = True
            self._exchange.add(run, run.outcome(ended))

    def _crashed(self, run: Run, how: str) -> None:
        if not run.settled:
            self._end(run, "k", f"the process that ran the job was {how}")

    def _end(self, run: Run, kind: OutcomeKind, why: str) -> None:
        run.settled = True
        ended = run.without_exception(kind, why, host=socket.gethostname(), version=self._app.version)
        self._exchange.add(run, run.outcome(ended))

    def _save(self, run: Run, cursor: bytes) -> bool:
        try:
            return self._exchange.checkpoint(run, cursor)
        except (QueueError, redis.RedisError) as error:
            log.warning("job %s: its checkpoint was not kept: %s", run.claim.id, error)
            return False
