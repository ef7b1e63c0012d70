"""Fills, measures and prints: `python -m benchmarks.dead_letters --help`."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack
from functools import partial

import click
from rich.console import Console

from benchmarks.dead_letters import cost, fill, pages, peers, requeue
from benchmarks.dead_letters.browser import rate, timed
from benchmarks.dead_letters.latency import quantile
from benchmarks.dead_letters.peers import Listed, NotMeasured
from benchmarks.dead_letters.report import Report
from benchmarks.dead_letters.stand import Stand
from tests.conftest import RealServer

AUDITED = 1_000
LISTS = {
    "JSON list, first 10": "JSON list, first 10",
    "JSON list, middle 10": "JSON list, middle 10",
    "JSON list, first 50": "JSON list, first 50",
    "JSON list, middle 50": "JSON list, middle 50",
    "failed list, first": "HTML page, first 50",
    "failed list, middle": "HTML page, middle 50",
}


@click.command()
@click.option("--jobs", "sizes", type=int, multiple=True, default=(1_000, 100_000, 1_000_000), show_default=True)
@click.option("--ten-million", is_flag=True, help="Fill 10,000,000 too; needs 24 GiB of free memory.")
@click.option("--small", is_flag=True, help="1,000 and 20,000 dead letters, fewer requests.")
@click.option("--requests", type=int, default=300, show_default=True, help="Requests of each page.")
@click.option("--load", type=float, default=3.0, show_default=True, help="Seconds that eight clients read a list.")
@click.option("--peer-jobs", type=int, default=100_000, show_default=True, help="Failed jobs of each peer.")
@click.option("--peers/--no-peers", "with_peers", default=True, show_default=True)
@click.option("--requeue/--no-requeue", "with_requeue", default=True, show_default=True)
def main(
    *, sizes: tuple[int, ...], ten_million: bool, small: bool, requests: int, load: float, peer_jobs: int,
    with_peers: bool, with_requeue: bool,
) -> None:  # fmt: skip
    """The dead-letter desk at scale, as ratios to something measured in the same run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every process it started is stopped
    report = Report(Console(width=132))
    if small:
        sizes, requests, peer_jobs = (1_000, 20_000), 60, 20_000
    if ten_million:
        sizes = (*sizes, 10_000_000)
    _audited(report, min(AUDITED, *sizes))
    theirs, retried = _peers(report, peer_jobs, requests) if with_peers else ([], None)
    with ExitStack() as stack:
        stands = []
        for size in sorted(sizes):
            stands.append(Stand(size, report.say))
            stack.callback(stands[-1].close)
        _read(report, stands, requests, load, peer_jobs, theirs)
        if with_requeue:
            cost.forget_slow(stands[-1].client)
            report.requeued(requeue.measure(stands[-1]), retried, peer_jobs)
            report.slow(f"while {stands[-1].jobs:,} jobs were requeued", cost.slow(stands[-1].client))


def _audited(report: Report, jobs: int) -> None:
    """Prove that the fill breaks no rule of the engine."""
    server = RealServer("--appendonly", "no").start()
    fill.fill(server.url, jobs)
    found = fill.problems(server.url)
    server.close()
    report.goal(
        not found, f"the audit finds {len(found) or 'nothing'} wrong with {jobs:,} filled jobs {found[:3] or ''}"
    )


def _read(
    report: Report, stands: list[Stand], requests: int, load: float, peer_jobs: int, theirs: list[Listed]
) -> None:
    for stand in stands:
        cost.forget_slow(stand.client)
    measured = pages.measure(stands, requests)
    report.pages(measured)
    for stand in stands:
        report.slow(f"pages with {stand.jobs:,}", cost.slow(stand.client))
    nearest = min(stands, key=lambda stand: abs(stand.jobs - peer_jobs))
    report.lists(_ours(nearest, requests, load), theirs, nearest.jobs)


def _ours(stand: Stand, requests: int, load: float) -> list[Listed]:
    paths = stand.paths()
    found = []
    for page, name in LISTS.items():
        own = paths[page]
        commands = cost.Meter(stand.client).one(partial(stand.browser.get, own[0]), lambda: None).sent
        times = sorted(timed(stand.browser, own[number % len(own)]) for number in range(requests))
        many = rate(stand.port, own, 8, load)
        found.append(Listed(name, quantile(times, 0.5), quantile(times, 0.99), commands, many))
    return found


def _peers(report: Report, jobs: int, requests: int) -> tuple[list[Listed], float | None]:
    found: list[Listed] = []
    retried: float | None = None
    try:
        lists, retried = peers.bull_board(jobs, requests)
        found += lists
    except (NotMeasured, OSError) as error:
        report.say(f"not measured: bull-board ({error})")
    try:
        found += peers.rq_dashboard(jobs, requests)
    except (NotMeasured, OSError) as error:
        report.say(f"not measured: rq-dashboard ({error})")
    return found, retried


if __name__ == "__main__":
    main()
