"""What a rule would have done over the last day: its metric's past, replayed through the states of an alert."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.alerts.metrics.contract import Point, Target
from dashboard.alerts.metrics.discovery import metric_of
from dashboard.alerts.records import AlertState, Rule
from dashboard.alerts.states import BURNING, DARK, Standing, evaluate
from dashboard.history.history import History

DAY = 86_400
SIZE = 60


@dataclass(frozen=True, slots=True)
class Fired:
    """One stretch in which it would have fired; times in unix seconds.

    ends_at: None when it would still fire. worst: the highest value in it.
    """

    starts_at: float
    ends_at: float | None
    worst: float


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done for one target.

    points: of its values over time; None where there was none to judge. states: the alert's after each of them.
    told: messages to one channel that repeats nothing. worst: the highest value of all. unread_seconds: for how long
    there was no data. possible: False when the metric keeps no past, so that nothing can be said.
    """

    points: tuple[tuple[float, float | None], ...] = ()
    states: tuple[AlertState, ...] = ()
    fired: tuple[Fired, ...] = ()
    told: int = 0
    worst: float | None = None
    unread_seconds: float = 0.0
    possible: bool = True


IMPOSSIBLE = Preview(possible=False)


def preview(rule: Rule, target: Target, history: History, seconds: int = DAY) -> Preview:
    """Replay the last day of one target, minute by minute.

    Args:
        rule: as it is to be; it need not be stored.
        target: one of those it is judged for.
        history: what was recorded.
        seconds: how far back.

    Raises:
        StoreUnavailable: the history cannot be read.
        ValueError: no metric is called so.
    """
    points = readings(rule, target, history, seconds)
    return IMPOSSIBLE if points is None else replayed(rule, points)


def readings(rule: Rule, target: Target, history: History, seconds: int = DAY) -> list[Point] | None:
    """The values of a rule for one target over time; None when its metric keeps no past. Raises as `preview`."""
    metric = metric_of(rule)
    lead = metric.lead(rule)
    lead = -(-lead // SIZE) * SIZE
    past = history.past((target.source,), target.queue, seconds + lead, SIZE)
    points = metric.history(rule, past)
    if points is None or not points:
        return points
    since = points[-1][0] - seconds
    begun = past.since if past.since is not None else points[-1][0]
    return [(at, sample) for at, sample in points if at > max(since, begun)]


def replayed(rule: Rule, points: Sequence[Point]) -> Preview:
    """The same of points that are given, the oldest first."""
    standing, states, fired = Standing(), [], _Fired()
    for at, sample in points:
        before, standing = standing, evaluate(rule, sample, standing, at).standing
        states.append(standing.state)
        fired.note(before, standing, sample.value)
    values = [sample.value for _, sample in points if sample.value is not None]
    return Preview(
        points=tuple((at, sample.value) for at, sample in points),
        states=tuple(states),
        fired=tuple(fired.ended(standing)),
        told=fired.told,
        worst=max(values, default=None),
        unread_seconds=_unread(points, states),
    )


class _Fired:
    """Gathers the stretches in which it fires, and counts what is told of them."""

    def __init__(self) -> None:
        self.told = 0
        self._found: list[Fired] = []
        self._worst = 0.0

    def note(self, before: Standing, after: Standing, value: float | None) -> None:
        """One step."""
        if after.unresolved and not before.unresolved:
            self.told, self._worst = self.told + 1, value or 0.0
        if value is not None and after.state in BURNING:
            self._worst = max(self._worst, value)
        if before.unresolved and not after.unresolved:
            self.told += 1
            self._found.append(Fired(before.starts_at or 0.0, after.ends_at, self._worst))

    def ended(self, last: Standing) -> list[Fired]:
        """All of them, with the one that goes on."""
        return [*self._found, *([Fired(last.starts_at or 0.0, None, self._worst)] if last.unresolved else [])]


def _unread(points: Sequence[Point], states: Sequence[AlertState]) -> float:
    steps = (after[0] - before[0] for before, after in itertools.pairwise(points))
    return sum(step for step, state in zip(steps, states, strict=False) if state in DARK)
