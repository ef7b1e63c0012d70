"""Which addresses lead nowhere but to this dashboard."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_own(address: str, root: str) -> bool:
    """Whether a browser that is sent there stays in this dashboard.

    Args:
        address: a path with its query, from a stranger. Browsers drop control characters and take a backslash for a
            slash, so `/\\example.com` and a tab between two slashes would lead away.
        root: what every own path begins with, without a slash at the end; empty without a prefix.
    """
    if len(address) > 2_000 or not address.isprintable() or "\\" in address or address.startswith("//"):
        return False
    parts = urlsplit(address)
    path = parts.path
    inside = path == root or path.startswith(f"{root}/")
    return address.startswith("/") and not parts.scheme and not parts.netloc and inside and "/.." not in path
