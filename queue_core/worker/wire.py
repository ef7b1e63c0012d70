"""What agent and child say to each other: one JSON object a message, bytes as Latin-1 text; nothing is unpickled."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from typing import Any

from queue_core.engine import Claim
from queue_core.job import Job

Message = dict[str, Any]
_BYTES = ("payload", "error", "checkpoint", "blob", "cursor")


def send(connection: Connection, kind: str, **fields: Any) -> None:
    """Send one message.

    Raises:
        OSError: the other side is gone.
    """
    plain = {name: value.decode("latin-1") if isinstance(value, bytes) else value for name, value in fields.items()}
    connection.send_bytes(json.dumps({"kind": kind, **plain}).encode("ascii"))


def receive(connection: Connection) -> Message:
    """Wait for one message.

    Raises:
        EOFError, OSError: the other side is gone.
    """
    message: Message = json.loads(connection.recv_bytes())
    for name in _BYTES:
        if isinstance(message.get(name), str):
            message[name] = message[name].encode("latin-1")
    return message


def send_run(connection: Connection, key: str, job: tuple[Claim, str, str], seconds: float) -> None:
    """Hand a claimed job (with its queue and worker id) to a child; `seconds` it may take, 0 without limit."""
    claim, queue, worker = job
    send(connection, "run", key=key, queue=queue, worker=worker, seconds=seconds, **asdict(claim))


def job_of(message: Message) -> Job:
    """The job of a `run` message."""
    claim = Claim(**{name: message[name] for name in Claim.__slots__})
    return Job.from_claim(claim, message["queue"], message["worker"])


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, as `queue_core.engine.Outcome` wants it; `delay` in ms, -1 for the default."""

    kind: str
    delay: int = -1
    fingerprint: str = ""
    message: str = ""
    blob: bytes = b""
