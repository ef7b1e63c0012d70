"""What the jobs of these tests do; workers import it by its name."""

from __future__ import annotations

import time
from typing import Any

import rq  # type: ignore[import-untyped]


class Money:
    """An argument that is an object of the application's own."""

    def __init__(self, amount: int, currency: str) -> None:
        self.amount, self.currency = amount, currency

    def pay(self, to: str) -> str:
        return f"{self.amount} {self.currency} to {to}"


def _job() -> Any:
    return rq.get_current_job()


def send(*args: Any, **kwargs: Any) -> str:
    """Succeed, and count how often this job was run."""
    _job().connection.hincrby("ran", _job().id, 1)
    return f"sent {args!r} {kwargs!r}"


def fail(*args: Any, **kwargs: Any) -> None:
    """Fail while the key `broken` exists, else as `send`."""
    if _job().connection.exists("broken"):
        raise ValueError(f"bad address {args[0] if args else ''}")
    send(*args, **kwargs)


def hold(seconds: float) -> None:
    """Run for a time."""
    time.sleep(seconds)


def large(size: int) -> bytes:
    """Return something large."""
    return bytes(size)


def chatty(size: int) -> None:
    """Fail with a long message."""
    raise RuntimeError("x" * size + " the end")


def half_way() -> None:
    """Say how far it is, then fail."""
    job = _job()
    job.meta["progress"] = 40
    job.save_meta()
    raise KeyError("row")
