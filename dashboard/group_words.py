"""Words and addresses of the page of a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dashboard import selectors
from dashboard.adapters.contract import ErrorGroup, Selector, State
from dashboard.addresses import url_for
from dashboard.contrast import words
from dashboard.contrast.comparison import FEWEST_JOBS
from dashboard.contrast.facts import Fact, Kind
from dashboard.filters import percent
from dashboard.group_page import GroupPage
from dashboard.group_samples import Contrast
from dashboard.language import N_, gettext, number

OF_THE_PAGE = ("compare", "traceback")
"""Parameters that say how the page is shown and narrow nothing."""

VERDICT_TITLES = {
    "nothing": N_("No value stands out"),
    "no group": N_("No dead letters left to compare"),
    "no succeeded": N_("No succeeded jobs to compare with"),
    "no arguments": N_("No arguments to compare"),
    "too few": N_("Too few jobs to say"),
}
VERDICT_WORDS = {
    "nothing": N_("The arguments of these jobs look like those of jobs that succeeded: the cause lies elsewhere."),
    "no group": N_("They were requeued or purged meanwhile."),
    "no succeeded": N_(
        "No succeeded job of %(type)s is there. Some products keep them for a while, others forget them."
    ),
    "no arguments": N_(
        "The arguments of the failed or of the succeeded jobs of %(type)s are not kept, or cannot be read."
    ),
    "too few": N_(
        "%(failed)s dead letters and %(succeeded)s succeeded jobs of %(type)s have arguments; it takes %(few)s of each."
    ),
}


def group_words(page: GroupPage, query: Mapping[str, str]) -> dict[str, Any]:
    """The template context that turns what was read into words and addresses.

    Args:
        page: the group.
        query: the query string without empty values.
    """
    here = url_for("dead.group", fingerprint=page.fingerprint)
    plain = {name: value for name, value in query.items() if name not in (*OF_THE_PAGE, "cursor", "before")}
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
        "failed_size": lambda size: words.failed_size(size.total, size.read, size.compared),
        "succeeded_size": lambda size: words.succeeded_size(size.total, size.read, size.compared),
        "verdict": verdict,
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


def verdict(found: Contrast) -> tuple[str, str]:
    """Heading and sentence for a comparison that shows no rows."""
    values = {
        "type": found.type or gettext("this type"), "failed": number(found.failed.compared),
        "succeeded": number(found.succeeded.compared), "few": number(FEWEST_JOBS),
    }  # fmt: skip
    why = found.why if found.verdict == "no succeeded" and found.why else VERDICT_WORDS[found.verdict]
    return gettext(VERDICT_TITLES[found.verdict]), gettext(why, **values)


def share(part: float) -> str:
    """0.984 as 98 %; what is not nothing is never 0 %, and what is not all never 100 %."""
    if 0 < part < 0.01:
        return f"< {percent(0.01)}"
    return f"> {percent(0.99)}" if 0.99 < part < 1 else percent(round(part, 2))
