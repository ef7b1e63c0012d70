"""Typed replies of the reading scripts, and their parsers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

RECORD_FIELDS = (
    "st", "ty", "v", "pr", "mr", "ca", "sc", "ra", "at", "rn", "cr", "rq", "to", "ex", "tp", "tok", "w", "cl", "dl",
    "cx", "fa", "fp", "ds", "rs", "em", "op", "ts", "tr", "ed", "cron", "vn", "rr", "mv", "fs",
)  # fmt: skip
_NAMES = {name.encode(): name for name in RECORD_FIELDS}


@dataclass(frozen=True, slots=True)
class Row:
    """One job of a page.

    score: where it stands in the residence, with `id` the page's cursor. record: the fields of the job's record that
    are set, as docs/redis-data.md names them. size: bytes of the stored payload. payload: the stored payload when it
    was asked for and is not larger than asked for, else empty.
    """

    id: str
    score: str
    record: dict[str, str]
    size: int
    payload: bytes

    @property
    def state(self) -> str:
        """The state's letter."""
        return self.record.get("st", "")

    @property
    def fingerprint(self) -> str:
        """The error group's fingerprint, empty when it never failed for good."""
        return self.record.get("fp", "")


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of one residence: how many it holds in all, how many within the bounds, and this page's rows."""

    total: int
    within: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A part of a sample: how many jobs the list holds, at how many places it was looked, and the jobs found there."""

    total: int
    looked: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class WholeJob:
    """One job with its blobs; empty bytes where there is none.

    lease_end: unix ms, None when not processing. payload_size: bytes stored, also where fewer were asked for.
    edits: earlier payloads (see `queue_core.edits`). purged_at, kept_until: of a job in the trash, unix seconds.
    """

    record: dict[str, str]
    payload: bytes
    error: bytes
    result: bytes
    checkpoint_size: int
    lease_end: int | None
    payload_size: int = 0
    edits: bytes = b""
    purged_at: float | None = None
    kept_until: float | None = None


class Place(NamedTuple):
    """A member of a list by the place where it stands; `score` and `id` together are a cursor, empty at the start."""

    id: str = ""
    score: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Part of a list: how many jobs it holds within the bounds asked for (None: not known), and places in its order."""

    total: int | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class GroupHead:
    """An error group without its numbers over time; `score` is the cursor, as of GroupRow."""

    fingerprint: str
    score: str
    matched: int
    type: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class HeadPage:
    """A page of error groups: how many groups and dead letters there are in all, and this page's rows."""

    total: int
    dead: int
    rows: tuple[GroupHead, ...]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One error group.

    score: the cursor, with `fingerprint`. count: dead letters now; matched: those within the bounds asked for.
    last_death: the queue's clock (unix microseconds) at the newest death. recent: deaths in the last 5 minutes.
    newest: id of the newest dead letter. trend: deaths per hour over 24 hours, oldest first, of those still dead.
    detail: `ty` type, `rs` reason, `em` message, `f` first seen (unix ms), `n` deaths ever,
    `vn` the last version that failed, `v|VERSION` when each of the newest 8 was first seen to fail (unix ms).
    """

    fingerprint: str
    score: str
    count: int
    matched: int
    last_death: int
    recent: int
    newest: str
    detail: dict[str, str]
    trend: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A page of error groups: how many groups and dead letters there are in all, and this page's rows."""

    total: int
    dead: int
    rows: tuple[GroupRow, ...]


def text(value: Any) -> str:
    """Decode a reply that is text; bytes that are no UTF-8 are shown escaped."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def pairs(flat: Sequence[Any]) -> dict[str, str]:
    """Turn a flat field, value, … reply into a dictionary of text."""
    return {text(flat[i]): text(flat[i + 1]) for i in range(0, len(flat), 2)}


def row(reply: Sequence[Any]) -> Row:
    """One row of `page`, `jobs` or `dead_page`."""
    job_id, score, values, size, payload = reply
    known = [(_NAMES[name], value) for name, value in zip(values[::2], values[1::2], strict=True) if name in _NAMES]
    try:
        record = {name: value.decode() for name, value in known if value}
    except UnicodeDecodeError:
        record = {name: text(value) for name, value in known if value}
    return Row(text(job_id), text(score), record, int(size), payload)


def job_page(reply: Sequence[Any]) -> JobPage:
    """Reply of `page`."""
    return JobPage(int(reply[0]), int(reply[1]), tuple(map(row, reply[2])))


def sampled(reply: Sequence[Any]) -> Sampled:
    """Reply of `sample`."""
    return Sampled(int(reply[0]), int(reply[1]), tuple(map(row, reply[2])))


def whole_job(reply: Sequence[Any]) -> WholeJob | None:
    """Reply of `job`; None when the job is unknown."""
    if not reply:
        return None
    record, payload, error, result, checkpoint, lease, size, edits, purged, kept = reply
    end = int(float(lease)) if lease else None
    purged_at = float(purged) / 1e6 if purged else None
    return WholeJob(
        pairs(record), payload, error, result, int(checkpoint), end, int(size), edits, purged_at,
        None if purged_at is None else purged_at + int(kept) / 1_000,
    )  # fmt: skip


def places(reply: Sequence[Any]) -> Places:
    """Reply of `page` without records."""
    flat = reply[2]
    return Places(int(reply[1]), _placed(flat[::2], flat[1::2]))


def _placed(ids: Sequence[bytes], scores: Sequence[bytes]) -> tuple[Place, ...]:
    try:
        return tuple([Place(i.decode(), score.decode()) for i, score in zip(ids, scores, strict=True)])
    except UnicodeDecodeError:
        return tuple([Place(text(i), text(score)) for i, score in zip(ids, scores, strict=True)])


def dead_places(reply: Sequence[Any]) -> Places:
    """Reply of `dead_page`."""
    flat = reply[1]
    return Places(int(reply[0]), _placed(flat[1::3], flat[::3]))


def head_page(reply: Sequence[Any]) -> HeadPage:
    """Reply of `heads`."""
    rows = (GroupHead(text(fp), text(score), int(n), *map(text, detail)) for fp, score, n, *detail in reply[2])
    return HeadPage(int(reply[0]), int(reply[1]), tuple(rows))


def group_page(reply: Sequence[Any]) -> GroupPage:
    """Reply of `groups`."""
    return GroupPage(int(reply[0]), int(reply[1]), tuple(map(_group, reply[2])))


def _group(reply: Sequence[Any]) -> GroupRow:
    fingerprint, score, count, matched, last, recent, newest, detail, trend = reply
    return GroupRow(
        text(fingerprint), text(score), int(count), int(matched), int(float(last)), int(recent), text(newest),
        pairs(detail), tuple(map(int, trend)),
    )  # fmt: skip
