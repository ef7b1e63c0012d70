"""What the mirror answers, in the product's names and with what the product can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from dashboard.adapters.contract import ErrorGroup, Job, JobError, Offer, Page, Part, Selection, State
from dashboard.adapters.mirrored.letters import NOT_TOLD, unable

T = TypeVar("T")
Offers = Callable[[str], tuple[Offer, ...]]
Originals = Callable[[Sequence[str]], list[str]]


class Translation:
    """From the mirror to the product.

    Args:
        kind: the product's.
        originals: the product's names of the mirror's.
        offers: what the product can do to a dead letter.
    """

    def __init__(self, originals: Originals, offers: Offers) -> None:
        self._originals = originals
        self._offers = offers

    def jobs(self, page: Page[Job]) -> Page[Job]:
        """A page of jobs."""
        return replace(page, items=tuple(self.each(page.items)))

    def each(self, jobs: Sequence[Job]) -> list[Job]:
        """Jobs, with their own names."""
        names = self._originals([name for job in jobs for name in (job.id, job.queue)])
        return [
            replace(
                job, id=names[2 * i], queue=names[2 * i + 1], actions=self._actions(job), error=_error(job.error),
                max_retries=None if job.max_retries == NOT_TOLD else job.max_retries,
            )
            for i, job in enumerate(jobs)
        ]  # fmt: skip

    def groups(self, page: Page[ErrorGroup], *, complete: bool) -> Page[ErrorGroup]:
        """A page of groups; it is not complete while the mirror is not."""
        names = self._originals([name for group in page.items for name in (group.sample_id, group.queue)])
        items = tuple(
            replace(
                group, sample_id=names[2 * i], queue=names[2 * i + 1], actions=self._offers(unable(group.reason)),
                reason=_shown(group.reason), error_type=_shown(group.error_type),
            )
            for i, group in enumerate(page.items)
        )  # fmt: skip
        return replace(page, items=items, complete=page.complete and complete)

    def selection(self, selection: Selection) -> Selection:
        """A frozen selection; ids of its parts stay the mirror's."""
        return replace(
            selection, parts=tuple(map(self.part, selection.parts)), sample=tuple(self.each(selection.sample))
        )

    def part(self, part: Part) -> Part:
        """A part, in the product's queue."""
        return replace(part, queue=self._originals([part.queue])[0])

    def _actions(self, job: Job) -> tuple[Offer, ...]:
        """What the mirror offers a job in the trash or one that was requeued, it can do for every product."""
        if job.in_trash or job.state != State.FAILED or not job.error:
            return job.actions
        return self._offers(unable(job.error.reason))


def _error(error: JobError | None) -> JobError | None:
    return error and replace(error, reason=_shown(error.reason), type=_shown(error.type))


def _shown(text: str) -> str:
    """A reason, or the type of an error that goes by it for want of one, where it is for people."""
    return "" if unable(text) else text
