"""What a rule would have done over the last day: its metric's past, replayed through the states of an alert."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.alerts.metrics.contract import Point, Target
from dashboard.alerts.metrics.discovery import metric_of
from dashboard.alerts.records import AlertState, Rule
from dashboard.alerts.states import BURNING, DARK, Standing, evaluate
from dashboard.history.history import History, Past
from dashboard.history.versions import Deployment

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
    there was no data. deployed: new versions meanwhile. possible: False when the metric keeps no past, so that nothing
    can be said.
    """

    target: Target
    points: tuple[tuple[float, float | None], ...] = ()
    states: tuple[AlertState, ...] = ()
    fired: tuple[Fired, ...] = ()
    told: int = 0
    worst: float | None = None
    unread_seconds: float = 0.0
    deployed: tuple[Deployment, ...] = ()
    possible: bool = True

    @property
    def known(self) -> bool:
        """Whether there ever was a reading to say something by."""
        return any(state not in DARK for state in self.states)


def previews(rule: Rule, targets: Sequence[Target], history: History, seconds: int = DAY) -> list[Preview]:
    """Replay the last day of some targets, minute by minute; their past is read together.

    Args:
        rule: as it is to be; it need not be stored.
        targets: some of those it is judged for.
        history: what was recorded.
        seconds: how far back.

    Raises:
        StoreUnavailable: the history cannot be read.
        ValueError: no metric is called so.
    """
    lead = -(-metric_of(rule).lead(rule) // SIZE) * SIZE
    pasts = history.pasts([(each.source, each.queue) for each in targets], seconds + lead, SIZE)
    return [_of(rule, target, past, seconds) for target, past in zip(targets, pasts, strict=True)]


def _of(rule: Rule, target: Target, past: Past, seconds: int) -> Preview:
    points = metric_of(rule).history(rule, past)
    if points is None:
        return Preview(target, possible=False)
    until = past.points[-1][0] + past.seconds
    since = max(until - seconds, _begun(past, points, until))
    found = replayed(rule, target, [(at, sample) for at, sample in points if at > since])
    return replace(found, deployed=tuple(each for each in past.deployed if each.at > since))


def _begun(past: Past, points: Sequence[Point], until: float) -> float:
    """Since when there is anything to go by; a source that never answered is known to be down all the same."""
    if past.since is not None:
        return past.since
    return min((at - past.seconds for at, sample in points if sample.value is not None), default=until)


def replayed(rule: Rule, target: Target, points: Sequence[Point]) -> Preview:
    """The same of points that are given, the oldest first."""
    standing, states, fired = Standing(), [], _Fired()
    for at, sample in points:
        before, standing = standing, evaluate(rule, sample, standing, at).standing
        states.append(standing.state)
        fired.note(before, standing, sample.value)
    values = [sample.value for _, sample in points if sample.value is not None]
    return Preview(
        target,
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
