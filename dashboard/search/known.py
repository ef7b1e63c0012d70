"""Values that are known: what the search completes, and what it offers instead of a value that matches nothing.

Queues, types, sources, states, workers and versions come from the shared snapshot; errors and paths of arguments from
one bounded reading, shared for ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from dashboard.adapters.contract import AdapterError, Queue, Selector, State
from dashboard.adapters.memo import Memo
from dashboard.adapters.snapshot import Snapshot
from dashboard.adapters.sources import Sources
from dashboard.language import gettext, ngettext, number
from dashboard.search.grammar import ARGUMENT

GROUPS_READ = 100
JOBS_READ = 100
SECONDS = 10.0
_DEEPEST = 4
_MOST_PATHS = 200


@dataclass(frozen=True, slots=True)
class Value:
    """A known value, and what is to be said of it: `1,204 failed`."""

    text: str
    note: str = ""


_Read = tuple[dict[str, int], dict[str, str]]
_readings: WeakKeyDictionary[Sources, Memo[_Read]] = WeakKeyDictionary()


def values(sources: Sources, name: str, *, source: str = "", queue: str = "") -> list[Value]:
    """Known values of a field, within a source and a queue where that narrows them; none for free text and times."""
    snapshot = sources.snapshot()
    queues = [each for each in snapshot.queues if source in ("", each.source)]
    known: dict[str, Callable[[], list[Value]]] = {
        "state": lambda: [Value(state.value) for state in State],
        "source": lambda: [
            Value(each.name, "" if each.up else gettext("does not answer")) for each in snapshot.sources
        ],
        "queue": lambda: _queues(queues),
        "type": lambda: _types(each for each in queues if queue in ("", each.name)),
        "worker": lambda: [Value(each.id, gettext("lost") if each.lost else each.host) for each in snapshot.workers],
        "version": lambda: _versions(snapshot),
        "error": lambda: [Value(name, jobs_words(count)) for name, count in _read(sources)[0].items()],
    }
    return known[name]() if name in known else []


def paths(sources: Sources) -> list[Value]:
    """Known words of arguments, `args.customer.id`, with a value as an example."""
    examples = sorted(_read(sources)[1].items())
    return [Value(f"{ARGUMENT}{path}", gettext("such as %(value)s", value=text)) for path, text in examples]


def jobs_words(count: int) -> str:
    """`3 jobs`."""
    return ngettext("%(num)s job", "%(num)s jobs", count)


def _queues(queues: Iterable[Queue]) -> list[Value]:
    found: dict[str, int] = {}
    for each in queues:
        found[each.name] = found.get(each.name, 0) + (each.failed or 0)
    return [
        Value(name, gettext("%(num)s failed", num=number(failed)) if failed else "") for name, failed in found.items()
    ]


def _types(queues: Iterable[Queue]) -> list[Value]:
    found: dict[str, set[str]] = {}
    for each in queues:
        for name in each.by_type:
            found.setdefault(name, set()).add(each.name)
    return [Value(name, ", ".join(sorted(within)[:2])) for name, within in sorted(found.items()) if name]


def _versions(snapshot: Snapshot) -> list[Value]:
    counts: dict[str, int] = {}
    for each in snapshot.workers:
        if each.version:
            counts[each.version] = counts.get(each.version, 0) + 1
    return [Value(each, ngettext("%(num)s worker", "%(num)s workers", count)) for each, count in counts.items()]


def _read(sources: Sources) -> _Read:
    memo = _readings.setdefault(sources, Memo(SECONDS))

    def read() -> _Read:
        try:
            groups = sources.groups(Selector(), order="count", limit=GROUPS_READ).items
            jobs = sources.sample(Selector(state=State.FAILED), limit=JOBS_READ).items
        except AdapterError:
            return {}, {}
        errors: dict[str, int] = {}
        for group in groups:
            if group.error_type:
                errors[group.error_type] = errors.get(group.error_type, 0) + group.count
        examples: dict[str, str] = {}
        for job in jobs:
            for path, example in _paths(job.payload.data, "", 0):
                if len(examples) < _MOST_PATHS:
                    examples.setdefault(path, example)
        return errors, examples

    return memo.get("all", read)


def _paths(data: Any, before: str, depth: int) -> Iterator[tuple[str, str]]:
    """Paths to single values; of a list, those of its first item."""
    if depth > _DEEPEST:
        return
    items: Iterable[tuple[str, Any]] = ()
    if isinstance(data, dict):
        items = ((key, value) for key, value in list(data.items())[:50] if isinstance(key, str) and "." not in key)
    elif isinstance(data, list) and data:
        items = (("0", data[0]),)
    elif before and isinstance(data, str | int | float | bool):
        yield before, str(data)[:24]
    for key, value in items:
        if 0 < len(key) <= 60 and not any(sign.isspace() or sign in '":' for sign in key):
            yield from _paths(value, f"{before}.{key}" if before else key, depth + 1)
