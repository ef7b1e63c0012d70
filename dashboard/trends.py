"""How the figures of a page compare with a while ago: out of the history, nothing where it does not reach so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.adapters.contract import AdapterError
from dashboard.history.bucket import Bucket, joined
from dashboard.history.history import Past
from dashboard.once import past
from dashboard.services import Services

HOUR, DAY = 3_600, 86_400
MINUTE, TEN_MINUTES = 60, 600
LATELY_MINUTES = 15
RATE_MINUTES = 10
FEWEST = 20
"""Jobs below which a share or a comparison with yesterday means nothing."""


@dataclass(frozen=True, slots=True)
class Trends:
    """Each is None where it is not known.

    pending_before: pending jobs an hour ago. dead_lately: new dead letters of the last 15 minutes.
    usual_share: failed attempts as a share of all that ended in the last 24 hours.
    since_yesterday: by which share more succeeds now than at this time yesterday, negative when less.
    """

    pending_before: int | None = None
    dead_lately: int | None = None
    usual_share: float | None = None
    since_yesterday: float | None = None


NONE = Trends()


def trends(bundle: Services, sources: Sequence[str], queue: str) -> Trends:
    """Compare one queue, or all queues of some sources.

    Args:
        sources: names.
        queue: one queue, or '' for all.
    """
    try:
        hour = past(bundle, sources, queue, HOUR, MINUTE)
        if hour.since is None:
            return NONE
        day = past(bundle, sources, queue, DAY, TEN_MINUTES)
    except AdapterError:
        return NONE
    return Trends(_pending_before(hour), _dead(hour), _share(day), _change(hour, day))


def _pending_before(hour: Past) -> int | None:
    """In the minute that lies an hour back; of all sources, or nothing: where one was silent, all of it is unread."""
    before = hour.points[0][1]
    return None if before.unread >= MINUTE else before.value("pending")


def _dead(hour: Past) -> int | None:
    return _complete(hour, LATELY_MINUTES).value("failed")


def _share(day: Past) -> float | None:
    whole = day.whole
    failed, succeeded = whole.value("failed_attempts"), whole.value("succeeded")
    if failed is None or succeeded is None or failed + succeeded < FEWEST:
        return None
    return failed / (failed + succeeded)


def _change(hour: Past, day: Past) -> float | None:
    """Of the last ten minutes against ten minutes of yesterday."""
    now, before = _complete(hour, RATE_MINUTES), day.points[0][1]
    is_, was = now.value("succeeded"), before.value("succeeded")
    if is_ is None or was is None or was < FEWEST or before.unread or now.unread:
        return None
    return is_ / was - 1


def _complete(hour: Past, minutes: int) -> Bucket:
    """The last whole minutes as one; nothing where one of them is not known."""
    last = [bucket for _, bucket in hour.points[-1 - minutes : -1]]
    return joined(last, MINUTE) if all(bucket.counted for bucket in last) else Bucket()
