"""`redrive doctor`: is the Redis fit to hold jobs, can channels be reached, and how to mend what is not."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import redis

from dashboard.adapters.snapshot import mask_url
from dashboard.adapters.sources import Sources
from dashboard.cli import DONE, FAILED, UNREACHABLE, cost
from dashboard.cli.channels import examined
from dashboard.cli.options import connection_options, settings_of_running
from dashboard.cli.output import json_option, print_json, print_table
from queue_core.connection import Client, connect

_OLDEST = (6, 2)


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `mend` says what to do when it is not fine."""

    source: str
    what: str
    fine: bool
    found: str
    mend: str = ""


@click.command("doctor")
@connection_options
@click.option(
    "--cost",
    "seconds",
    type=click.IntRange(1, 600),
    is_flag=False,
    flag_value=10,
    help="Measure for so many seconds what the dashboard asks of each Redis while nobody looks.",
)
@json_option
def command(
    *,
    config: Path | None,
    sources: tuple[dict[str, str], ...],
    redis_url: str | None,
    seconds: int | None,
    as_json: bool,
) -> int:
    """Check each source's Redis (reach, version, eviction, persistence, latency and clock) and each channel."""
    settings = settings_of_running(config, sources, redis_url)
    if seconds:
        return _print_cost(Sources.from_settings(settings), seconds, as_json=as_json)
    findings = [finding for each in settings.sources for finding in examine(each.name, each.url)]
    findings += [Finding(name, "channel", fine, found, mend) for name, fine, found, mend in examined(settings)]
    if as_json:
        print_json({"items": [dataclasses.asdict(finding) for finding in findings]})
    else:
        rows = ((f.source, f.what, "fine" if f.fine else "mend", f.found, "" if f.fine else f.mend) for f in findings)
        print_table(("source", "checked", "", "found", "how to mend"), rows, empty="")
    if any(finding.what == "reach" and not finding.fine for finding in findings):
        return UNREACHABLE
    return DONE if all(finding.fine for finding in findings) else FAILED


def _print_cost(sources: Sources, seconds: int, *, as_json: bool) -> int:
    costs = list(cost.measure(sources, seconds))
    if as_json:
        print_json({"items": [dataclasses.asdict(each) | {"fine": each.fine} for each in costs]})
    else:
        rows = ((
            each.source, "fine" if each.fine else "too much", f"{each.commands_per_second:.1f}",
            f"{each.longest_ms:.1f} ms", each.slowest, each.error,
        ) for each in costs)  # fmt: skip
        print_table(("source", "", "commands/s", "longest round trip", "of", "error"), rows, empty="no source")
    if any(each.error for each in costs):
        return UNREACHABLE
    return DONE if all(each.fine for each in costs) else FAILED


def examine(source: str, url: str) -> Iterator[Finding]:
    """Look at one Redis; nothing is changed."""
    client = connect(url, timeout=3)
    try:
        seconds = _round_trip(client)
        info: dict[str, Any] = client.info()
        clock = client.time()
    except redis.RedisError as error:
        mend = f"start the server, or mend the address {mask_url(url)}, its password or the network"
        yield Finding(source, "reach", False, str(error), mend)
        return
    finally:
        client.close()
    yield Finding(source, "reach", True, mask_url(url))
    yield _latency(source, seconds)
    for check in _CHECKS:
        yield check(source, info)
    yield _clock(source, clock[0] + clock[1] / 1e6)


def _round_trip(client: Client) -> float:
    client.ping()
    taken = []
    for _ in range(9):
        started = time.perf_counter()
        client.ping()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[4]


def _latency(source: str, seconds: float) -> Finding:
    mend = "run the dashboard and the workers nearer to the Redis"
    return Finding(source, "latency", seconds < 0.02, f"{seconds * 1000:.1f} ms a round trip", mend)


def _clock(source: str, server: float) -> Finding:
    apart = server - time.time()
    said = f"{apart:+.1f} s from here" if abs(apart) >= 0.05 else "as here"
    return Finding(source, "clock", abs(apart) < 2, said, "keep both machines in time by NTP")


def _version(source: str, info: dict[str, Any]) -> Finding:
    name = "Valkey" if "valkey_version" in info else "Redis"
    text = str(info.get("valkey_version") or info.get("redis_version", "0"))
    major, minor = (int(part) for part in [*text.split("."), "0"][:2])
    return Finding(source, "version", (major, minor) >= _OLDEST, f"{name} {text}", "use Redis 6.2 or newer, or Valkey")


def _eviction(source: str, info: dict[str, Any]) -> Finding:
    policy = str(info.get("maxmemory_policy", "unknown"))
    mend = "set maxmemory-policy noeviction; any other policy may delete jobs when memory is short"
    return Finding(source, "eviction", policy == "noeviction", f"maxmemory-policy {policy}", mend)


def _persistence(source: str, info: dict[str, Any]) -> Finding:
    on = bool(int(info.get("aof_enabled", 0)))
    mend = "set appendonly yes and appendfsync everysec; otherwise a restart of the server loses jobs"
    return Finding(source, "persistence", on, "append-only file" if on else "no append-only file", mend)


_CHECKS: tuple[Callable[[str, dict[str, Any]], Finding], ...] = (_version, _eviction, _persistence)
