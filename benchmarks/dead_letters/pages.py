"""How long pages take and what they cost, with few and with many dead letters: asked in turns, to share the noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.dead_letters import cost, processes
from benchmarks.dead_letters.browser import timed
from benchmarks.dead_letters.latency import quantile
from benchmarks.dead_letters.stand import Stand
from benchmarks.resting import rest

SHARED_SECONDS = 1.2


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of page with one number of dead letters; times in milliseconds.

    alone: the cost of one page that shares no reading with another.
    """

    page: str
    jobs: int
    p50: float
    p99: float
    cpu: float
    alone: cost.Cost


def measure(stands: Sequence[Stand], requests: int) -> list[Measured]:
    """Every kind of page on every stand."""
    found: list[Measured] = []
    paths = [stand.paths() for stand in stands]
    for page in paths[0]:
        found += _page(page, stands, [each[page] for each in paths], requests)
    return found


def _page(page: str, stands: Sequence[Stand], paths: Sequence[Sequence[str]], requests: int) -> list[Measured]:
    for stand, own in zip(stands, paths, strict=True):  # connected, scripts loaded, templates compiled
        for path in own[:3]:
            stand.browser.get(path)
    alone = _alone(stands, paths)
    before = [processes.cpu_seconds(stand.web.pid) for stand in stands]
    times: list[list[float]] = [[] for _ in stands]
    for number in range(requests):
        for stand, own, each in zip(stands, paths, times, strict=True):
            each.append(timed(stand.browser, own[number % len(own)]))
    found = []
    for stand, each, begun, cost_alone in zip(stands, times, before, alone, strict=True):
        each.sort()
        cpu = (processes.cpu_seconds(stand.web.pid) - begun) * 1_000 / requests
        found.append(Measured(page, stand.jobs, quantile(each, 0.5), quantile(each, 0.99), cpu, cost_alone))
    return found


def _alone(stands: Sequence[Stand], paths: Sequence[Sequence[str]]) -> list[cost.Cost]:
    rest(SHARED_SECONDS)
    found = []
    for stand, own in zip(stands, paths, strict=True):

        def again(stand: Stand = stand, path: str = own[0]) -> None:
            rest(SHARED_SECONDS)
            stand.browser.get(path)

        found.append(cost.Meter(stand.client).one(partial(stand.browser.get, own[-1]), again))
    return found
