"""Checks that the data of one queue is whole: every job in exactly one place, every count and lock true."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from queue_core.audit import Audited, read
from queue_core.connection import Client, mapped_errors
from queue_core.schedules import RUNS_KEPT

_PLACES = {"p": "pend", "a": "lease", "s0": "sch", "r": "rty", "s": "ok", "x": "cx"}
_LIVE = ("p", "a", "s0", "r")
EDITS_KEPT = 64 * 1024 + 5 * 64
_OUTCOMES = ("o_s", "o_same", "o_new", "o_x", "o_u")


def audit(
    client: Client, name: str, namespace: str = "", *, expected_payloads: Mapping[str, bytes] | None = None
) -> list[str]:
    """Read a whole queue in bounded steps and tell what is wrong with it, one sentence each; empty when all is well.

    Exact while nothing changes the queue. On a busy queue, jobs that move between two steps are reported too; what a
    second audit does not repeat was such a move.

    Args:
        client: a client that returns bytes.
        name: queue name.
        namespace: prefix before every key.
        expected_payloads: job id -> stored payload of unfinished jobs; without it only the presence is checked.

    Raises:
        ServerUnavailable: Redis does not answer.
        InvalidJob: the name is not valid.
    """
    with mapped_errors():
        found = read(client, name, namespace, with_payloads=expected_payloads is not None)
    checks = (_places, _records, _counts, _attempts, _groups, _matrix, _types, _locks, _bounds, _operations, _schedules)
    problems = [problem for check in checks for problem in check(found)]
    if expected_payloads is not None:
        problems += _payloads(found, expected_payloads)
    return problems


def _place(record: Mapping[str, str]) -> str:
    """Where a job of that record must be."""
    state = record.get("st", "")
    if state == "d":
        return f"df:{record.get('fp', '')}"
    return f"tr:{record.get('tr', '')}" if state == "t" else _PLACES.get(state, "")


def _places(found: Audited) -> Iterator[str]:
    for job_id, record in found.records.items():
        places, due = [place for place, _ in found.places.get(job_id, ())], _place(record)
        if places != [due]:
            yield f"I1: job {job_id} has state {record.get('st')!r} and must be in {due!r}, but is in {places}"
        elif record["st"] == "d" and float(record.get("ds", "nan")) != found.places[job_id][0][1]:
            yield f"I1: job {job_id} died at {record.get('ds')} but is in its group at {found.places[job_id][0][1]:.0f}"
    for job_id, at in found.places.items():
        if len(at) > 1 and job_id not in found.records:
            yield f"I1: job {job_id} is in {[place for place, _ in at]}"


def _records(found: Audited) -> Iterator[str]:
    for job_id in found.places.keys() - found.records.keys():
        yield f"I2: {found.places[job_id][0][0]} has job {job_id}, which has no record"
    for kind, what in (("p", "payload"), ("e", "error detail"), ("k", "checkpoint"), ("b", "earlier payload")):
        for job_id in found.named[kind] - found.records.keys():
            yield f"I2: there is a {what} of job {job_id}, which has no record"
    for job_id, record in found.records.items():
        if record.get("st") not in ("s", "x") and job_id not in found.named["p"]:
            yield f"I5: job {job_id} has no payload"


def _counts(found: Audited) -> Iterator[str]:
    total, states = found.total, Counter(record.get("st") for record in found.records.values())
    unfinished = sum(states.values()) - states["s"] - states["x"]
    ended = total("s") + total("x") + total("tp")
    if total("e") + total("mi") != unfinished + ended + total("mo"):
        yield (
            f"I3: {total('e')} jobs were enqueued and {total('mi')} moved here,"
            f" {unfinished} are unfinished, {ended} ended and {total('mo')} moved away"
        )
    if total("orphan"):
        yield f"I3: {total('orphan')} entries without a record were dropped"
    leases = found.sizes.get("lease", 0)
    ends = total("s") + total("f") + total("rel") + total("xa")
    if total("c") != ends + leases:
        yield f"I4: {total('c')} leases were given, but {ends} have ended and {leases} run"


def _attempts(found: Audited) -> Iterator[str]:
    crash_max = int(found.meta.get("crash_max", "3"))
    for job_id, record in found.records.items():
        most = int(record.get("mr", "0"))  # -1 where another product does not tell how often it tries
        if not 0 <= int(record.get("at", "0")) <= (most + 1 if most >= 0 else math.inf):
            yield f"I6: job {job_id} made {record.get('at')} attempts and may make {int(record.get('mr', '0')) + 1}"
        if "rr" in record and int(record["rr"]) > int(record.get("rn", "0")):
            yield f"I6: job {job_id} was requeued after {record['rr']} runs and made {record.get('rn')} in all"
        if int(record.get("cr", "0")) > crash_max:
            yield f"I6: job {job_id} crashed {record['cr']} times and may crash {crash_max} times"


def _groups(found: Audited) -> Iterator[str]:
    sizes = {key[3:]: size for key, size in found.sizes.items() if key.startswith("df:")}
    for fingerprint in sorted(sizes.keys() | found.group_counts.keys()):
        counted, size = found.group_counts.get(fingerprint, 0), sizes.get(fingerprint, 0)
        if counted != size:
            yield f"I7: group {fingerprint} is counted as {counted:.0f} and holds {size}"
    if found.group_deaths != found.group_counts.keys():
        yield f"I7: {sorted(found.group_deaths ^ found.group_counts.keys())} are not in both indexes of groups"
    held = {job_id: score for job_id, at in found.places.items() for place, score in at if place.startswith("df:")}
    for job_id in sorted(held.keys() ^ found.dead.keys()):
        yield f"I7: job {job_id} is in {'its group' if job_id in held else 'the list of dead letters'} only"
    for job_id in sorted(held.keys() & found.dead.keys()):
        if held[job_id] != found.dead[job_id]:
            yield f"I7: job {job_id} is in its group at {held[job_id]:.0f}, among all at {found.dead[job_id]:.0f}"
    dead = sum(map(found.total, ("d", "uq", "dr", "md"))) - found.total("dq") - found.total("dp")
    if dead != sum(sizes.values()):
        yield f"I7: the counters tell of {dead} dead letters, the groups hold {sum(sizes.values())}"


def _matrix(found: Audited) -> Iterator[str]:
    real = Counter(f"{record.get('ty')}|{record.get('st')}" for record in found.records.values())
    for cell in sorted(real.keys() | found.matrix.keys()):
        if real[cell] != found.matrix.get(cell, 0):
            yield f"I7: {cell} is counted as {found.matrix.get(cell, 0)} and is {real[cell]}"


def _types(found: Audited) -> Iterator[str]:
    for kind, whole in (("ts", "s"), ("tf", "f")):
        told = sum(count for name, count in found.counters.items() if name.startswith(f"{kind}|"))
        if told > found.total(whole):
            yield f"I7: {told} attempts are counted by type in {kind}, and {found.total(whole)} in all"
    places = sorted(count for name, count in found.counters.items() if name.startswith("ti|"))
    if places != list(range(1, found.total("types") + 1)):
        yield f"I7: {found.total('types')} job types are numbered {places}"


def _locks(found: Audited) -> Iterator[str]:
    holders: dict[str, str] = {}
    for job_id, record in found.records.items():
        if record.get("um") == "end" and record.get("st") in _LIVE:
            key = record.get("un", "")
            if key in holders:
                yield f"I8: jobs {holders[key]} and {job_id} both hold unique key {key}"
            holders[key] = job_id
            if found.locks.get(key) != job_id:
                yield f"I8: job {job_id} must hold unique key {key}, which names {found.locks.get(key, 'nobody')}"
    for key, holder in found.locks.items():
        record = found.records.get(holder, {})
        if record.get("un") != key or record.get("st") not in _LIVE:
            yield f"I8: unique key {key} is held for {holder}, which does not need it"


def _bounds(found: Audited) -> Iterator[str]:
    for key, cap in (("ok", int(found.meta.get("ok_cap", "10000"))), ("cx", int(found.meta.get("cx_cap", "1000")))):
        if found.sizes.get(key, 0) > cap:
            yield f"I13: {key} holds {found.sizes[key]} jobs and may hold {cap}"
    for job_id, size in found.edit_sizes.items():
        if size > EDITS_KEPT:
            yield f"I13: {size} bytes are kept of the edits of job {job_id}, which may be {EDITS_KEPT}"


def _operations(found: Audited) -> Iterator[str]:
    for operation, job_ids in found.requeued.items():
        for job_id in job_ids:
            record = found.records.get(job_id, {})
            if record.get("st") != "p" or record.get("op") != operation:
                yield f"I15: operation {operation} may undo job {job_id}, which is not pending by it"
    for operation, fields in found.operations.items():
        told = sum(int(count) for name, count in fields.items() if name.startswith("e|"))
        if told > int(fields.get("o_new", "0")):
            yield f"I15: operation {operation} tells of {told} new errors, {fields.get('o_new', '0')} jobs had one"
    under_way = Counter(record.get("op") for record in found.records.values() if record.get("st") in ("p", "a", "r"))
    for operation, fields in found.operations.items():
        known = sum(int(fields.get(name, "0")) for name in _OUTCOMES) + under_way[operation]
        if fields.get("kind") == "requeue" and known > int(fields.get("done", "0")):
            yield f"I15: operation {operation} requeued {fields.get('done')} jobs, {known} ended or are under way"


def _schedules(found: Audited) -> Iterator[str]:
    for name in sorted(found.instants.keys() | found.schedules.keys() | found.runs.keys()):
        if name not in found.instants or name not in found.schedules:
            yield f"I16: schedule {name} is not both in cr and in a key of its own"
            continue
        fields, runs = found.schedules[name], found.runs.get(name, {})
        if ("paused" in fields) != (found.instants[name] == 0):
            how = "paused" if "paused" in fields else "active"
            yield f"I16: schedule {name} is {how}, and its place is {found.instants[name]:.0f}"
        if len(runs) > RUNS_KEPT:
            yield f"I13: {len(runs)} runs of schedule {name} are kept, which may be {RUNS_KEPT}"
        fired = [int(row.split()[0]) for row in runs.values() if row.split()[2] == "s"]
        if fired and max(fired) != int(fields.get("last", "0")):
            yield f"I11: schedule {name} ran {fields.get('last')} last and remembers {max(fired)}"
        yield from _runs(found, name, runs)


def _runs(found: Audited, name: str, runs: Mapping[str, str]) -> Iterator[str]:
    for job_id, row in runs.items():
        state, end = found.records.get(job_id, {}).get("st"), row.split()[3:4]
        if state in ("s", "d", "x") and end != [state]:
            yield f"I16: job {job_id} of schedule {name} is {state} and is remembered as {end or 'not ended'}"


def _payloads(found: Audited, expected: Mapping[str, bytes]) -> Iterator[str]:
    for job_id, record in found.records.items():
        if record.get("st") not in ("s", "x") and found.payloads.get(job_id) != expected.get(job_id):
            yield f"I5: the payload of job {job_id} is not the one it was given"
