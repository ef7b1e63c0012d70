"""What the page of one alert shows: what is meant, how it stands, since when, why perhaps, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from dashboard.adapters.contract import AdapterError, Capability, ErrorGroup, Job, Queue, Selector
from dashboard.alerts.metrics.contract import Target
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Alert, AlertState, Delivery, Period, Rule, Told
from dashboard.charts.chart import Chart
from dashboard.history.history import RANGES
from dashboard.once import month, shared_here
from dashboard.services import Services
from dashboard.traffic.ranges import Range
from dashboard.value_chart import course

BEFORE, AFTER = 7_200.0, 600.0
"""Seconds before and after the start of an alert in which a new version may have to do with it."""
TOP = 5


class Incident:
    """One alert as it stands, or, when it is over for long, its last firing period.

    Args:
        bundle: the services.
        alert: what is known of it.
        periods: when it fired in the last 30 days, the earliest first.
        forgotten: whether it is known from these alone.
    """

    def __init__(self, bundle: Services, alert: Alert, periods: Sequence[Period], *, forgotten: bool = False) -> None:
        self.bundle = bundle
        self.about = alert
        self.periods = periods
        self.forgotten = forgotten
        self.now = bundle.clock()
        self.problem = ""

    @property
    def rule(self) -> Rule | None:
        """Its rule; None when it is gone."""
        return next((rule for rule in self.bundle.alerts.rules() if rule.name == self.about.rule), None)

    @property
    def selector(self) -> Selector:
        """The dead letters it is about."""
        alert = self.about
        return Selector(alert.source, alert.queue, type=alert.type, fingerprint=alert.group)

    @cached_property
    def queue(self) -> Queue | None:
        """Its queue as it stands; None when it has none, or it is gone."""
        found = self.bundle.sources.snapshot().queues
        place = (self.about.source, self.about.queue)
        return next((queue for queue in found if (queue.source, queue.name) == place), None)

    @property
    def may_pause(self) -> bool:
        """Whether its queue can be paused."""
        return self.queue is not None and Capability.PAUSE in self.queue.capabilities

    @cached_property
    def groups(self) -> Sequence[ErrorGroup]:
        """The error groups with the most dead letters of what it is about."""
        try:
            read = self.bundle.sources.groups
            return shared_here("groups", lambda: read(self.selector, order="count", limit=TOP)).items
        except AdapterError as error:
            self.problem = str(error)
            return ()

    @cached_property
    def sample(self) -> Job | None:
        """A job to show the error by: of the group that is largest."""
        if not self.groups:
            return None
        group = self.groups[0]
        try:
            adapter = self.bundle.sources.get(group.source)
            return shared_here("sample", lambda: adapter.job(group.queue, group.sample_id))
        except AdapterError:
            return None

    @property
    def range(self) -> Range:
        """The shortest range in which its start lies well within."""
        began = self.about.starts_at or self.about.since
        age = (self.now - began) * 1.3 + 600
        return Range(next((name for name, seconds in RANGES.items() if seconds >= max(age, 3_600)), "30d"))

    @cached_property
    def chart(self) -> Chart | None:
        """Its value over time, or what failed meanwhile; None when nothing is known."""
        try:
            return course(self.bundle, self.rule, Target.of(self.about), self.range, self.periods)
        except AdapterError as error:
            self.problem = str(error)
            return None

    @cached_property
    def deployed(self) -> Sequence[tuple[float, str]]:
        """New versions that came into use around its start, the latest first."""
        began = self.about.starts_at
        marks = self.chart.marks if self.chart else ()
        if began is None:
            return ()
        return [each for each in reversed(marks) if began - BEFORE <= each[0] <= began + AFTER]

    @cached_property
    def deliveries(self) -> Sequence[Delivery]:
        """The newest messages that tell of it."""
        fingerprint = self.about.fingerprint
        return shared_here("deliveries", lambda: self.bundle.alerts.log.page(alert=fingerprint).items)

    @property
    def heard(self) -> list[tuple[str, Told, Delivery | None]]:
        """Each channel with what it was to be told last, and the message; None when that is no longer kept."""
        newest = {each.channel: each for each in reversed(self.deliveries)}
        return [(name, told, newest.get(name)) for name, told in sorted(self.about.told.items())]

    def amount(self, value: float | None) -> str:
        """A value of its metric; a dash when it is not known."""
        metric = metrics().get(self.about.metric)
        return "–" if value is None or metric is None else metric.amount(value)


def find(bundle: Services, fingerprint: str) -> Incident | None:
    """The alert of that id; None when nothing is known of it any more. Raises StoreUnavailable."""
    alerts, read = month(bundle)
    periods = [period for period in read if period.fingerprint == fingerprint]
    for alert in alerts:
        if alert.fingerprint == fingerprint:
            return Incident(bundle, alert, periods)
    return Incident(bundle, _remembered(periods[-1]), periods, forgotten=True) if periods else None


def _remembered(period: Period) -> Alert:
    return Alert(
        period.rule, period.severity, period.metric, AlertState.RESOLVED, period.source, period.queue, None,
        period.threshold, 0.0, period.fingerprint, period.ended or period.started, period.started, period.ended,
        type=period.type, group=period.group, worst=period.worst,
    )  # fmt: skip
