"""A product that can do little by itself: what it does not say, it cannot do, and the refusal says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from dashboard.adapters.job_records import Offer
from dashboard.adapters.mirrored.product import Fate, Kept
from dashboard.adapters.records import Load, Worker
from dashboard.adapters.schedule_records import Schedule
from dashboard.adapters.server import Server
from dashboard.adapters.vocabulary import Action, ActionRefused, Capability, Exactness, State, UnknownSchedule
from dashboard.language import N_

CANNOT = N_("%(kind)s offers no way to do that from outside")


class PlainProduct:
    """Base of small products; see `product.Product`. A subclass overrides what its product can do.

    Args:
        source: the source's name.
        url: Redis URL.
        options: as an adapter's.
        package: whose folder `lua` holds its scripts.

    `impossible` says, per action, why it cannot be done to a failure; the other moves are offered.
    """

    kind: str = ""
    able: ClassVar[Capability] = Capability.REQUEUE | Capability.PURGE | Capability.RESTORE | Capability.GROUPS
    impossible: ClassVar[dict[Action, str]] = {}
    best_effort: ClassVar[dict[Action, str]] = {}

    def __init__(self, source: str, url: str, options: dict[str, Any], package: str) -> None:
        self.source = source
        self.options: dict[str, Any] = options.get("options") or {}
        self.server = Server(source, url, options.get("timeout", 3.0), package)

    def capabilities(self) -> Capability:
        return self.able

    def ping(self) -> None:
        self.server.ping()

    def load(self) -> Load:
        return self.server.load()

    def workers(self) -> list[Worker]:
        self.ping()
        return []

    def offers(self, requeueable: str) -> tuple[Offer, ...]:
        """What can be done to a failure."""
        offered = []
        for action, needed in ((Action.REQUEUE, Capability.REQUEUE), (Action.PURGE, Capability.PURGE)):
            reason = self.impossible.get(action, "") or (requeueable if action == Action.REQUEUE else "")
            if reason:
                offered.append(Offer(action, Exactness.IMPOSSIBLE, reason))
            elif needed in self.able:
                best = self.best_effort.get(action, "")
                offered.append(Offer(action, Exactness.BEST_EFFORT if best else Exactness.EXACT, best))
        return tuple(offered)

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:  # noqa: ARG002 - the protocol's
        return [Fate.UNKNOWN] * len(letters)

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:  # noqa: ARG002
        self._refuse()

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:  # noqa: ARG002
        self._refuse()

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:  # noqa: ARG002
        self._refuse()

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:  # noqa: ARG002
        return [False] * len(letters)

    def cancel(self, queue: str, job_id: str) -> State:  # noqa: ARG002
        self._refuse()

    def discard(self, queue: str, job_id: str) -> None:  # noqa: ARG002
        self._refuse()

    def enqueue_edited(self, queue: str, letter: Kept, data: Any) -> None:  # noqa: ARG002
        self._refuse()

    def pause(self, queue: str) -> None:  # noqa: ARG002
        self._refuse()

    def resume(self, queue: str) -> None:  # noqa: ARG002
        self._refuse()

    def schedules(self) -> list[Schedule]:
        return []

    def pause_schedule(self, schedule_id: str) -> None:
        self._unknown(schedule_id)

    def resume_schedule(self, schedule_id: str) -> None:
        self._unknown(schedule_id)

    def run_now(self, schedule_id: str) -> str:
        self._unknown(schedule_id)

    def delete_schedule(self, schedule_id: str) -> None:
        self._unknown(schedule_id)

    def _refuse(self) -> NoReturn:
        raise ActionRefused(CANNOT, kind=self.kind)

    def _unknown(self, schedule_id: str) -> NoReturn:
        raise UnknownSchedule(
            N_("source %(source)s has no schedule %(schedule)s, or no longer"),
            source=self.source, schedule=schedule_id,
        )  # fmt: skip
