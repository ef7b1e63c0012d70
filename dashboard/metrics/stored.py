"""What the dashboard's own store tells: operations, alerts, deliveries, when rules were last evaluated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from dashboard.adapters.contract import AdapterError
from dashboard.alerts.records import Evaluation
from dashboard.alerts.rules import seconds
from dashboard.alerts.watchdog import SHORTEST
from dashboard.services import Services
from dashboard.store import StoreUnavailable

RESULTS = ("sent", "gave up")
"""How deliveries end. Each begins at 0: a counter that first appears at 1 has not increased, to Prometheus."""

log = structlog.get_logger("redrive.metrics")


@dataclass(frozen=True, slots=True)
class Stored:
    """None is what could not be read.

    operations: by action and state. alerts: by rule and state. deliveries: ever, by channel and result.
    evaluated_at: unix seconds, also None when rules never were. evaluation: how that went, None as well then.
    heartbeat_at: the last that was taken, 0 when none was yet, None also when none is to be sent. heartbeat_every: in
    seconds, None when none is to be sent.
    """

    operations: Mapping[tuple[str, str], int] | None = None
    alerts: Mapping[tuple[str, str], int] | None = None
    deliveries: Mapping[tuple[str, str], int] | None = None
    evaluated_at: float | None = None
    evaluation: Evaluation | None = None
    heartbeat_at: float | None = None
    heartbeat_every: float | None = None


def read(bundle: Services) -> Stored:
    """All of it; one part that is damaged takes none of the others along, a store that does not answer ends it."""
    parts: dict[str, Callable[[Services], Any]] = {
        "heartbeat_every": _heartbeat_every,
        "evaluated_at": lambda each: each.alerts.last_run(),
        "evaluation": lambda each: each.alerts.evaluation(),
        "operations": lambda each: each.operations.counts(),
        "alerts": _alerts,
        "deliveries": _deliveries,
        "heartbeat_at": _heartbeat,
    }
    found: dict[str, Any] = {}
    for name, part in parts.items():
        try:
            found[name] = part(bundle)
        except StoreUnavailable:
            break
        except AdapterError as error:
            log.warning("left out of the metrics", part=name, error=error.english)
        except Exception:
            log.exception("left out of the metrics", part=name)
    return Stored(**found)


def _alerts(bundle: Services) -> Mapping[tuple[str, str], int]:
    return Counter((alert.rule, alert.state.value) for alert in bundle.alerts.alerts())


def _deliveries(bundle: Services) -> Mapping[tuple[str, str], int]:
    begun = {(channel, result): 0 for channel in bundle.channels.names() for result in RESULTS}
    return begun | bundle.alerts.delivery_totals()


def _heartbeat(bundle: Services) -> float | None:
    if not bundle.settings.alerts.heartbeat_url:
        return None
    last = bundle.alerts.heartbeat()
    return (last.succeeded_at if last else None) or 0.0


def _heartbeat_every(bundle: Services) -> float | None:
    alerts = bundle.settings.alerts
    return max(SHORTEST, seconds(alerts.heartbeat_every)) if alerts.heartbeat_url else None
