"""Where the jobs of a state lie, in which order, and between which scores a selector's times are."""

from __future__ import annotations

from dashboard.adapters.contract import Selector, State
from dashboard.adapters.queue_core.across import Direction

DEAD = "dead"
"""Residence of the dead letters of all error groups, for scripts that read them as one list."""

_RESIDENCES: dict[State, tuple[str, Direction]] = {
    State.PENDING: ("pend", "asc"),
    State.PROCESSING: ("lease", "asc"),
    State.SCHEDULED: ("sch", "asc"),
    State.RETRYING: ("rty", "asc"),
    State.SUCCEEDED: ("ok", "desc"),
    State.CANCELLED: ("cx", "desc"),
}


def direction(state: State) -> Direction:
    """How the scores of a state's list run from its first row on."""
    return _RESIDENCES[state][1] if state in _RESIDENCES else "desc"


def residence(selector: Selector) -> str:
    """The name under which scripts know the selected list; the state is failed unless the selector says otherwise."""
    state = selector.state or State.FAILED
    if state in _RESIDENCES:
        return _RESIDENCES[state][0]
    return f"df:{selector.fingerprint}" if selector.fingerprint else DEAD


def clock_bounds(selector: Selector) -> tuple[str, str]:
    """The selector's times as inclusive bounds of the queue's clock (microseconds)."""
    low = "-inf" if selector.since is None else f"{selector.since * 1e6:.0f}"
    high = "+inf" if selector.until is None else f"{selector.until * 1e6:.0f}"
    return low, high


def score_bounds(selector: Selector, state: State) -> tuple[str, str]:
    """The selector's times as bounds of a list's scores; none where scores are no times by which a state is bounded."""
    if state in (State.PENDING, State.PROCESSING):
        return "-inf", "+inf"
    low, high = clock_bounds(selector)
    if state in (State.SCHEDULED, State.RETRYING):  # milliseconds
        return low if low == "-inf" else low[:-3] or "0", high if high == "+inf" else high[:-3] or "0"
    return low, high
