"""Answers travel small: pages, fragments, JSON and exports are compressed as the browser likes best.

Not compressed: an answer under a kilobyte, a stream of events, and an answer to what another site made the browser ask.
Who watches the length of an encrypted answer while choosing a part of it can guess the rest (BREACH); such a watcher
needs the viewer's browser to ask many times. The token of forms is not masked anew in each answer, since a live region
that did not change could then not be told by its tag; alone it changes nothing (see `SECURITY.md`).
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_compress import Compress

FOREIGN = frozenset({"cross-site", "same-site"})
_SETTINGS = {
    "COMPRESS_REGISTER": False,
    "COMPRESS_ALGORITHM": ["br", "zstd", "gzip"],
    "COMPRESS_ALGORITHM_STREAMING": ["br", "zstd", "gzip"],
    "COMPRESS_BR_LEVEL": 5,
    "COMPRESS_ZSTD_LEVEL": 6,
    "COMPRESS_MIN_SIZE": 1_000,
    "COMPRESS_MIMETYPES": [
        "text/html", "text/plain", "text/csv", "application/json", "application/jsonl", "application/problem+json",
        "application/openmetrics-text",
    ],
}  # fmt: skip


def register(app: Flask) -> None:
    """Compress after everything else was said about an answer, so this comes before the parts that say it."""
    app.config.from_mapping(_SETTINGS)
    library = Compress(app)

    @app.after_request
    def compress(response: Response) -> Response:
        if request.headers.get("Sec-Fetch-Site") in FOREIGN:
            return response
        return library.after_request(response)
