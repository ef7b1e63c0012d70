"""Jobs of the queue `images`."""

from __future__ import annotations

from dashboard.demo.application import app
from dashboard.demo.image_codec import Picture, decode
from dashboard.demo.pace import work


@app.job("images.resize", queue="images", max_retries=3, timeout=60, backoff=3)
def resize(*, path: str, width: int, height: int, to: int) -> str:
    """Make a smaller copy of a picture."""
    picture = decode(path, width, height)
    return _write(path, picture, to)


@app.job("images.thumbnail", queue="images", max_retries=1, timeout=30, backoff=3)
def thumbnail(*, path: str, width: int, height: int) -> str:
    """Make the small picture of a listing."""
    return _write(path, decode(path, width, height), 160)


def _write(path: str, picture: Picture, longest: int) -> str:
    scale = longest / max(picture.width, picture.height)
    work(0.05)
    return f"{path}@{round(picture.width * scale)}x{round(picture.height * scale)}"
