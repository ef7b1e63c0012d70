"""Releases of the shop, deployed while the demo runs: the second one brings an error, the third one mends it."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass

from queue_core.connection import connect

STARTED = "redrive-demo:started"
"""STRING, unix seconds of the demo's first start, so that a later one goes on with the release that it had reached."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release, and how many seconds after the demo's first start it is deployed."""

    name: str
    after: float


RELEASES = (Release("shop 4.2.0", 0), Release("shop 4.3.0", 75), Release("shop 4.3.1", 360))


def at(seconds: float) -> tuple[Release, float | None]:
    """The release so many seconds after the first start, and the seconds until the next one; None after the last."""
    current = max(
        (each for each in RELEASES if each.after <= seconds), key=lambda each: each.after, default=RELEASES[0]
    )
    following = [each.after - seconds for each in RELEASES if each.after > seconds]
    return current, min(following, default=None)


def age() -> float:
    """Seconds since the demo's first start with this Redis."""
    client = connect(os.environ.get("REDIS_URL", "redis://localhost:6379/0"), timeout=5)
    now = time.time()
    client.set(STARTED, repr(now), nx=True)
    return max(0.0, now - float(client.get(STARTED) or now))


def install() -> str:
    """Make this process a worker of the current release, which ends as at a deployment; returns its name."""
    current, remaining = at(age())
    os.environ["SHOP_RELEASE"] = current.name
    if remaining is not None:
        timer = threading.Timer(remaining, os.kill, (os.getpid(), signal.SIGTERM))
        timer.daemon = True
        timer.start()
    return current.name
