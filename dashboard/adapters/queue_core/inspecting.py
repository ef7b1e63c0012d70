"""What should be known of frozen parts before their jobs go back: how old they are, whose unique key is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dashboard.adapters.contract import Aged, Held, Part
from dashboard.adapters.queue_core.access import Access
from queue_core.engine import Engine
from queue_core.replies import text

CHUNK = 500


def aged(access: Access, parts: Sequence[Part], before: float) -> Aged:
    """Count jobs that failed before a time (unix seconds): one command for each group, one for each chosen job."""
    limit = int(before * 1e6)
    count, oldest = 0, float("inf")
    for chunk in _chunks([part for part in parts if part.fingerprint], CHUNK):
        pipeline = access.pipeline()
        for part in chunk:
            key, low, high = access.engine(part.queue).keys.group(part.fingerprint), f"({part.low}", part.high
            pipeline.zcount(key, low, min(limit, int(high)) if high else limit)
            pipeline.zrangebyscore(key, low, high or "+inf", start=0, num=1, withscores=True)
        replies = access.replies(pipeline)
        count += sum(reply for reply in replies[::2] if isinstance(reply, int))
        oldest = min([oldest, *(reply[0][1] for reply in replies[1::2] if isinstance(reply, list) and reply)])
    for part in parts:
        for died in _deaths(access, part):
            count += died <= limit
            oldest = min(oldest, died)
    return Aged(count, oldest / 1e6 if oldest != float("inf") else None)


def held(access: Access, parts: Sequence[Part], limit: int) -> Held:
    """Look at jobs of all parts; of two that share a key, only the first can go back."""
    looked = found = 0
    share = max(1, limit // max(1, len(parts)))
    for part in parts[:limit]:
        engine = access.engine(part.queue)
        ids = _ids(access, engine, part, share)
        looked += len(ids)
        found += _held(access, engine, ids)
    return Held(looked, found)


def _ids(access: Access, engine: Engine, part: Part, most: int) -> list[str]:
    if part.ids:
        return list(part.ids[:most])
    with access.errors():
        rows: Any = access.client.zrevrangebyscore(
            engine.keys.group(part.fingerprint), part.high or "+inf", f"({part.low or 0}", start=0, num=most
        )
    return [text(each) for each in rows]


def _held(access: Access, engine: Engine, ids: Sequence[str]) -> int:
    """Only a key that is kept until the job's end is taken again by a requeue."""
    pipeline = access.pipeline()
    for job_id in ids:
        pipeline.hmget(engine.keys.job(job_id), "un", "um")
    records = zip(ids, access.replies(pipeline) if ids else [], strict=True)
    keyed = [(i, text(r[0])) for i, r in records if isinstance(r, list) and r[0] and r[1] == b"end"]
    pipeline = access.pipeline()
    for _, key in keyed:
        pipeline.get(engine.keys.unique(key))
    holders = access.replies(pipeline) if keyed else []
    taken: set[str] = set()
    count = 0
    for (job_id, key), holder in zip(keyed, holders, strict=True):
        count += key in taken or (isinstance(holder, bytes) and text(holder) != job_id)
        taken.add(key)
    return count


def _deaths(access: Access, part: Part) -> Iterator[int]:
    """When each chosen job failed (unix microseconds); those that are gone are left out."""
    engine = access.engine(part.queue)
    for chunk in _chunks(part.ids, CHUNK):
        pipeline = access.pipeline()
        for job_id in chunk:
            pipeline.hget(engine.keys.job(job_id), "ds")
        for reply in access.replies(pipeline):
            if isinstance(reply, bytes) and reply.isdigit():
                yield int(reply)


def _chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
