"""Bulk actions as pages, API and commands use them: plan, start, follow, pause, cancel, undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ulid import ULID

from dashboard.adapters.contract import Action, ActionRefused, InvalidRequest, Page, Selection, Selector
from dashboard.adapters.memo import Memo
from dashboard.adapters.sources import Sources
from dashboard.adapters.vocabulary import Word
from dashboard.audit.actor import who
from dashboard.audit.log import AuditLog, Entry
from dashboard.language import N_, english
from dashboard.operations import arrivals
from dashboard.operations.codec import make_plan, operation_fields
from dashboard.operations.ledger import Created, Ledger, UnknownOperation, Verb
from dashboard.operations.parts import live, part_id
from dashboard.operations.plans import PlanExpired, Plans
from dashboard.operations.records import UNDOABLE, Operation, OperationState, Pace, Plan
from dashboard.settings import Settings
from dashboard.store import Store

__all__ = ["Operations", "PlanExpired", "UnknownOperation"]

SHOWN_RUNNING = 20
STOPPED_SHOWN_SECONDS = 86_400.0
COUNTED = 1_000
ARRIVED_SECONDS = 5.0
_DONE_BY = {
    "pause": (OperationState.PAUSED,),
    "resume": (OperationState.WAITING, OperationState.CANARY, OperationState.RUNNING),
    "cancel": (OperationState.CANCELLED,),
}


class Operations:
    """Plans and operations.

    Args:
        store: the dashboard's own data.
        sources: where jobs live.
        settings: how long purged jobs can be restored.
        clock: gives unix seconds.
        audit: where every start and change of an operation is written down.

    Every method raises StoreUnavailable when the store does not answer.
    """

    def __init__(
        self, store: Store, sources: Sources, settings: Settings, clock: Callable[[], float], audit: AuditLog
    ) -> None:
        self.ledger = Ledger(store)
        self._audit = audit
        self._plans = Plans(store, sources, settings.limits, clock)
        self._sources = sources
        self._settings = settings
        self._clock = clock
        self._arrived: Memo[int | None] = Memo(ARRIVED_SECONDS)

    def plan(self, action: Action, selector: Selector | Sequence[Selector]) -> Plan:
        """Freeze what an action would act on, and keep it for 15 minutes; changes no job.

        Args:
            action: requeue, purge or restore.
            selector: what is chosen; several mean their union. Without a source every source is meant; one that
                does not answer, or cannot do it, is left out and named in the plan's warnings.

        Raises:
            InvalidRequest: nothing is chosen, or the action is not one done in bulk.
            UnknownSource, UnknownQueue, ActionRefused, SourceUnavailable: as the source says.
        """
        return self._plans.keep(self._plans.make(action, _several(selector)))

    def read_plan(self, token: str) -> Plan:
        """Look at a plan without redeeming it. Raises PlanExpired."""
        return self._plans.read(token)

    def start(
        self,
        *,
        plan_token: str = "",
        action: Action | None = None,
        selector: Selector | Sequence[Selector] | None = None,
        pace: Pace = Pace(),  # noqa: B008 - frozen
        reason: str = "",
        actor: str = "",
    ) -> Operation:
        """Record an operation that a collector will drive; it survives every process.

        Args:
            plan_token: act on exactly the planned jobs. Given twice, it starts one operation and returns it twice.
            action, selector: freeze a selection now, when there is no plan.
            pace: how fast; canary and stop_after_refailed are for requeue.
            reason, actor: why and by whom, for the record; who acts now when left out.

        Raises:
            PlanExpired: the token is too old or unknown.
            InvalidRequest: no job is matched, a value is not possible, or the reason that so many jobs need is missing.
        """
        if plan_token and (before := self.ledger.started_by(plan_token)):
            return self.get(before)
        try:
            plan = self._plans.read(plan_token) if plan_token else self._plans.make(*_chosen(action, selector))
        except PlanExpired:
            # Another click may have redeemed it just now.
            if before := self.ledger.started_by(plan_token):
                return self.get(before)
            raise
        if action is not None and action != plan.action:
            raise InvalidRequest(f"the plan is to {plan.action.value}, not to {action.value}; make a new plan")
        _check_pace(plan.action, pace)
        if plan.matched == 0:
            raise InvalidRequest(N_("no job matches, so there is nothing to %(action)s"), action=plan.action.value)
        if self.reason_missing(plan, reason):
            most = self._settings.limits.reason_from
            raise InvalidRequest(
                N_("reason: say why, since %(num)s jobs are more than %(most)s. Nothing was started"),
                num=f"{plan.matched:,}", most=f"{most:,}",
            )  # fmt: skip
        return self._record(plan, pace, actor=actor, reason=reason, token=plan_token)

    def reason_missing(self, plan: Plan, reason: str) -> bool:
        """Whether so many jobs are acted on with a reason only (`limits.reason_from`), and there is none."""
        return plan.matched > self._settings.limits.reason_from and not reason.strip()

    def arrived_since(self, what: Plan | Operation) -> int | None:
        """Dead letters that a plan or operation would have meant had they not come later; None when not known.

        Asked of the sources at most every five seconds; of an operation until a day after its end.
        """
        now = self._clock()
        key = what.token if isinstance(what, Plan) else what.id
        return self._arrived.get(key, lambda: arrivals.arrived(self._sources, what, now))

    def get(self, operation_id: str) -> Operation:
        """One operation, with what became of its jobs as its sources say now. Raises UnknownOperation."""
        return live(self._sources, self.ledger.get(operation_id))

    def list(self, cursor: str = "", limit: int = 50) -> Page[Operation]:
        """Newest first, as last recorded, without their parts. Raises InvalidRequest for a cursor that is none."""
        return self.ledger.page(cursor, limit)

    def running(self) -> tuple[Operation, ...]:
        """The newest operations (at most 20) that go on, are paused, or stopped by themselves within a day."""
        since = self._clock() - STOPPED_SHOWN_SECONDS
        found = self.ledger.newest_open(SHOWN_RUNNING)
        return tuple(each for each in found if each.open or (each.finished_at or since) > since)

    def counts(self) -> dict[tuple[str, str], int]:
        """How many of the newest 1000 operations there are by (action, state)."""
        return self.ledger.counts(COUNTED)

    def pause(self, operation_id: str) -> Operation:
        """Stop after the step in hand. Raises UnknownOperation, ActionRefused."""
        return self._change(operation_id, "pause")

    def resume(self, operation_id: str) -> Operation:
        """Go on after a pause, or after jobs failed again and it stopped. Raises UnknownOperation, ActionRefused."""
        return self._change(operation_id, "resume")

    def cancel(self, operation_id: str) -> Operation:
        """Leave the rest untouched, for good. Raises UnknownOperation, ActionRefused."""
        return self._change(operation_id, "cancel")

    def undo(self, operation_id: str, *, actor: str = "", reason: str = "") -> Operation:
        """Take back a requeue or purge that has ended: returns the new operation that does so.

        Its `done` jobs are reversed; its `skipped` ones were too late (they had started, or are no longer kept).

        Raises:
            UnknownOperation: there is none of that id.
            ActionRefused: it is still going, was taken back before, did nothing, or it is too late.
        """
        original = self.get(operation_id)
        _check_undo(original, self._clock())
        parts = []
        for index, part in enumerate(original.parts[: original.part_index + 1]):
            adapter = self._sources.get(part.source)
            back = adapter.reverse(part_id(original.id, index), original.action, part)
            if back is not None and back.matched:
                parts.append(back)
        if not parts:
            raise ActionRefused(N_("nothing of operation %(id)s can be brought back any more"), id=operation_id)
        chosen = original.selectors
        found = Selection(tuple(parts), self._clock())
        plan = make_plan("", UNDOABLE[original.action], chosen, found, 0, names=original.names)
        return self._record(plan, Pace(), actor=actor, reason=reason, of=original.id, matched=original.done)

    def _record(
        self, plan: Plan, pace: Pace, *, actor: str, reason: str, token: str = "", of: str = "",
        matched: int | None = None,
    ) -> Operation:  # fmt: skip
        fields = operation_fields(plan, pace, actor=actor or who(), reason=reason)
        fields["matched"] = str(plan.matched if matched is None else matched)
        created = self.ledger.create(str(ULID()), self._clock(), fields, token=token, of=of)
        _check_created(created, of)
        recorded = self.ledger.get(created.text)
        if created.code == 1:
            self._write_down(recorded, "undo" if of else plan.action.value, reason)
        return recorded

    def _write_down(self, operation: Operation, verb: str, reason: str = "") -> None:
        with english():
            chosen, about = operation.selector, "; ".join(text for text in (operation.words, reason) if text)
        entry = Entry(verb, "operation", chosen.source, chosen.queue, operation.id, operation.matched, about)
        self._audit.record(entry)

    def _change(self, operation_id: str, verb: Verb) -> Operation:
        now = self._clock()
        refailed = self.get(operation_id).refailed if verb == "resume" else 0
        changed, state = self.ledger.change(operation_id, verb, now, refailed)
        if not changed and state not in _DONE_BY[verb]:
            raise ActionRefused(_REFUSED[verb], id=operation_id, state=Word(state))
        after = self.get(operation_id)
        if changed:
            self._write_down(after, verb)
        return after


_REFUSED = {
    "pause": N_("operation %(id)s is %(state)s, so it cannot be paused"),
    "resume": N_("operation %(id)s is %(state)s, so it cannot be resumed"),
    "cancel": N_("operation %(id)s is %(state)s, so it cannot be cancelled"),
}


def _several(selector: Selector | Sequence[Selector]) -> tuple[Selector, ...]:
    return (selector,) if isinstance(selector, Selector) else tuple(selector)


def _chosen(
    action: Action | None, selector: Selector | Sequence[Selector] | None
) -> tuple[Action, tuple[Selector, ...]]:
    if action is None or selector is None:
        raise InvalidRequest("say what to do and with which jobs: an action and a selector, or a plan's token")
    return action, _several(selector)


def _check_pace(action: Action, pace: Pace) -> None:
    given = {
        "rate_per_second": pace.rate_per_second,
        "canary": pace.canary,
        "stop_after_refailed": pace.stop_after_refailed,
    }
    if pace.slow_down and action != Action.REQUEUE:
        raise InvalidRequest(f"slow_down is for requeue, whose jobs run again; leave it out to {action.value}")
    for name, value in given.items():
        if value is not None and not 0 < value <= 1_000_000:
            raise InvalidRequest(f"{name} is {value}; use a number above 0 up to 1,000,000, or leave it out")
        if value is not None and name != "rate_per_second" and action != Action.REQUEUE:
            raise InvalidRequest(f"{name} is for requeue, whose jobs run again; leave it out to {action.value}")


def _check_undo(original: Operation, now: float) -> None:
    if original.action not in UNDOABLE:
        raise ActionRefused(
            N_("operation %(id)s is of action %(action)s; only requeue and purge can be taken back"),
            id=original.id, action=original.action.value,
        )  # fmt: skip
    if original.open:
        raise ActionRefused(
            N_("operation %(id)s is %(state)s; cancel it first, then take it back"),
            id=original.id, state=Word(original.state.value),
        )  # fmt: skip
    if original.undone_by:
        raise ActionRefused(
            N_("operation %(id)s was taken back before, by operation %(by)s"), id=original.id, by=original.undone_by
        )
    if original.done == 0:
        raise ActionRefused(N_("operation %(id)s moved no job, so there is nothing to take back"), id=original.id)
    if not original.undoable(now):
        raise ActionRefused(
            N_("operation %(id)s can no longer be taken back; its time for that is over"), id=original.id
        )


def _check_created(created: Created, of: str) -> None:
    if created.code == -1:
        raise PlanExpired(N_("this plan has expired; make a new one to see what it would act on now"))
    if created.code == -2:
        if created.text == "ending":
            raise ActionRefused(
                N_("operation %(id)s cannot be taken back: it is still ending its last step; try again in a moment"),
                id=of,
            )
        raise ActionRefused(
            N_("operation %(id)s cannot be taken back: it is %(state)s"), id=of, state=Word(created.text)
        )
