"""What the contract's tests ask and a kind whose failures are mirrored does not have, by test, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dashboard.adapters.mirrored import tracebacks

_ONLY_FAILED = "only failures of this kind are mirrored, and chosen for operations, searched by arguments and sampled"
_ELSEWHERE = "this kind does not put jobs into another queue"

CANNOT = {
    "test_waiting_jobs_found_by_a_filter_are_purged_and_others_are_not": _ONLY_FAILED,
    "test_waiting_jobs_of_one_state_are_purged_and_restored": _ONLY_FAILED,
    "test_waiting_jobs_that_came_after_the_selection_are_not_purged": _ONLY_FAILED,
    "test_jobs_of_other_states_are_filtered_too": _ONLY_FAILED,
    "test_any_selection_is_restored_from_the_trash": _ONLY_FAILED,
    "test_a_sample_of_jobs_that_succeeded_is_of_the_type_asked_for": _ONLY_FAILED,
    "test_jobs_of_every_state_can_be_sampled": _ONLY_FAILED,
    "test_a_list_offers_to_take_a_requeue_back_and_nothing_else_does": "lists of waiting jobs are the product's own",
    "test_a_running_job_that_was_asked_to_stop_says_so": "a product does not note who was asked to stop",
    "test_a_failed_job_goes_whole_to_another_queue": _ELSEWHERE,
    "test_a_move_that_cannot_be_is_refused_and_changes_nothing": _ELSEWHERE,
}

_SEEDED = re.compile(r"/app/([0-9a-f]{16})/")


def name_seeded_groups() -> None:
    """Let errors raised in `/app/<16 hexadecimal digits>/` have these digits as their fingerprint, in this process.

    The contract's tests name the groups that they make; what makes a group of real tracebacks has tests of its own.
    """
    if not hasattr(tracebacks.fingerprint, "seeded"):
        tracebacks.fingerprint = _seeded(tracebacks.fingerprint)


def _seeded(original: Callable[..., str]) -> Callable[..., str]:
    def fingerprint(job_type: str, error_type: str, message: str, frames: Any, apart: str = "") -> str:
        found = next((match for frame in frames if (match := _SEEDED.match(frame.path))), None)
        return found[1] if found else original(job_type, error_type, message, frames, apart)

    fingerprint.seeded = True  # type: ignore[attr-defined]
    return fingerprint
