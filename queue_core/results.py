"""What a job returned, as it is kept for a while beside it."""

from __future__ import annotations

from typing import Any

from queue_core.errors import InvalidJob, PayloadTooLarge
from queue_core.message import encode

MAX_RESULT = 16 * 1024


def encode_result(result: Any) -> bytes:
    """Pack a result; empty for None, and for what is no JSON or larger than 16 KiB: the job is done all the same."""
    if result is None:
        return b""
    try:
        stored = encode(result)
    except (InvalidJob, PayloadTooLarge):
        return b""
    return stored if len(stored) <= MAX_RESULT else b""
