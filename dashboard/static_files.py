"""The static files, read once and compressed once: style sheets and scripts as bundles, and all others as they are."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import brotli

TYPES = {
    "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2", "txt": "text/plain",
}  # fmt: skip
ENCODINGS = ("br", "gzip")
"""What a file is kept in, best first."""
_COMPRESSED = frozenset({"css", "js", "svg", "txt"})
_FIRST = {"css": ("css/layers.css", "css/tokens.css"), "js": ("vendor/htmx.min.js", "vendor/hx-ptag.min.js")}
_BETWEEN = {"css": "\n", "js": "\n;\n"}
_PACK: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=11),
    "gzip": partial(gzip.compress, compresslevel=9, mtime=0),
}


class StaticFiles:
    """All files of a folder by name, with `css/app.css` and `js/app.js` for the bundles; nothing else can be named.

    Args:
        folder: where they lie.
        made: further files by name.
    """

    def __init__(self, folder: Path, made: Mapping[str, bytes] | None = None) -> None:
        self._folder = folder
        self._files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix[1:] in TYPES
        }
        self._files |= {f"{kind}/app.{kind}": self._bundle(kind).encode() for kind in _FIRST} | dict(made or {})
        self.packed = cache(self._packed)

    def names(self) -> list[str]:
        """Every file that is served."""
        return sorted(self._files)

    def body(self, name: str) -> bytes | None:
        """A file as it is; None when there is no such file."""
        return self._files.get(name)

    def warm(self) -> None:
        """Compress all now, so that no viewer waits for it."""
        for name in self._files:
            for encoding in ENCODINGS:
                self.packed(name, encoding)

    def _packed(self, name: str, encoding: str) -> bytes | None:
        """A file in one of `ENCODINGS`; None when that makes it no smaller, as for fonts."""
        body = self._files[name]
        if name.rpartition(".")[2] not in _COMPRESSED:
            return None
        packed = _PACK[encoding](body)
        return packed if len(packed) < len(body) else None

    def _bundle(self, kind: str) -> str:
        """All style sheets, or htmx and all scripts of ours, as one text; a new file joins by being there."""
        first = [self._folder / name for name in _FIRST[kind]]
        others = [path for path in sorted((self._folder / kind).glob(f"*.{kind}")) if path not in first]
        return _BETWEEN[kind].join(path.read_text(encoding="utf-8") for path in (*first, *others))
