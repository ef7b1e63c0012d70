"""An image decoder with the failures of real ones."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from dashboard.demo.pace import work


@dataclass(frozen=True)
class Picture:
    """A decoded picture."""

    width: int
    height: int


def decode(path: str, width: int, height: int) -> Picture:
    """Read a picture from storage."""
    header = _read_header(path)
    if header == b"RIFX":
        _crash()
    _allocate(width, height)
    return Picture(width, height)


def _read_header(path: str) -> bytes:
    suffix = path.rpartition(".")[2]
    if suffix == "heic":
        raise ValueError(f"cannot identify image file {path!r}: unsupported box 'hvc1'")
    return b"RIFX" if suffix == "rifx" else b"\x89PNG"


def _allocate(width: int, height: int) -> None:
    needed = width * height * 4
    if needed > 1 << 30:
        raise MemoryError(f"cannot allocate {needed:,} bytes for a {width}×{height} bitmap")
    work(0.02 + width * height / 4e8)


def _crash() -> None:
    """What a broken native decoder does: the whole process is gone, and nothing can be caught."""
    os.kill(os.getpid(), signal.SIGKILL)
