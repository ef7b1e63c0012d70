"""Workers of BullMQ: connections that have named themselves after the queue that they serve."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from dashboard.adapters.contract import Worker
from dashboard.adapters.mirrored.values import number, text


def of_clients(source: str, prefix: str, clients: list[dict[str, Any]], now: float) -> list[Worker]:
    """One worker for each connection named `<prefix>:<queue in base64>`, with `:w:<name>` behind it when it has one."""
    found = [worker for client in clients if (worker := _worker(source, prefix, client, now)) is not None]
    return sorted(found, key=lambda worker: (worker.queues, worker.id))


def _worker(source: str, prefix: str, client: dict[str, Any], now: float) -> Worker | None:
    name = text(client.get("name"))
    if not name.startswith(f"{prefix}:") or name.endswith(":qe"):
        return None
    encoded, named, own = name[len(prefix) + 1 :].partition(":w:")
    try:
        queue = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    if not queue:
        return None
    address, age = text(client.get("addr")), number(client.get("age"))
    host = address.rpartition(":")[0]
    return Worker(
        f"{own}@{address}" if named else address, source, host, None, "", (queue,), None, None,
        now - age if age is not None else None, None, lost=False,
    )  # fmt: skip
