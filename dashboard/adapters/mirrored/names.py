"""Names of queues and jobs of any product as names that the mirror's keys can hold, and back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from queue_core import keys
from queue_core.connection import Client

KEPT_SECONDS = 90 * 86_400
"""How long the original of a long name is remembered; renewed whenever the name is used to record something."""

_PLAIN = re.compile(r"(?![xy]\.)")
_LONGEST_QUEUE, _LONGEST_JOB = 48, 64


def encoded(name: str, pattern: re.Pattern[str], longest: int) -> str:
    """A name as it is when it fits; else `x.` and its bytes as hex digits, or `y.` and a digest of too many."""
    if pattern.match(name) and _PLAIN.match(name):
        return name
    raw = name.encode("utf-8", "surrogatepass")
    in_hex = f"x.{raw.hex()}"
    return in_hex if len(in_hex) <= longest else f"y.{hashlib.sha1(raw, usedforsecurity=False).hexdigest()}"


def queue(name: str) -> str:
    """The mirror's name of a queue."""
    return encoded(name, keys.QUEUE_NAME, _LONGEST_QUEUE)


def job(job_id: str) -> str:
    """The mirror's id of a job."""
    return encoded(job_id, keys.JOB_ID, _LONGEST_JOB)


class Originals:
    """Remembers what the digests of long names stand for.

    Args:
        client: of the store.
        namespace: the mirror's.
    """

    def __init__(self, client: Client, namespace: str) -> None:
        self._client = client
        self._prefix = f"{namespace}name:"

    def remember(self, originals: Sequence[str], encode_names: Sequence[str]) -> None:
        """Keep the originals of those names that are digests."""
        long = [(short, name) for name, short in zip(originals, encode_names, strict=True) if short.startswith("y.")]
        if not long:
            return
        pipeline = self._client.pipeline(transaction=False)
        for short, name in long:
            pipeline.set(self._prefix + short, name.encode("utf-8", "surrogatepass"), ex=KEPT_SECONDS)
        pipeline.execute()

    def of(self, names: Sequence[str]) -> list[str]:
        """The originals of the mirror's names; a digest that nobody remembers stays what it is."""
        unknown = sorted({name for name in names if name.startswith("y.")})
        found = (
            dict(zip(unknown, self._client.mget([self._prefix + name for name in unknown]), strict=True))
            if unknown
            else {}
        )
        return [self._original(name, found.get(name)) for name in names]

    @staticmethod
    def _original(name: str, remembered: Any) -> str:
        if name.startswith("x."):
            try:
                return bytes.fromhex(name[2:]).decode("utf-8", "surrogatepass")
            except ValueError:
                return name
        return remembered.decode("utf-8", "surrogatepass") if remembered is not None else name
