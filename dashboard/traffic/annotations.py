"""When alerts fired, for the charts of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from flask import url_for

from dashboard.adapters.contract import AdapterError
from dashboard.alerts.records import Alert, Period
from dashboard.charts.chart import Band, Chart
from dashboard.history.history import RANGES
from dashboard.once import once
from dashboard.services import Services
from dashboard.traffic.ranges import USUAL
from dashboard.web import shows

MOST = 20


def standing(bundle: Services, query: Mapping[str, str]) -> tuple[list[Alert], list[Period]]:
    """The alerts, and when alerts fired in the range that is asked for, read in one go for the whole page.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    seconds = RANGES.get(query.get("range", ""), RANGES[USUAL])
    found = once(("standing", seconds), lambda: bundle.alerts.standing(bundle.clock() - seconds))
    once("alerts", lambda: found[0])
    return found


def ahead(bundle: Services, query: Mapping[str, str]) -> None:
    """Read for the charts what other parts of the page need too, before these do, so that it is read once."""
    if shows("traffic"):
        with suppress(AdapterError):
            standing(bundle, query)


def annotated(
    bundle: Services, charts: Sequence[Chart], query: Mapping[str, str], source: str = "", queue: str = ""
) -> tuple[Chart, ...]:
    """The charts with the times in which alerts fired; as they are when that cannot be read.

    Args:
        bundle: the services.
        charts: on one time axis.
        query: the query string, with the range.
        source, queue: of these alone, and of alerts about the whole source; empty for all.
    """
    try:
        periods = standing(bundle, query)[1]
    except AdapterError:
        return tuple(charts)
    meant = (
        each for each in periods if source in ("", each.source) and ("" in (queue, each.queue) or queue == each.queue)
    )
    found = list(meant)
    return tuple(replace(chart, bands=bands(found, chart.start, chart.start + chart.span)) for chart in charts)


def bands(periods: Iterable[Period], start: float, end: float) -> tuple[Band, ...]:
    """The times that lie at least in part between two moments (unix seconds), the last 20 of them."""
    made = (_band(each) for each in periods)
    return tuple(each for each in made if each.touches(start, end))[-MOST:]


def _band(period: Period) -> Band:
    """One time as a chart shows it."""
    link = url_for("incidents.show", incident=period.fingerprint)
    where = period.queue or period.source
    tone = "bad" if period.severity == "page" else "warn"
    return Band(period.started, period.ended, f"{period.rule} {where}", link, tone)
