"""Stores what an evaluation found in one step: alerts, firing periods, and what channels are to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pydantic import TypeAdapter
from ulid import ULID

from dashboard.alerts.records import Alert, Evaluation, Notice, Period
from dashboard.store import Fence, StaleLeader, Store

DELIVERIES_KEPT = 1_000
MOST_EVENTS = 100
"""Alerts of one message; further ones make another."""
PERIODS_KEPT = 5_000
PERIODS_SECONDS = 30 * 86_400.0
"""As long as charts reach back."""

_ALERT = TypeAdapter(Alert)
_PERIOD = TypeAdapter(Period)
_EVALUATION = TypeAdapter(Evaluation)


def store(
    store: Store,
    fence: Fence,
    now: float,
    alerts: Mapping[str, Alert | None],
    *,
    notices: Sequence[Notice] = (),
    periods: Sequence[Period] = (),
    evaluation: Evaluation | None = None,
    courses: Mapping[str, str] | None = None,
    unheard: Collection[tuple[str, str]] = (),
) -> None:
    """All of it, or nothing.

    Args:
        store: the dashboard's own data.
        fence: proof of leading.
        now: unix seconds.
        alerts: those that changed, by fingerprint; None: no longer kept.
        notices: what channels are to be told, in this order.
        periods: of alerts that no longer fire.
        evaluation: how it went.
        courses: what is kept of the last hour of rules, by name; '': no longer kept.
        unheard: channels and fingerprints of what was not heard, as far as these alerts take it into account.

    Raises:
        StaleLeader: another collector leads; nothing was stored.
        StoreUnavailable: whether it was stored is not known.
    """
    went = _EVALUATION.dump_json(evaluation or Evaluation(now)).decode()
    keys = [store.lease, store.alerts, store.alerts_run, store.evaluation, store.periods, store.courses]
    keys += [store.outbox, store.deliveries, store.dead_deliveries]
    argv = [fence.holder, fence.epoch, repr(now), went, PERIODS_KEPT, round((now - PERIODS_SECONDS) * 1000)]
    argv += [len(alerts), *(part for name, alert in alerts.items() for part in (name, _json(alert)))]
    argv += [len(periods), *(part for period in periods for part in _row(period, now))]
    argv += [len(courses or {}), *(part for row in (courses or {}).items() for part in row)]
    argv += [len(unheard), *(part for each in unheard for part in each)]
    argv += [DELIVERIES_KEPT, store.delivery(""), MOST_EVENTS, *(part for each in notices for part in _notice(each))]
    if not store.run("alerts", "lines+notices+apply", keys, argv):
        raise StaleLeader("another collector leads by now; nothing was stored")


def alert_from(text: bytes | str) -> Alert:
    """One alert as stored."""
    return _ALERT.validate_json(text)


def period_from(text: bytes | str) -> Period:
    """One period as stored."""
    return _PERIOD.validate_json(text)


def evaluation_from(text: bytes | str) -> Evaluation:
    """How an evaluation went, as stored."""
    return _EVALUATION.validate_json(text)


def _json(alert: Alert | None) -> str:
    return _ALERT.dump_json(alert).decode() if alert else ""


def _row(period: Period, now: float) -> tuple[int, str]:
    return round((period.ended or now) * 1000), _PERIOD.dump_json(period).decode()


def _notice(notice: Notice) -> tuple[str | float, ...]:
    return (
        f"msg_{ULID()}", notice.channel, notice.rule, notice.type, notice.key, notice.fingerprint, notice.event,
        notice.wait, notice.before,
    )  # fmt: skip
