"""States of jobs in words, and counts of jobs in a state."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from dashboard.adapters.contract import State
from dashboard.language import N_, gettext, ngettext, pgettext

_NAMES: dict[str, str] = {
    State.PENDING: N_("Pending"),
    State.PROCESSING: N_("Processing"),
    State.SCHEDULED: N_("Scheduled"),
    State.RETRYING: N_("Retrying"),
    State.FAILED: N_("Failed"),
    State.SUCCEEDED: N_("Succeeded"),
    State.CANCELLED: N_("Cancelled"),
}
_HEADINGS: dict[str, str] = {
    State.PENDING: N_("Pending jobs"),
    State.PROCESSING: N_("Processing jobs"),
    State.SCHEDULED: N_("Scheduled jobs"),
    State.RETRYING: N_("Retrying jobs"),
    State.FAILED: N_("Failed jobs"),
    State.SUCCEEDED: N_("Succeeded jobs"),
    State.CANCELLED: N_("Cancelled jobs"),
}
_NONE: dict[str, str] = {
    State.PENDING: N_("No pending jobs"),
    State.PROCESSING: N_("No processing jobs"),
    State.SCHEDULED: N_("No scheduled jobs"),
    State.RETRYING: N_("No retrying jobs"),
    State.FAILED: N_("No failed jobs"),
    State.SUCCEEDED: N_("No succeeded jobs"),
    State.CANCELLED: N_("No cancelled jobs"),
}
_IS: dict[str, Callable[[], str]] = {
    State.PENDING: lambda: pgettext("state of a job", "pending"),
    State.PROCESSING: lambda: pgettext("state of a job", "processing"),
    State.SCHEDULED: lambda: pgettext("state of a job", "scheduled"),
    State.RETRYING: lambda: pgettext("state of a job", "retrying"),
    State.FAILED: lambda: pgettext("state of a job", "failed"),
    State.SUCCEEDED: lambda: pgettext("state of a job", "succeeded"),
    State.CANCELLED: lambda: pgettext("state of a job", "cancelled"),
}
_WORDS = (
    N_("pending"), N_("processing"), N_("scheduled"), N_("retrying"), N_("failed"), N_("succeeded"), N_("cancelled"),
)  # fmt: skip
"""As errors of adapters say them."""
_COUNTS: dict[str, Callable[[int], str]] = {
    State.PENDING: lambda n: ngettext("%(num)s pending job", "%(num)s pending jobs", n),
    State.PROCESSING: lambda n: ngettext("%(num)s processing job", "%(num)s processing jobs", n),
    State.SCHEDULED: lambda n: ngettext("%(num)s scheduled job", "%(num)s scheduled jobs", n),
    State.RETRYING: lambda n: ngettext("%(num)s retrying job", "%(num)s retrying jobs", n),
    State.FAILED: lambda n: ngettext("%(num)s failed job", "%(num)s failed jobs", n),
    State.SUCCEEDED: lambda n: ngettext("%(num)s succeeded job", "%(num)s succeeded jobs", n),
    State.CANCELLED: lambda n: ngettext("%(num)s cancelled job", "%(num)s cancelled jobs", n),
}


def name(state: str) -> str:
    """`Pending`, on its own."""
    return gettext(_NAMES[state]) if state in _NAMES else str(state).capitalize()


def within(state: str) -> str:
    """`pending`, in a sentence."""
    return _IS[state]() if state in _IS else str(state)


def heading(state: str) -> str:
    """`Pending jobs`."""
    return gettext(_HEADINGS[state])


def none(state: str) -> str:
    """`No pending jobs`."""
    return gettext(_NONE[state])


def jobs(state: str) -> Callable[[int], str]:
    """Counts jobs in a state: `3 pending jobs`."""
    return _COUNTS[state]


def register(app: Flask) -> None:
    """Give templates these words."""
    app.jinja_env.filters.update(state_name=name, state_within=within, state_heading=heading, state_none=none)
