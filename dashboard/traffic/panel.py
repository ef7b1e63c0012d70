"""The charts of one page on one time axis, the same as a table, and what has to be said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dashboard.adapters.contract import AdapterError
from dashboard.charts.chart import Band, Chart
from dashboard.history.history import Past
from dashboard.history.places import kept
from dashboard.language import gettext, ngettext
from dashboard.limits import rules_here, tightest
from dashboard.once import once, past
from dashboard.services import Services
from dashboard.traffic import measures
from dashboard.traffic.annotations import annotated
from dashboard.traffic.ranges import Range, asked, usual


@dataclass(frozen=True, slots=True)
class Row:
    """One bucket in the table. at: unix seconds. part: whether it was not read to its end."""

    at: int
    texts: tuple[str, ...]
    part: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """charts: none when nothing can be shown, and `problem` says why. begins: unix seconds at which the history begins,
    when that lies within the range. as_table: whether the viewer asked for a table."""

    range: Range
    charts: tuple[Chart, ...] = ()
    problem: str = ""
    begins: float | None = None
    as_table: bool = False

    @property
    def headings(self) -> list[str]:
        """Of the table's columns after the time."""
        columns = ((chart, column) for chart in self.charts for column in chart.columns)
        alerts = [gettext("Alerts")] if self.bands else []
        return [*(column.heading or f"{chart.title} {column.name}".rstrip() for chart, column in columns), *alerts]

    @property
    def bands(self) -> tuple[Band, ...]:
        """When alerts fired, the earliest first."""
        return self.charts[0].bands if self.charts else ()

    @property
    def rows(self) -> list[Row]:
        """The table, the newest bucket first; what was not read at all is left out."""
        if not self.charts:
            return []
        first = self.charts[0]
        columns = [column.texts for chart in self.charts for column in chart.columns]
        texts = [tuple(column[index] for column in columns) for index in range(first.count)]
        rows = [
            Row(first.start + at * first.step, self._with_alerts(at, each), at in first.incomplete)
            for at, each in enumerate(texts)
            if any(each)
        ]
        return rows[::-1]

    def _with_alerts(self, at: int, texts: tuple[str, ...]) -> tuple[str, ...]:
        return (*texts, self.charts[0].firing(at) or gettext("none")) if self.bands else texts


def of_all(bundle: Services, query: Mapping[str, str]) -> Panel:
    """What goes through all queues of all sources."""
    names = bundle.sources.names()
    chosen = asked(query.get("range", ""))
    try:
        shown, past = read(bundle, names, "", chosen)
    except AdapterError as error:
        return _unread(error, chosen)
    charts = (
        measures.counted(past, shown, "succeeded", gettext("Succeeded")),
        measures.counted(past, shown, "failed_attempts", gettext("Failed attempts"), cls="bad"),
        measures.counted(past, shown, "failed", gettext("New dead letters"), kind="bar", cls="bad"),
    )
    return _panel(past, shown, annotated(bundle, charts, query), query, lambda: _nothing(bundle, past))


def of_queue(bundle: Services, query: Mapping[str, str], source: str, queue: str) -> Panel:
    """How long the jobs of one queue wait and run, and what fails."""
    chosen = asked(query.get("range", ""))
    try:
        shown, past = read(bundle, [source], queue, chosen)
    except AdapterError as error:
        return _unread(error, chosen)
    rule = tightest(rules_here(bundle), "oldest_pending_seconds", source, queue)
    charts = (
        measures.waited(past, rule),
        measures.ran(past),
        measures.counted(past, shown, "failed_attempts", gettext("Failed attempts"), kind="bar", cls="bad"),
    )
    drawn = annotated(bundle, charts, query, source, queue)
    return _panel(past, shown, drawn, query, lambda: _left_out(bundle, source, queue) or _nothing(bundle, past))


def read(bundle: Services, sources: list[str], queue: str, chosen: Range | None) -> tuple[Range, Past]:
    """The past that a page shows.

    Args:
        chosen: the range asked for; without it one that suits the age of the history.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    shown = chosen or usual(None, 0.0)
    found = past(bundle, sources, queue, shown.seconds, shown.size)
    better = chosen or usual(found.since, bundle.clock())
    if better != shown:
        found = past(bundle, sources, queue, better.seconds, better.size)
    return better, found


def _panel(
    past: Past, shown: Range, charts: tuple[Chart, ...], query: Mapping[str, str], why_not: Callable[[], str]
) -> Panel:
    if not past.known:
        return Panel(shown, problem=why_not())
    begins = past.since if past.since is not None and past.since > past.points[0][0] else None
    return Panel(shown, charts, begins=begins, as_table=query.get("as") == "table")


def _unread(error: AdapterError, chosen: Range | None) -> Panel:
    shown = chosen or usual(None, 0.0)
    return Panel(shown, problem=gettext("The history can’t be read: %(error)s.", error=str(error).rstrip(".")))


def _nothing(bundle: Services, past: Past) -> str:
    """Why there is nothing to show, where there is nothing."""
    if past.since is not None:
        return gettext("Nothing was read in this time.")
    try:
        collecting = once("evaluating", lambda: bundle.alerts.evaluating(bundle.clock()))
    except AdapterError:
        collecting = False
    if collecting:
        return gettext("No history yet. It begins with the collector’s next reading, within ten seconds.")
    return gettext(
        "No history: no collector is running. Start one with redrive collector; history begins with its first reading."
    )


def _left_out(bundle: Services, source: str, queue: str) -> str:
    """Why a queue has no history of its own, when it is one too many."""
    most = bundle.settings.history.queues
    found = bundle.sources.snapshot().source(source)
    if found is None or queue in kept(found, most):
        return ""
    return ngettext(
        "No history of this queue: only the first one of a source by name has its own (history.queues).",
        "No history of this queue: only the first %(num)s of a source by name have their own (history.queues).",
        most,
    )
