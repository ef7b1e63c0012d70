"""Sources made of what was found: how they are called, and which of them a dashboard shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from dashboard.adapters import discovery
from dashboard.finding.finder import Found
from dashboard.settings import Settings, SourceSettings

LONGEST = 48

Look = Callable[[str], Sequence[Found]]


def expanded(settings: Settings, looked: Look) -> Settings:
    """The settings with a source for each kind that is found where a source says `find`.

    Such a source stays itself when its own kind is there, or nothing else is. A Redis of which another source is
    configured is not looked at.

    Args:
        settings: as they were read.
        looked: gives what is found at an address.
    """
    sources: list[SourceSettings] = []
    for source in settings.sources:
        others = [each for each in settings.sources if each is not source and each.url == source.url]
        sources += named(source, looked(source.url)) if source.find and not others else [source]
    return settings.model_copy(update={"sources": tuple(_distinct(sources))})


def named(source: SourceSettings, found: Iterable[Found]) -> list[SourceSettings]:
    """Sources of what was found at one's address: its own kind under its own name, others with their kind behind it."""
    known = discovery.factories()
    made: list[SourceSettings] = []
    for each in found:
        if each.kind not in known:
            continue
        name = "-".join(filter(None, (source.name, each.kind if each.kind != source.kind else "", _part(each))))
        made.append(source.model_copy(update={
            "name": name[:LONGEST], "kind": each.kind, "namespace": each.namespace, "options": dict(each.options),
            "find": False,
        }))  # fmt: skip
    own = [each for each in made if each.kind == source.kind and each.namespace == source.namespace]
    rest = [each for each in made if each not in own]
    return [source, *rest] if own or not made else rest


def _part(found: Found) -> str:
    """What tells it from others of its kind, in characters that names may have."""
    text = found.namespace or next(iter(found.options.values()), "")
    return re.sub(r"[^A-Za-z0-9_.]+", "-", text).strip("-.")


def _distinct(sources: Iterable[SourceSettings]) -> Iterable[SourceSettings]:
    taken: set[str] = set()
    for source in sources:
        name, number = source.name, 2
        while name in taken:
            name, number = f"{source.name[: LONGEST - 4]}-{number}", number + 1
        taken.add(name)
        yield source if name == source.name else source.model_copy(update={"name": name})
