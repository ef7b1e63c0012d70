"""The question before a bulk action: a dry run whose number is the number that runs, and its start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import chosen, operation_words, plan_page
from dashboard.adapters.contract import Action, InvalidRequest
from dashboard.filters import clock
from dashboard.language import gettext, ngettext, number
from dashboard.operations.operations import PlanExpired
from dashboard.operations.plans import PLAN_SECONDS
from dashboard.operations.records import Operation, Pace, Plan
from dashboard.security import check_writable
from dashboard.services import Services
from dashboard.web import Toast, changed, dialog, services

blueprint = Blueprint("plans", __name__)
TYPED_FROM = 1_000
LATE_SECONDS = 10.0
GROUPING = ",.'’ \u00a0\u202f"
"""Signs that people write between the digits of a number."""
_TRY_FIRST_FROM = 100
_Choices = list[tuple[str, str, bool]]
_RATES, _CANARIES, _STOPS = (10, 40, 200), (20, 100), (10, 100)


@blueprint.route("/operations/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The dry run: what would be acted on, changing nothing. POST carries long selections."""
    bundle = services()
    check_writable(bundle.settings)
    form = request.form if request.method == "POST" else request.args
    action = chosen.action(form.get("action", ""))
    plan = bundle.operations.plan(action, chosen.chosen(form, bundle.clock()))
    return _ask(bundle, plan, back=_back(form.get("back", "")))


@blueprint.post("/operations")
def start() -> ResponseReturnValue:
    """Start exactly what was planned."""
    bundle, form = services(), request.form
    token = form.get("plan_token", "")
    try:
        plan = bundle.operations.read_plan(token)
    except PlanExpired:
        return _started(bundle.operations.start(plan_token=token))  # a second click leads to what the first one started
    typed = "".join(sign for sign in form.get("typed", "") if sign not in GROUPING)
    if _must_type(plan) and typed != str(plan.matched):
        problem = gettext("Nothing was purged. Type %(num)s to confirm, or cancel.", num=plan.matched)
        return _ask(bundle, plan, back=_back(form.get("back", "")), problem=problem, field="typed", status=422)
    pace, reason = _pace(form, plan), _reason(form)
    if bundle.operations.reason_missing(plan, reason):
        problem = gettext(
            "Nothing was started. Say why: more than %(num)s jobs need a reason.",
            num=number(bundle.settings.limits.reason_from),
        )
        return _ask(bundle, plan, back=_back(form.get("back", "")), problem=problem, field="reason", status=422)
    arrived = _arrived(bundle, plan)
    operation = bundle.operations.start(plan_token=token, pace=pace, reason=reason)
    return _started(operation, operation_words.arrived_words(arrived))


def _arrived(bundle: Services, plan: Plan) -> int | None:
    """Later arrivals of a plan that has lain for a while; a fresh one has none worth asking for."""
    waited = bundle.clock() - (plan.expires_at - PLAN_SECONDS)
    return bundle.operations.arrived_since(plan) if waited >= LATE_SECONDS else None


def _started(operation: Operation, note: str = "") -> ResponseReturnValue:
    here = url_for("operations.show", operation_id=operation.id)
    toast = Toast(operation_words.started(operation), note=note, link=here, link_words=gettext("Follow"), follow=here)
    return changed(toast, here, close_dialog=True)


def _ask(
    bundle: Services, plan: Plan, *, back: str, problem: str = "", field: str = "", status: int = 200
) -> ResponseReturnValue:
    context = {
        "plan": plan,
        "back": back,
        "problem": problem,
        "question": operation_words.question(plan),
        "consequence": _consequence(bundle, plan),
        "shares": plan_page.shares(bundle, plan),
        "types": plan_page.types(plan),
        "sample": plan_page.sample(bundle, plan),
        "arrived": operation_words.arrived_words(_arrived(bundle, plan)),
        "pace_fields": _pace_fields(plan),
        "slow_down": "rate_per_second" not in request.form or "slow_down" in request.form,
        "reason": request.form.get("reason", ""),
        "reason_from": bundle.settings.limits.reason_from if bundle.operations.reason_missing(plan, "") else 0,
        "field": field,
        "typed": _must_type(plan),
    }
    return dialog("operations/new.html", "operations/_plan.html", status=status, **context)


def _consequence(bundle: Services, plan: Plan) -> str:
    if not plan.matched:
        return gettext("No job matches the selection at this moment. Someone may have moved them already.")
    if plan.action == Action.PURGE:
        minutes = bundle.settings.retention.trash_minutes
        return gettext(
            "They leave the dead letters now and are deleted for good at %(time)s. Until then you can undo this.",
            time=clock(bundle.clock() + 60 * minutes, seconds=False),
        )
    if plan.action == Action.RESTORE:
        return gettext("They go back to where they were before they were purged.")
    seconds = plan.matched / 40
    if seconds < 2:
        return gettext("They go back to the end of their own queue with a fresh set of attempts.")
    return gettext(
        "They go back to the end of their own queue with a fresh set of attempts, in about %(num)s s at 40 per second.",
        num=number(seconds),
    )


def _must_type(plan: Plan) -> str:
    """Why the number has to be typed; empty when it has not."""
    if plan.action != Action.PURGE or not plan.matched:
        return ""
    if plan.matched >= TYPED_FROM:
        return gettext("Asked for %(num)s jobs or more.", num=number(TYPED_FROM))
    every = plan.selectors or (plan.selector,)
    whole = any(not each.ids and not each.fingerprint for each in every)
    return gettext("Asked when everything that matches a filter is purged.") if whole else ""


def _pace_fields(plan: Plan) -> list[tuple[str, str, _Choices]]:
    few = plan.matched < _TRY_FIRST_FROM
    form: Mapping[str, str] = request.form if "rate_per_second" in request.form else {}

    def choices(name: str, words: Callable[[int], str], known: tuple[int, ...], none: str, default: str) -> _Choices:
        every = [*((str(value), words(value)) for value in known), ("", none)]
        return [(value, said, value == form.get(name, default)) for value, said in every]

    per_second = choices("rate_per_second", _per_second, _RATES, gettext("No limit"), "40")
    first = choices("canary", _jobs, _CANARIES, gettext("All at once"), "" if few else "20")
    stop = choices("stop_after_refailed", _fail_again, _STOPS, gettext("Never"), "10")
    return [
        (gettext("Speed"), "rate_per_second", per_second),
        (gettext("Try first"), "canary", first),
        (gettext("Stop when"), "stop_after_refailed", stop),
    ]


def _per_second(count: int) -> str:
    return gettext("%(num)s per second", num=number(count))


def _jobs(count: int) -> str:
    return ngettext("%(num)s job", "%(num)s jobs", count)


def _fail_again(count: int) -> str:
    return ngettext("%(num)s fails again", "%(num)s fail again the same way", count)


def _pace(form: Mapping[str, str], plan: Plan) -> Pace:
    if plan.action != Action.REQUEUE:
        return Pace()
    rate = _number(form, "rate_per_second", 100_000)
    canary, stop = _number(form, "canary", 1_000_000), _number(form, "stop_after_refailed", 1_000_000)
    first = canary if canary and canary < plan.matched else None
    return Pace(float(rate) if rate else None, first, stop, "slow_down" in form)


def _number(form: Mapping[str, str], name: str, most: int) -> int | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:12]) <= most:
        raise InvalidRequest(
            gettext(
                "%(name)s %(text)s: use a whole number from 1 to %(most)s, or leave it out. Nothing was started",
                name=name, text=repr(text[:20]), most=number(most),
            )
        )  # fmt: skip
    return int(text)


def _reason(form: Mapping[str, str]) -> str:
    reason = form.get("reason", "").strip()
    if len(reason) > 300:
        raise InvalidRequest(gettext("reason: at most 300 characters. Nothing was started"))
    return reason


def _back(address: str) -> str:
    """An address of this site to go back to; anything else is the dead letters."""
    parts = urlsplit(address)
    own = address.startswith("/") and not address.startswith("//") and not parts.netloc and "\\" not in address
    return address if own else url_for("dead.index")
