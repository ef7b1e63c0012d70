"""What an adapter answers about jobs when its product keeps none: nothing, or why it cannot be done."""

# ruff: noqa: ARG002 - the arguments are the contract's

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Aged,
    ErrorGroup,
    Held,
    Job,
    JobTypes,
    Outcome,
    Page,
    Part,
    Queue,
    Selection,
    Selector,
    State,
    Step,
    UnknownJob,
    Worker,
)
from dashboard.language import N_

NO_JOBS = N_("source %(source)s keeps no jobs in Redis, only when they are due: nothing can be done to single ones")


class Jobless(ABC):
    """Half of an adapter; the other half has `ping` and `queue`. now: gives unix seconds."""

    source: str
    now: Callable[[], float]

    @abstractmethod
    def ping(self) -> None:
        """Return when the server answers."""

    @abstractmethod
    def queue(self, name: str) -> Queue:
        """One queue. Raises UnknownQueue."""

    def jobs(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        self._check(selector)
        return Page((), total=0)

    def trash(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        return self.jobs(selector)

    def job(self, queue: str, job_id: str) -> Job:
        self.queue(queue)
        raise UnknownJob(N_("source %(source)s keeps no jobs in Redis, so %(job)s is not known"),
                         source=self.source, job=job_id[:120])  # fmt: skip

    def groups(self, selector: Selector, *, order: str = "last", cursor: str = "", limit: int = 50) -> Page[ErrorGroup]:
        self._check(selector)
        return Page((), total=0, jobs=0)

    def sample(self, selector: Selector, *, limit: int = 200, counts: Mapping[str, int] | None = None) -> Page[Job]:
        return self.jobs(selector)

    def workers(self) -> list[Worker]:
        self.ping()
        return []

    def types(self, queue: str) -> JobTypes | None:
        self.queue(queue)
        return None

    def pause(self, queue: str) -> None:
        self._refuse(queue)

    def resume(self, queue: str) -> None:
        self._refuse(queue)

    def act(self, action: Action, queue: str, job_id: str) -> State | None:
        self._refuse(queue)

    def edit(self, queue: str, job_id: str, data: Any, seen: str = "") -> State:
        self._refuse(queue)

    def move(self, queue: str, job_id: str, target: str) -> State:
        self._refuse(queue)

    def select(self, action: Action, selector: Selector) -> Selection:
        self._check(selector)
        return Selection((), self.now())

    def unable(self, parts: Sequence[Part]) -> dict[str, int]:
        return {}

    def aged(self, parts: Sequence[Part], before: float) -> Aged | None:
        return None

    def held(self, parts: Sequence[Part], *, limit: int = 200) -> Held | None:
        return None

    def begin(self, operation: str, action: Action, part: Part, *, rate: float | None = None) -> None:
        self._refuse(part.queue)

    def step(self, operation: str, action: Action, part: Part, limit: int) -> Step:
        self._refuse(part.queue)

    def progress(self, operation: str, part: Part) -> Step:
        return Step(0, 0, finished=True)

    def finish(self, operation: str, part: Part) -> None:  # noqa: B027 - there is nothing to do, not to be done elsewhere
        """Nothing was begun."""

    def outcome(self, parts: Sequence[tuple[str, Part]]) -> Outcome:
        return Outcome()

    def reverse(self, operation: str, action: Action, part: Part) -> Part | None:
        return None

    def _check(self, selector: Selector) -> None:
        if selector.queue:
            self.queue(selector.queue)
        else:
            self.ping()

    def _refuse(self, queue: str) -> NoReturn:
        self.queue(queue)
        raise ActionRefused(NO_JOBS, source=self.source)
