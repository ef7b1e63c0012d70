"""Failures that an application recorded itself, by the hooks of `redrive.contrib`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import redis

from queue_core.connection import Client
from redrive.contrib.capture import FAILURES, MOST_BYTES, SCHEME, STREAM

AT_ONCE = 100

_LAST = """
local out = {}
for i, key in ipairs(KEYS) do
  local found = redis.pcall('LRANGE', key, -tonumber(ARGV[1]), -1)
  local fit = {}
  for j, each in ipairs(found.err and {} or found) do if #each <= tonumber(ARGV[2]) then fit[#fit + 1] = each end end
  out[i] = fit
end
return out
"""


class Captured:
    """Reads them; whatever else lies in these keys is passed over.

    Args:
        client: of the server with the product's queues. Its errors are the caller's to map.
        kind: the product's.
    """

    def __init__(self, client: Client, kind: str) -> None:
        self._client = client
        self._kind = kind
        self._script = client.register_script(_LAST)

    def new(self, place: str, limit: int = AT_ONCE) -> tuple[list[str], str]:
        """Ids of jobs that failed since a place (empty: the oldest kept), and the place behind them."""
        key = STREAM.format(kind=self._kind)
        try:
            entries: Any = self._client.xrange(key, f"({place}" if place else "-", "+", count=limit)
        except redis.ResponseError:  # somebody else's key
            return [], place
        ids = [fields[b"id"].decode("utf-8", "replace") for _, fields in entries if b"id" in fields]
        return list(dict.fromkeys(ids)), entries[-1][0].decode() if entries else place

    def of(self, job_ids: Sequence[str], most: int = 1) -> list[list[dict[str, Any]]]:
        """The newest failures of some jobs, the last one at the end; empty where none is recorded."""
        if not job_ids:
            return []
        replies: Any = self._script(keys=[FAILURES.format(kind=self._kind, id=each) for each in job_ids],
                                    args=[most, MOST_BYTES])  # fmt: skip
        return [[each for each in map(_decoded, reply) if each is not None] for reply in replies]

    def last(self, job_ids: Sequence[str]) -> list[bytes]:
        """The newest failure of some jobs as it lies there; empty where none is recorded."""
        if not job_ids:
            return []
        replies: Any = self._script(keys=[self.key(each) for each in job_ids], args=[1, MOST_BYTES])
        return [reply[-1] if reply else b"" for reply in replies]

    def key(self, job_id: str) -> str:
        """LIST of a job's failures."""
        return FAILURES.format(kind=self._kind, id=job_id)

    def used(self) -> bool:
        """Whether any failure was recorded lately."""
        return bool(self._client.exists(STREAM.format(kind=self._kind)))


def _decoded(stored: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    fits = isinstance(value, dict) and value.get("scheme") == SCHEME and isinstance(value.get("failed_at"), int | float)
    return value if fits else None
