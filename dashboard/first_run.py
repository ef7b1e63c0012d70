"""A dashboard that has nothing to show yet: where it looks for jobs, and how the first one gets there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, request

from dashboard.adapters.discovery import first_steps
from dashboard.adapters.first_steps import FirstStep
from dashboard.adapters.snapshot import Snapshot, SourceSnapshot
from dashboard.language import gettext
from dashboard.navigation import Entry
from dashboard.regions import CONTENT
from dashboard.web import render, services, shows

PANEL = "first_run/_panel.html"
OVER = {CONTENT: "first_run/_over.html"}
"""A page's regions have it besides their own: it takes the place of the panel when there is something to show."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an application puts jobs into sources of one kind. hidden: whether the address misses its password."""

    kind: str
    steps: tuple[FirstStep, ...]
    hidden: bool


def instead(entry: Entry) -> Response | None:
    """What a page shows while every source answers and none has a queue; None when it has something to show.

    Args:
        entry: of the page in the navigation, whose words are its title.
    """
    snapshot = services().sources.snapshot()
    if not snapshot.sources or snapshot.missing or _filled(snapshot) or not shows(CONTENT):
        return None
    return render(
        "first_run/page.html",
        regions={CONTENT: PANEL},
        title=gettext(entry.words),
        sources=snapshot.sources,
        ways=list(_ways(snapshot.sources)),
        here_full=request.full_path.rstrip("?"),
    )


def _filled(snapshot: Snapshot) -> bool:
    return bool(snapshot.queues) or any(each.schedules for each in snapshot.scheduling)


def _ways(sources: Iterable[SourceSnapshot]) -> Iterable[Way]:
    """One for each kind, with the address of its first source."""
    namespaces = {each.name: each.namespace for each in services().settings.sources}
    for kind, first in {each.kind: each for each in reversed(list(sources))}.items():
        steps = first_steps(kind, first.url_masked, namespaces.get(first.name, ""))
        yield Way(kind, steps, hidden=":***@" in first.url_masked)
