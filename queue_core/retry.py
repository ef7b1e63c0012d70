"""What a failure means for the job: retried when, or given up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from queue_core.errors import Cancelled, InvalidJob, PermanentError, Release, RetryLater

ErrorTypes = tuple[type[BaseException], ...]

UNKNOWN_TYPE_DELAY = 300.0
"""Seconds until a job of a type no worker knows is tried again: a deployment may be under way."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential delay between attempts: `base × 2^(attempt−1)`, at most `cap`; half of it random.

    Args:
        base: seconds before the second attempt.
        cap: seconds at most.
    """

    base: float = 2.0
    cap: float = 3600.0

    def __post_init__(self) -> None:
        if not 0 <= self.base <= self.cap:
            raise InvalidJob(
                f"backoff from {self.base} s to {self.cap} s: base and cap are at least 0, base at most cap"
            )

    def delay(self, attempt: int, *, chance: Callable[[], float] = random.random) -> float:
        """Seconds to wait after an attempt (1 for the first) has failed."""
        whole = min(self.cap, self.base * 2.0 ** min(max(attempt, 1) - 1, 60))
        return whole / 2 + whole / 2 * chance()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one run ended: the outcome's kind as `queue_core.engine.Outcome` has it, and a delay in seconds if asked."""

    kind: Literal["f", "p", "t", "k", "r", "x"]
    delay: float | None = None


def classify(error: BaseException, *, permanent: ErrorTypes = (), temporary: ErrorTypes = ()) -> Verdict:
    """Decide by the exception a job raised; the first match counts.

    Args:
        permanent: types of errors that a retry cannot mend.
        temporary: types that a retry may mend, although they would count as permanent.
    """
    if isinstance(error, RetryLater):
        return Verdict("f", error.seconds)
    order: tuple[tuple[ErrorTypes, Literal["f", "p", "k", "r", "x"]], ...] = (
        ((Cancelled,), "x"),
        ((Release,), "r"),
        ((PermanentError, *permanent), "p"),
        (temporary, "f"),
        ((ImportError, InvalidJob), "p"),
        ((Exception,), "f"),
    )
    return Verdict(next((kind for types, kind in order if isinstance(error, types)), "k"))
