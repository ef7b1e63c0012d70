"""Failures that an application recorded itself, by the hooks of `redrive.contrib`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import redis

from dashboard.adapters.mirrored import portions, values
from dashboard.adapters.mirrored.portions import every
from queue_core.connection import Client
from redrive.contrib.capture import FAILURES, MOST_BYTES, SCHEME, STREAM

AT_ONCE = 100

_LAST = """
-- The newest records of jobs.
-- KEYS: lists of them.  ARGV: 1 how many of each, 2 most bytes of one, 3 after how many bytes no more are read.
-- returns {how many lists were looked at, records of each}
local out, left = {#KEYS}, tonumber(ARGV[3])
for i, key in ipairs(KEYS) do
  if left <= 0 then out[1] = i - 1; break end
  local found, fit = redis.pcall('LRANGE', key, -tonumber(ARGV[1]), -1), {}
  for _, each in ipairs(found.err and {} or found) do
    left = left - #each
    if #each <= tonumber(ARGV[2]) then fit[#fit + 1] = each end
  end
  out[i + 1] = fit
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
        return [[each for each in map(_decoded, found) if each is not None] for found in self._read(job_ids, most)]

    def last(self, job_ids: Sequence[str]) -> list[bytes]:
        """The newest failure of some jobs as it lies there; empty where none is recorded."""
        return [found[-1] if found else b"" for found in self._read(job_ids, 1)]

    def _read(self, job_ids: Sequence[str], most: int) -> list[list[bytes]]:
        """By commands that each read about a megabyte at most."""
        keys = [self.key(each) for each in job_ids]
        return every(
            lambda start: self._script(keys=keys[start:], args=[most, MOST_BYTES, portions.MOST_BYTES]), len(keys)
        )

    def key(self, job_id: str) -> bytes:
        """LIST of a job's failures."""
        key = FAILURES.format(kind=self._kind, id=job_id)
        try:
            return key.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # half a character that stands for no byte
            return key.encode("utf-8", "surrogatepass")

    def used(self) -> bool:
        """Whether any failure was recorded lately."""
        return bool(self._client.exists(STREAM.format(kind=self._kind)))


def _decoded(stored: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    told = value.get("failed_at") if isinstance(value, dict) and value.get("scheme") == SCHEME else None
    return value if isinstance(told, int | float) and values.number(told) is not None else None
