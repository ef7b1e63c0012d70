"""Names of Huey's keys. A queue is called as its `Huey` object, of whose name Huey itself keeps letters and digits."""

from __future__ import annotations

EXPIRING = "huey.r."
_OF_A_QUEUE = ("huey.redis.", "huey.schedule.", "huey.results.")


def queue(name: str) -> str:
    """LIST of what waits, the next one last; ZSET where tasks have priorities."""
    return f"huey.redis.{name}"


def schedule(name: str) -> str:
    """ZSET of what is to run later, retries among them."""
    return f"huey.schedule.{name}"


def results(name: str) -> str:
    """HASH of results by the task's id, among them errors; also of what is revoked and locked."""
    return f"huey.results.{name}"


def result(name: str, task_id: str) -> str:
    """STRING, the same where results expire (`RedisExpireHuey`)."""
    return f"{EXPIRING}{name}.{task_id}"


def queue_of(key: str) -> str | None:
    """The queue that a key belongs to; None where its name leaves that open."""
    found = next((key.removeprefix(each) for each in _OF_A_QUEUE if key.startswith(each)), None)
    if found is None and key.startswith(EXPIRING):
        found = key.removeprefix(EXPIRING).partition(".")[0]
    return found or None
