"""Jobs that RQ runs: exports for customers, and thumbnails of what they upload."""

from __future__ import annotations

from dashboard.demo.pace import work


class StorageFull(OSError):
    """The bucket takes nothing more."""


def export_orders(customer: int, month: str, file_format: str = "csv") -> str:
    """Write a customer's orders of a month; returns where they are."""
    work(0.1)
    rows = _orders(customer, month)
    return _store(f"exports/{customer}/{month}.{file_format}", "\n".join(rows))


def make_thumbnail(path: str, width: int) -> str:
    """Shrink a picture; returns where it is."""
    work(0.05)
    if path.endswith(".heic"):
        raise ValueError(f"cannot identify image file '{path}'")
    return f"thumbnails/{width}/{path}"


def _orders(customer: int, month: str) -> list[str]:
    return [f"{customer};{month};{number}" for number in range(customer % 7 + 1)]


def _store(name: str, text: str) -> str:
    if "/9" in name:
        raise StorageFull(28, f"No space left on device: bucket 'eu-exports', {len(text)} bytes", name)
    return f"s3://eu-exports/{name}"
