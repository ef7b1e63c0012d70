"""The rules that are on from the start, judged on a healthy source of every kind."""

from __future__ import annotations

import time
from typing import Any

from dashboard.adapters.contract import Adapter
from dashboard.adapters.sources import Sources
from dashboard.alerts.looks import Readings
from dashboard.alerts.metrics.contract import UNREAD
from dashboard.alerts.metrics.discovery import built_in_rules, metric_of
from dashboard.history.history import History
from dashboard.store import Store


def samples(adapter: Adapter, store_url: str) -> dict[tuple[str, str], Any]:
    """What every built-in rule reads, by rule and queue."""
    for _ in range(5):
        getattr(adapter, "maintain", lambda: None)()  # as the collector does: failures of other products are looked for
    sources = Sources([adapter])
    reading = Readings(sources, History(Store(store_url), time.time)).of(sources.snapshot(), time.time())
    return {
        (rule.name, target.queue): metric_of(rule).sample(rule, target, reading)
        for rule in built_in_rules()
        for target in metric_of(rule).targets(rule, reading.snapshot)
    }


def test_a_built_in_rule_never_lacks_data_of_a_source_that_answers(
    adapter: Adapter, seeder: Any, redis_url: str
) -> None:
    seeder.pending("mail", 3)
    found = samples(adapter, redis_url)
    assert {name for name, sample in found.items() if sample == UNREAD} == set()


def test_jobs_that_just_came_alarm_no_built_in_rule_but_that_nobody_works(
    adapter: Adapter, seeder: Any, redis_url: str
) -> None:
    seeder.pending("mail", 3)
    above = {rule.name: rule.above for rule in built_in_rules()}
    found = samples(adapter, redis_url)
    loud = {name for (name, _), sample in found.items() if sample.value is not None and sample.value > above[name]}
    assert loud <= {"no-workers"}
