"""Fills, watches and prints: `python -m benchmarks.watching --help`."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.parse import quote

import click
import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.dead_letters import processes
from benchmarks.dead_letters.browser import Browser, timed
from benchmarks.dead_letters.report import Report
from benchmarks.resting import rest
from benchmarks.watching import asked, fill
from queue_core.connection import Client, connect
from tests.conftest import RealServer, free_port

MOST_COMMANDS = 20.0


@click.command()
@click.option("--jobs", type=int, default=1_000_000, show_default=True, help="Waiting in each of two queues.")
@click.option("--failures", type=int, default=20_000, show_default=True, help="Failed jobs of RQ.")
@click.option("--watch", "seconds", type=int, default=60, show_default=True, help="Seconds nobody looks.")
def main(*, jobs: int, failures: int, seconds: int) -> None:
    """What watching long queues of RQ and Celery costs their Redis."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every process it started is stopped
    report = Report(Console(width=132))
    with ExitStack() as stack:
        server = RealServer("--appendonly", "no").start()
        stack.callback(server.close)
        fill.fill(server.url, jobs, failures, report.say)
        client = connect(server.url, timeout=60)
        store = RealServer("--appendonly", "no").start()
        stack.callback(store.close)
        port = free_port()
        web = _serve(server.url, store.url, port)
        stack.callback(processes.stop, web)
        browser = Browser(port)
        stack.callback(browser.close)
        asked.watch_slow(client)
        _until_known(browser, report, failures)
        _slowest(report, client, "while the failures were indexed")
        _until_found(browser, report)
        _idle(report, server.url, client, seconds)
        _looked_at(report, server.url, client, browser)


def _serve(url: str, store: str, port: int) -> subprocess.Popen[str]:
    sources = ("--source", f"rq=rq:{url}", "--source", f"celery=celery:{url}")
    return processes.python("dashboard", "serve", *sources, "--port", str(port), REDRIVE_STORE=store)


def _until_known(browser: Browser, report: Report, failures: int) -> None:
    """Wait until the dashboard answers and every failure is in its index."""
    began, known = time.perf_counter(), -1
    while known < failures and time.perf_counter() - began < 900:
        time.sleep(0.5)
        with contextlib.suppress(OSError):
            groups = orjson.loads(browser.get("/api/v1/dead/groups?source=rq"))
            known = sum(each["count"] for each in groups["items"])
    report.goal(known == failures, f"{known:,} of {failures:,} failures indexed in {time.perf_counter() - began:.0f} s")


def _until_found(browser: Browser, report: Report) -> None:
    """Wait until the queue of Celery, whose name is in no list of names, was found among all keys."""
    began = time.perf_counter()
    while time.perf_counter() - began < 900:
        with contextlib.suppress(OSError):
            browser.get(f"/api/v1/queues/celery/celery-{fill.QUEUE}")
            break
        time.sleep(0.5)
    report.say(f"   Celery's queue was found {time.perf_counter() - began:.0f} s later")


def _idle(report: Report, url: str, client: Client, seconds: int) -> None:
    """Time first and count then, since MONITOR slows every command down."""
    asked.watch_slow(client)
    rest(seconds)
    _slowest(report, client, "while nobody looked")
    with asked.Asked(url) as counted:
        rest(seconds)
    rate = counted.sent / counted.seconds / 2
    often = ", ".join(f"{name} {count / counted.seconds:.1f}" for name, count in counted.names.most_common(6))
    report.goal(rate <= MOST_COMMANDS, f"{rate:.1f} commands a second and source while nobody looks ({often})")
    report.say(f"   scripts ran {counted.inside / counted.seconds:.1f} commands a second inside")


def _looked_at(report: Report, url: str, client: Client, browser: Browser) -> None:
    table = Table("page", "ms", "commands", "inside scripts", "longest command, ms", title="Pages of one viewer")
    for path in _paths(browser):
        with asked.Asked(url) as counted:
            browser.get(path)
        rest(1.1)  # a reading is shared for a second
        asked.watch_slow(client, 0.05)
        took = timed(browser, path)
        rows = asked.slowest(client)
        longest = f"{rows[0][1]:.2f}" if rows else "under 0.05"
        table.add_row(path[:90], f"{took:.0f}", str(counted.sent), str(counted.inside), longest)
    report.console.print(table)
    asked.watch_slow(client)
    for _ in range(5):
        for path in _paths(browser):
            browser.get(path)
    _slowest(report, client, "while pages were looked at")


def _paths(browser: Browser) -> list[str]:
    paths = ["/", "/queues", "/jobs", "/dead", "/workers"]
    for source, queue in (("rq", fill.QUEUE), ("celery", f"celery-{fill.QUEUE}")):
        listed = f"/api/v1/jobs?source={source}&queue={queue}&state=pending&limit=50"
        page = orjson.loads(browser.get(listed))
        paths += [f"/queues/{source}/{queue}", f"/queues/{source}/{queue}/jobs?state=pending", listed]
        if page["next_cursor"]:
            paths.append(f"{listed}&cursor={quote(page['next_cursor'])}")
        paths.append(f"/jobs/{source}/{queue}/{quote(page['items'][-1]['id'])}")
    return paths


def _slowest(report: Report, client: Client, when: str) -> None:
    rows = asked.slowest(client)
    longest = rows[0][1] if rows else 0.0
    over = sum(milliseconds > asked.SLOW_MILLISECONDS for _, milliseconds in rows)
    said = f"{longest:.1f} ms" if rows else "under 1 ms"
    report.goal(not over, f"the longest command {when} took {said}; {over} over {asked.SLOW_MILLISECONDS:.0f} ms")
    for name, milliseconds in rows[:3]:
        report.say(f"   {milliseconds:6.1f} ms  {name[:110]}")


if __name__ == "__main__":
    main()
