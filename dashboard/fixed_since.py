"""Whether anything was changed since a group's last failure, as far as its workers tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.adapters.contract import ErrorGroup, Worker
from dashboard.arrivals import serving

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """kind: `good` when every worker is new since the failure, `warn` when some or none are, `off` when not known."""

    kind: Literal["good", "warn", "off"]
    title: str
    words: str


def fixed_since(rows: Sequence[ErrorGroup], workers: Iterable[Worker]) -> Verdict:
    """Compare the workers that serve the group's queues with the last failure.

    Args:
        rows: the group in each queue, at least one.
        workers: of all sources.
    """
    last = max(rows, key=lambda row: row.last_seen)
    there = serving(rows, workers)
    queues = _names({row.queue for row in rows})
    if not there:
        return Verdict("off", "Not known", f"No worker serves {queues} now.")
    known = [worker for worker in there if worker.started_at is not None]
    if not known:
        return Verdict("off", "Not known", f"The workers of {queues} do not say when they started.")
    newer = [worker for worker in known if (worker.started_at or 0.0) > last.last_seen]
    if not newer:
        return Verdict("warn", "Nothing changed", _unchanged(there, last, queues))
    if len(newer) < len(there):
        words = f"{len(newer)} of {len(there)} workers of {queues} started since the last failure{_now(newer, last)}."
        return Verdict("warn", "Not everywhere", words)
    return _all_newer(newer, last, queues)


def _unchanged(there: Sequence[Worker], last: ErrorGroup, queues: str) -> str:
    words = f"No worker of {queues} has started since the last failure"
    other = sorted({worker.version for worker in there if last.version and worker.version not in ("", last.version)})
    if other:
        return f"{words}, which was on {last.version}; {_names(other)} runs beside it."
    return f"{words}; it was on {last.version}." if last.version else f"{words}."


def _all_newer(newer: Sequence[Worker], last: ErrorGroup, queues: str) -> Verdict:
    each = f"The only worker of {queues} has" if len(newer) == 1 else f"All {len(newer)} workers of {queues} have"
    words = f"{each} started since the last failure"
    versions = {worker.version for worker in newer}
    if last.version and versions == {last.version}:
        return Verdict("warn", "Restarted, same version", f"{words}, and still run{_s(newer)} {last.version}.")
    if last.version and last.version not in versions and "" not in versions:
        return Verdict("good", "New version since", f"{words}{_now(newer, last)}.")
    return Verdict("good", "Restarted since", f"{words}{_now(newer, last)}.")


def _now(newer: Sequence[Worker], last: ErrorGroup) -> str:
    versions = sorted({worker.version for worker in newer if worker.version})
    if not versions:
        return ""
    before = f", after {last.version}" if last.version and last.version not in versions else ""
    return f", now with {_names(versions)}{before}"


def _s(workers: Sequence[Worker]) -> str:
    return "s" if len(workers) == 1 else ""


def _names(names: Iterable[str]) -> str:
    """`billing, emails and 2 more`."""
    ordered = sorted(names)
    shown = ordered[:MOST_NAMES]
    if len(ordered) > MOST_NAMES:
        return f"{', '.join(shown)} and {len(ordered) - MOST_NAMES} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
