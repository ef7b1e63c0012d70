"""Pages as a viewer feels them, on a filled server: `python -m benchmarks.pages --help`."""

from __future__ import annotations

import signal
import statistics
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.dead_letters.browser import timed
from benchmarks.dead_letters.fill import QUEUES
from benchmarks.dead_letters.latency import quantile
from benchmarks.dead_letters.report import Report
from benchmarks.dead_letters.stand import Stand
from benchmarks.in_chromium import FAST, KB, SLOW, Link, Loaded, clicks, load, morph, shift
from tests.browser import chromium
from tests.contract.seeders.queue_core import Seeder

MOST_PAINT = {FAST: 500.0, SLOW: 2_000.0}
MOST_SHIFT, MOST_MORPH, MOST_CLICK, MOST_SERVER, MOST_HTML, MOST_REQUESTS = 0.02, 16.0, 100.0, 150.0, 20 * KB, 8
ROWS = 100
WARM_SECONDS = 8.0
"""Jobs come for so long before a page is watched, so that news of the traffic itself is there already."""


@click.command()
@click.option("--jobs", type=int, default=20_000, show_default=True, help="Dead letters, over 8 queues and 200 groups.")
@click.option("--times", type=int, default=3, show_default=True, help="Loads of each page over each link.")
@click.option("--requests", type=int, default=60, show_default=True, help="Requests of each page to the server.")
@click.option("--watch", type=float, default=30.0, show_default=True, help="Seconds of live updates.")
def main(*, jobs: int, times: int, requests: int, watch: float) -> None:
    """Paint, layout shift, clicks, morphs and sizes of pages in a real Chromium."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every process it started is stopped
    report = Report(Console(width=132))
    stand = Stand(jobs, report.say)
    try:
        served = _served(stand, requests)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
            report.say(f"Chromium {browser.version}")
            _pages(report, browser, stand, served, times)
            _living(report, browser, stand, watch)
            _answering(report, browser, stand)
            browser.close()
    finally:
        stand.close()


def pages(stand: Stand) -> dict[str, str]:
    """One address of every kind of page."""
    known = {name: paths[0] for name, paths in stand.paths().items() if "JSON" not in name}
    wanted = {"groups page": "dead letters", "group page, first jobs": "group", "failed list, first": "jobs",
              "job page": "job"}  # fmt: skip
    queue = f"/queues/main/{QUEUES[0]}"
    others = {"overview": "/", "queues": "/queues", "queue": queue, "operations": "/operations", "workers": "/workers",
              "alerts": "/alerts", "audit": "/audit", "settings": "/settings"}  # fmt: skip
    return others | {words: known[name] for name, words in wanted.items()}


def _served(stand: Stand, requests: int) -> dict[str, tuple[float, float]]:
    """p50 and p95 of the server alone, in milliseconds."""
    found = {}
    for name, path in pages(stand).items():
        for _ in range(3):  # templates compiled, scripts loaded
            stand.browser.get(path)
        times = sorted(timed(stand.browser, path) for _ in range(requests))
        found[name] = quantile(times, 0.5), quantile(times, 0.95)
    return found


def _pages(report: Report, browser: Browser, stand: Stand, served: dict[str, tuple[float, float]], times: int) -> None:
    address = f"http://127.0.0.1:{stand.port}"
    found: dict[Link, dict[str, Loaded]] = {
        link: {name: load(browser, address, path, link, times) for name, path in pages(stand).items()}
        for link in (FAST, SLOW)
    }
    table = Table("page", "paint ms", "paint slow ms", "requests", "HTML kB", "all kB", "server p50 ms", "p95 ms",
                  title=f"Cold pages; the slow link is {SLOW.name}")  # fmt: skip
    for name, each in found[FAST].items():
        half, most = served[name]
        table.add_row(
            name, f"{each.paint:.0f}", f"{found[SLOW][name].paint:.0f}", str(each.requests), f"{each.html / KB:.1f}",
            f"{each.all / KB:.0f}", f"{half:.1f}", f"{most:.1f}",
        )  # fmt: skip
    report.console.print(table)
    for link, loaded in found.items():
        name, slowest = max(loaded.items(), key=lambda item: item[1].paint)
        words = f"largest contentful paint, {link.name}: {slowest.paint:.0f} ms at most ({name})"
        report.goal(slowest.paint <= MOST_PAINT[link], f"{words}, wanted {MOST_PAINT[link]:.0f}")
    _at_most(
        report, {name: each.requests for name, each in found[FAST].items()}, MOST_REQUESTS, "requests of a cold page"
    )
    _at_most(report, {name: each.html for name, each in found[FAST].items()}, MOST_HTML, "bytes of HTML as they travel")
    _at_most(report, {name: round(most, 1) for name, (_, most) in served.items()}, MOST_SERVER, "ms of the server, p95")


def _at_most(report: Report, found: dict[str, float] | dict[str, int], most: float, what: str) -> None:
    name, highest = max(found.items(), key=lambda item: item[1])
    report.goal(highest <= most, f"{what}: {highest:,} at most ({name}), wanted {most:,.0f}")


def _living(report: Report, browser: Browser, stand: Stand, seconds: float) -> None:
    """Layout shift while jobs come, succeed and fail."""
    known = pages(stand)
    for name in ("overview", "queue", "dead letters", "jobs"):
        with _traffic(stand):
            moved, answers, what = shift(browser, f"http://127.0.0.1:{stand.port}", known[name], seconds)
        words = f"{name}: layout shift {moved:.4f} in {seconds:.0f} s with {answers} live answers, wanted {MOST_SHIFT}"
        report.goal(moved < MOST_SHIFT and answers > 0, words + (f" (first {what[0]})" if what else ""))


@contextmanager
def _traffic(stand: Stand) -> Iterator[None]:
    """Jobs that succeed and fail, some each second, by a thread of their own."""
    over = threading.Event()
    seeder = Seeder(stand.server.url)

    def run() -> None:
        number = 0
        while not over.wait(0.5):
            number += 1
            queue = QUEUES[number % len(QUEUES)]
            seeder.succeeded(queue, 3)
            seeder.failed(queue, 1, error=f"ValueError: of kind {number % 4}", fingerprint=f"{number % 4:016x}")
            seeder.pending(queue, 1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        over.wait(WARM_SECONDS)
        yield
    finally:
        over.set()
        thread.join()


def _answering(report: Report, browser: Browser, stand: Stand) -> None:
    address, path = f"http://127.0.0.1:{stand.port}", pages(stand)["jobs"]
    slowest = clicks(browser, address, path, 10)
    high = quantile(slowest, 0.98) if slowest else 0.0
    report.goal(
        high <= MOST_CLICK, f"clicks and keys until the next frame: 98 % within {high:.0f} ms, wanted {MOST_CLICK:.0f}"
    )
    times = morph(browser, address, path, "jobs", ROWS, 30)
    for at, what in enumerate(("the script", "the script and the layout")):
        _morph(report, sorted(each[at] for each in times), what)


def _morph(report: Report, times: Sequence[float], what: str) -> None:
    half = statistics.median(times)
    words = f"morph of {ROWS} rows, {what}: fastest {times[0]:.1f}, p50 {half:.1f}, p95 {quantile(times, 0.95):.1f} ms"
    report.goal(half < MOST_MORPH, f"{words}, wanted under {MOST_MORPH:.0f}")


if __name__ == "__main__":
    main()
