"""One message of Dramatiq, complete, and where messages are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.contract import Action, Exactness, Job, Offer, State, UnknownJob
from dashboard.adapters.dramatiq import messages
from dashboard.adapters.dramatiq.messages import LARGEST
from dashboard.adapters.dramatiq.names import Names
from dashboard.adapters.mirrored import reasons, values
from dashboard.adapters.server import Server
from dashboard.language import N_

MOST_BROKERS = 20

_STATES = {
    "dead": State.FAILED, "delayed": State.SCHEDULED, "waiting": State.PENDING, "fetched": State.PROCESSING,
}  # fmt: skip


class Whole:
    """Reads single messages of one source.

    Args:
        server: where they are.
        names: of the keys.
        offers: what can be done to a failure.
    """

    def __init__(self, server: Server, names: Names, offers: Callable[[str], tuple[Offer, ...]]) -> None:
        self._server = server
        self._names = names
        self._offers = offers

    def where(self, queue: str, ids: Sequence[str]) -> list[tuple[str, str]]:
        """For each id `dead`, `delayed`, `waiting` or `fetched`, with the broker that fetched it; empty for neither."""
        names = self._names
        keys = [names.messages(queue), names.delayed(queue), names.dead_messages(queue), names.dead(queue)]
        argv = [names.fetched(), queue, MOST_BROKERS, *ids]
        found: Any = self._server.run("where", [*keys, names.heartbeats()], argv) if ids else []
        return [(values.text(place), values.text(broker)) for place, broker in found]

    def job(self, queue: str, job_id: str) -> Job:
        """A message by the id that Redis knows it by. Raises UnknownJob."""
        ((place, broker),) = self.where(queue, [job_id])
        if place not in _STATES:
            raise UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=job_id)
        key = {"dead": self._names.dead_messages, "delayed": self._names.delayed}.get(place, self._names.messages)
        ((size, raw),) = self._server.run("read", [key(queue)], [LARGEST, job_id])
        state = _STATES[place]
        if state == State.SCHEDULED and messages.retries(values.record(raw)):
            state = State.RETRYING
        job = messages.job(self._server.source, queue, job_id, (max(0, int(size)), raw), state, whole=True)
        return replace(
            job, worker=broker, finished_at=self._died(queue, job_id) if state == State.FAILED else None,
            actions=self._actions(state),
        )  # fmt: skip

    def _died(self, queue: str, job_id: str) -> float | None:
        with self._server.errors():
            return values.seconds(self._server.client.zscore(self._names.dead(queue), job_id))

    def _actions(self, state: State) -> tuple[Offer, ...]:
        if state == State.FAILED:
            return self._offers("")
        if state == State.PENDING:
            return (Offer(Action.PURGE, Exactness.BEST_EFFORT, reasons.FOR_GOOD),)
        return () if state == State.PROCESSING else (Offer(Action.PURGE, Exactness.IMPOSSIBLE, reasons.HELD),)
