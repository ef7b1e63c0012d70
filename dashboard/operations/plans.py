"""Plans: what a bulk action would act on, frozen over one source or all, kept until someone says yes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import cast

from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Adapter,
    Capability,
    InvalidRequest,
    NotFound,
    Selection,
    Selector,
    SourceUnavailable,
    UnknownQueue,
)
from dashboard.adapters.sources import Sources
from dashboard.language import N_, gettext
from dashboard.operations.checking import cautions
from dashboard.operations.codec import make_plan, plan_from_json, plan_to_json
from dashboard.operations.facts import Facts
from dashboard.operations.records import Plan
from dashboard.operations.wording import error_names
from dashboard.settings import LimitSettings
from dashboard.store import Store

PLAN_SECONDS = 15 * 60
MOST_PARTS = 5_000
SAMPLE = 20
_NEEDS = {Action.REQUEUE: Capability.REQUEUE, Action.PURGE: Capability.PURGE, Action.RESTORE: Capability.RESTORE}


class PlanExpired(NotFound):
    """The plan is too old, was used, or never was."""


class Plans:
    """Makes and keeps plans.

    Args:
        store: the dashboard's own data.
        sources: where jobs live.
        limits: from where on a plan warns.
        clock: gives unix seconds.
    """

    def __init__(self, store: Store, sources: Sources, limits: LimitSettings, clock: Callable[[], float]) -> None:
        self._store = store
        self._sources = sources
        self._limits = limits
        self._clock = clock

    def make(self, action: Action, selectors: Sequence[Selector]) -> Plan:
        """Freeze a selection without keeping it; see `Operations.plan`."""
        if action not in _NEEDS:
            allowed = ", ".join(known.value for known in _NEEDS)
            raise InvalidRequest(f"{action.value} is not done in bulk; possible: {allowed}")
        if not selectors:
            raise InvalidRequest(N_("nothing is selected; choose jobs, groups or a filter"))
        found = _joined([self._select(action, selector) for selector in selectors], self._clock())
        if len(found.parts) > MOST_PARTS:
            raise InvalidRequest(
                N_("the selection falls into %(num)s parts, %(most)s are possible; narrow it"),
                num=len(found.parts), most=MOST_PARTS,
            )  # fmt: skip
        token, chosen = secrets.token_urlsafe(18), tuple(selectors)
        known = cautions(Facts(self._sources, action, found, self._limits))
        names = error_names(self._sources, chosen)
        until = self._clock() + PLAN_SECONDS
        return make_plan(token, action, chosen, found, until, names=names, cautions=known)

    def keep(self, plan: Plan) -> Plan:
        """Store a plan until it expires."""
        with self._store.errors():
            self._store.client.set(self._store.plan(plan.token), plan_to_json(plan), ex=PLAN_SECONDS)
        return plan

    def read(self, token: str) -> Plan:
        """A kept plan. Raises PlanExpired."""
        with self._store.errors():
            stored = cast("bytes | None", self._store.client.get(self._store.plan(token)))
        plan = plan_from_json(token, stored) if stored else None
        if plan is None or plan.expires_at <= self._clock():
            raise PlanExpired(N_("this plan has expired or was used; make a new one to see what it would act on now"))
        return plan

    def _select(self, action: Action, selector: Selector) -> Selection:
        if selector.source:
            adapter = self._sources.get(selector.source)
            if not adapter.capabilities() & _NEEDS[action]:
                raise _cannot(adapter, action)
            return adapter.select(action, selector)
        return self._select_everywhere(action, selector)

    def _select_everywhere(self, action: Action, selector: Selector) -> Selection:
        found: list[Selection] = []
        left_out: list[str] = []
        refusals: list[Exception] = []
        for adapter in self._sources.all():
            try:
                found.append(self._select_one(adapter, action, selector))
            except (SourceUnavailable, UnknownQueue, ActionRefused) as error:
                refusals.append(error)
                if not isinstance(error, UnknownQueue):
                    left_out.append(gettext("%(problem)s; its jobs are left out", problem=error))
        if not found and refusals:
            raise refusals[0]
        return Selection(
            tuple(part for one in found for part in one.parts),
            min((one.as_of for one in found), default=self._clock()),
            tuple(job for one in found for job in one.sample),
            (*(warning for one in found for warning in one.warnings), *left_out),
            _sum_types(found),
        )

    @staticmethod
    def _select_one(adapter: Adapter, action: Action, selector: Selector) -> Selection:
        if not adapter.capabilities() & _NEEDS[action]:
            raise _cannot(adapter, action)
        return adapter.select(action, selector.narrowed(source=adapter.source))


def _cannot(adapter: Adapter, action: Action) -> ActionRefused:
    said = N_("source %(source)s (%(kind)s) cannot %(action)s jobs")
    return ActionRefused(said, source=adapter.source, kind=adapter.kind, action=action.value)


def _joined(found: Sequence[Selection], now: float) -> Selection:
    """The union of several selections; a part that two of them name is taken once."""
    parts = dict.fromkeys(part for one in found for part in one.parts if part.matched)
    jobs = {(job.source, job.queue, job.id): job for one in found for job in one.sample}
    warnings = dict.fromkeys(warning for one in found for warning in one.warnings)
    as_of = min((one.as_of for one in found), default=now)
    return Selection(tuple(parts), as_of, tuple(jobs.values())[:SAMPLE], tuple(warnings), _sum_types(found))


def _sum_types(found: Sequence[Selection]) -> dict[str, int]:
    """Jobs per type over all, empty as soon as one source could not count them."""
    if not all(one.by_type or not one.matched for one in found):
        return {}
    totals: dict[str, int] = {}
    for one in found:
        for name, count in one.by_type.items():
            totals[name] = totals.get(name, 0) + count
    return totals
