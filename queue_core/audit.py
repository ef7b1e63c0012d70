"""Reads everything of one queue, in bounded steps, for `queue_core.invariants`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from queue_core.connection import Client
from queue_core.keys import QueueKeys
from queue_core.replies import text

STEP = 500
_RESIDENCES = ("pend", "lease", "sch", "rty", "ok", "cx")
_FIELDS = ("st", "ty", "at", "mr", "cr", "un", "um", "fp", "ds", "op", "tr", "rn", "rr", "ed")
_NAMED = ("j", "p", "e", "k", "b", "u", "df", "tr", "oq", "op", "cr", "crh")
_SCHEDULE = ("paused", "last")


@dataclass(slots=True)
class Audited:
    """What was read.

    named: kind of key -> names of that kind. places: job id -> (residence, score). sizes: residence -> members.
    locks: unique key -> job id, of keys without an expiry. requeued: operation -> jobs it can still take back.
    edit_sizes: job id -> bytes kept of its earlier arguments. instants: schedule -> next instant.
    schedules: schedule -> some fields of it. runs: schedule -> job id -> what is remembered of it.
    dead: job id -> score in the list of all dead letters.
    """

    named: dict[str, set[str]]
    meta: dict[str, str]
    counters: dict[str, int]
    matrix: dict[str, int]
    group_counts: dict[str, float]
    group_deaths: set[str]
    dead: dict[str, float] = field(default_factory=dict)
    places: dict[str, list[tuple[str, float]]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, int] = field(default_factory=dict)
    records: dict[str, dict[str, str]] = field(default_factory=dict)
    locks: dict[str, str] = field(default_factory=dict)
    requeued: dict[str, list[str]] = field(default_factory=dict)
    operations: dict[str, dict[str, str]] = field(default_factory=dict)
    payloads: dict[str, bytes] = field(default_factory=dict)
    edit_sizes: dict[str, int] = field(default_factory=dict)
    instants: dict[str, float] = field(default_factory=dict)
    schedules: dict[str, dict[str, str]] = field(default_factory=dict)
    runs: dict[str, dict[str, str]] = field(default_factory=dict)

    def total(self, counter: str) -> int:
        """A total counter, 0 when it was never moved."""
        return self.counters.get(counter, 0)


def read(client: Client, name: str, namespace: str = "", *, with_payloads: bool = False) -> Audited:
    """Read a queue with SCAN and pages of at most 500 members, records or payloads."""
    keys = QueueKeys.of(name, namespace)
    found = Audited(
        _names(client, keys.prefix),
        _text(client.hgetall(keys.meta)),
        _numbers(client, keys.counters),
        _numbers(client, keys.matrix),
        dict(_members(client, keys.group_counts)),
        {fingerprint for fingerprint, _ in _members(client, keys.group_last)},
    )
    _read_places(client, keys, found)
    _read_named(client, keys, found)
    _read_schedules(client, keys, found)
    if with_payloads:
        for chunk in _chunks(sorted(found.named["p"])):
            values = client.mget([keys.payload(job_id) for job_id in chunk])
            found.payloads |= {i: v for i, v in zip(chunk, values, strict=True) if isinstance(v, bytes)}
    return found


def _names(client: Client, prefix: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {kind: set() for kind in _NAMED}
    pattern = re.sub(r"([*?\[\]\\])", r"\\\1", prefix) + "*"
    for key in client.scan_iter(match=pattern, count=STEP):
        kind, _, rest = text(key)[len(prefix) :].partition(":")
        if rest and kind in found:
            found[kind].add(rest)
    return found


def _read_places(client: Client, keys: QueueKeys, found: Audited) -> None:
    named = [f"{kind}:{name}" for kind in ("df", "tr") for name in sorted(found.named[kind])]
    for residence in (*_RESIDENCES, *named):
        size = 0
        for job_id, score in _members(client, keys.prefix + residence):
            found.places[job_id].append((residence, score))
            size += 1
        found.sizes[residence] = size
    found.dead = dict(_members(client, keys.dead))
    for operation in sorted(found.named["oq"]):
        found.requeued[operation] = [job_id for job_id, _ in _members(client, keys.requeued(operation))]


def _read_named(client: Client, keys: QueueKeys, found: Audited) -> None:
    for chunk in _chunks(sorted(found.named["j"])):
        rows = _piped(client, lambda pipe, job_id: pipe.hmget(keys.job(job_id), _FIELDS), chunk)
        for job_id, values in zip(chunk, rows, strict=True):
            found.records[job_id] = {f: text(v) for f, v in zip(_FIELDS, values, strict=True) if v is not None}
    for chunk in _chunks(sorted(found.named["b"])):
        sizes = _piped(client, lambda pipe, job_id: pipe.strlen(keys.edits(job_id)), chunk)
        found.edit_sizes |= {job_id: int(size) for job_id, size in zip(chunk, sizes, strict=True)}
    for chunk in _chunks(sorted(found.named["op"])):
        rows = _piped(client, lambda pipe, operation: pipe.hgetall(keys.operation(operation)), chunk)
        found.operations |= {operation: _text(row) for operation, row in zip(chunk, rows, strict=True)}
    for chunk in _chunks(sorted(found.named["u"])):
        holders = client.mget([keys.unique(key) for key in chunk])
        lives = _piped(client, lambda pipe, key: pipe.pttl(keys.unique(key)), chunk)
        for key, holder, life in zip(chunk, holders, lives, strict=True):
            if holder is not None and int(life) < 0:
                found.locks[key] = text(holder)


def _read_schedules(client: Client, keys: QueueKeys, found: Audited) -> None:
    found.instants = dict(_members(client, keys.schedules))
    for chunk in _chunks(sorted(found.named["cr"])):
        rows = _piped(client, lambda pipe, name: pipe.hmget(keys.schedule(name), _SCHEDULE), chunk)
        for name, values in zip(chunk, rows, strict=True):
            found.schedules[name] = {f: text(v) for f, v in zip(_SCHEDULE, values, strict=True) if v is not None}
    for chunk in _chunks(sorted(found.named["crh"])):
        rows = _piped(client, lambda pipe, name: pipe.hgetall(keys.schedule_runs(name)), chunk)
        found.runs |= {name: _text(row) for name, row in zip(chunk, rows, strict=True)}


def _piped(client: Client, ask: Callable[[Any, str], Any], names: Sequence[str]) -> list[Any]:
    pipeline = client.pipeline(transaction=False)
    for name in names:
        ask(pipeline, name)
    return list(pipeline.execute())


def _text(reply: Mapping[Any, Any]) -> dict[str, str]:
    return {text(key): text(value) for key, value in reply.items()}


def _numbers(client: Client, key: str) -> dict[str, int]:
    return {name: int(value) for name, value in _text(client.hgetall(key)).items()}


def _members(client: Client, key: str) -> Iterator[tuple[str, float]]:
    """Members of a sorted set in pages."""
    start = 0
    while page := cast("list[tuple[bytes, float]]", client.zrange(key, start, start + STEP - 1, withscores=True)):
        yield from ((text(member), float(score)) for member, score in page)
        start += STEP


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + STEP] for start in range(0, len(names), STEP))
