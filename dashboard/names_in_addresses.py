"""Names of queues and jobs as parts of addresses: any text is one part, also with slashes, or dots alone.

Servers take percent signs off a path before it is divided, so that `%2F` would divide it. What may not stand in a
part is written as `~` and two hex digits of each byte; usual names have none of it and stay as they are.
"""

from __future__ import annotations

import re

EMPTY = "~0"

_ODD = re.compile("[/~\x00-\x1f\x7f\ud800-\udfff]")
_WRITTEN = re.compile("(?:~[0-9A-F]{2})+")


def written(name: str) -> str:
    """A name as one part of an address, before percent signs are added."""
    if not name:
        return EMPTY
    part = _ODD.sub(lambda found: _digits(found[0]), name)
    return part if part.strip(".") else part.replace(".", "~2E")


def read(part: str) -> str:
    """The name of a part. One that nobody has written so stands for itself."""
    return "" if part == EMPTY else _WRITTEN.sub(_character, part)


def _digits(character: str) -> str:
    escaped = "\udc80" <= character <= "\udcff"
    raw = character.encode("utf-8", "surrogateescape" if escaped else "surrogatepass")
    return "".join(f"~{byte:02X}" for byte in raw)


def _character(found: re.Match[str]) -> str:
    raw = bytes.fromhex(found[0].replace("~", ""))
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape")
