"""Words and addresses of the page of a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from dashboard import selectors
from dashboard.adapters.contract import ErrorGroup, Selector, State
from dashboard.contrast import words
from dashboard.contrast.comparison import FEWEST_JOBS
from dashboard.contrast.facts import Fact, Kind
from dashboard.filters import moment
from dashboard.group_page import GroupPage
from dashboard.group_samples import Size

OF_THE_PAGE = ("compare", "traceback")
"""Parameters that say how the page is shown and narrow nothing."""

VERDICT_TITLES = {
    "nothing": "No value stands out",
    "no group": "No dead letters left to compare",
    "no succeeded": "No succeeded jobs to compare with",
    "no arguments": "No arguments to compare",
    "too few": "Too few jobs to say",
}
VERDICT_WORDS = {
    "nothing": "The arguments of these jobs look like those of jobs that succeeded: the cause lies elsewhere.",
    "no group": "They were requeued or purged meanwhile.",
    "no succeeded": "No succeeded job of {type} is kept. They are kept for a while after they succeed.",
    "no arguments": "The arguments of the failed or of the succeeded jobs of {type} are not kept, or cannot be read.",
    "too few": "{failed} dead letters and {succeeded} succeeded jobs of {type} have arguments; it takes {few} of each.",
}


def group_words(page: GroupPage, query: Mapping[str, str]) -> dict[str, Any]:
    """The template context that turns what was read into words and addresses.

    Args:
        page: the group.
        query: the query string without empty values.
    """
    here = url_for("dead.group", fingerprint=page.fingerprint)
    plain = {name: value for name, value in query.items() if name not in (*OF_THE_PAGE, "cursor")}
    return {
        "group": page,
        "rows": page.rows,
        "raw": query.get("traceback") == "raw",
        "compare": query.get("compare") == "1",
        "compare_url": address(here, {**plain, "compare": "1"}),
        "csv_url": address(url_for("dead.arrivals_csv", fingerprint=page.fingerprint), plain),
        "traceback_urls": (address(here, plain), address(here, {**plain, "traceback": "raw"})),
        "queue_url": lambda row: queue_url(row, page),
        "jobs_url": jobs_url,
        "fact_url": lambda fact: fact_url(fact, page.about),
        "fact_name": words.name,
        "fact_about": words.about,
        "fact_words": words.words,
        "shown_value": words.shown,
        "size_words": size_words,
        "verdict_titles": VERDICT_TITLES,
        "verdict_words": VERDICT_WORDS,
        "fewest": FEWEST_JOBS,
    }


def address(page: str, query: Mapping[str, str | int]) -> str:
    """The address of a page with its query string."""
    return f"{page}?{urlencode(query)}" if query else page


def jobs_url(selector: Selector, **times: str | int) -> str:
    """The search for exactly these jobs; `since` and `until` replace those of the selector."""
    return address(url_for("jobs.index"), {**selectors.to_query(selector.narrowed(state=State.FAILED)), **times})


def queue_url(row: ErrorGroup, page: GroupPage) -> str:
    """The group in one queue."""
    query = selectors.to_query(page.about.narrowed(source=row.source, queue=row.queue, fingerprint=""))
    return address(url_for("dead.group", fingerprint=page.fingerprint), query)


def fact_url(fact: Fact, group: Selector) -> str:
    """The search for the jobs of the group of which a fact holds; empty when no search can say it."""
    if not fact.findable or fact.kind != Kind.IS:
        return ""
    return jobs_url(group.narrowed(args=((fact.path, fact.value),)))


def size_words(size: Size, noun: str) -> str:
    """Of how many jobs a share is."""
    return words.size(size.total, size.read, size.compared, noun)


def share(part: float) -> str:
    """0.984 as 98 %; what is not nothing is never 0 %, and what is not all never 100 %."""
    if 0 < part < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < part < 1 else f"{round(100 * part)} %"


def date_time(at: float | None) -> str:
    """25 Nov 14:31 UTC; an en dash when it is not known."""
    when = None if at is None else moment(at)
    return f"{when:%d} {when:%b %H:%M} UTC".lstrip("0") if when else "–"
