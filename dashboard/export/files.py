"""Rows as CSV or JSON lines, in pieces; a file that is not whole says so in its last line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from dashboard.adapters.contract import AdapterError
from dashboard.export.columns import cells

T = TypeVar("T")
KINDS = {"csv": "text/csv", "jsonl": "application/jsonl"}
PIECE = 100
"""Rows written at once."""


def lines(
    kind: str, rows: Iterator[T], item: Callable[[T], dict[str, Any]], columns: Sequence[str], most: int
) -> Iterator[str]:
    """A whole file, piece by piece.

    Args:
        kind: `csv` or `jsonl`.
        rows: what is written; an AdapterError that it raises ends the file with a line that says so.
        item: a row as the API gives it.
        columns: of a CSV file.
        most: rows at most; when there are more, the last line says so.
    """
    if kind == "csv":
        yield _csv([columns])
    written = 0
    end = ""
    while not end:
        piece, end = _piece(rows, min(PIECE, most - written), written)
        written += len(piece)
        items = [item(row) for row in piece]
        if items:
            yield _csv(cells(each, columns) for each in items) if kind == "csv" else "".join(map(_json, items))
        if len(piece) < PIECE and not end:
            end = _beyond(rows, written, most)
            if not end:
                return
    yield _csv([[f"# INCOMPLETE: {end}"]]) if kind == "csv" else _json({"incomplete": end, "rows": written})


def tells_incomplete(piece: str) -> bool:
    """Whether a piece is the last line of a file that is not whole."""
    return piece.lstrip('"').startswith(("# INCOMPLETE: ", '{"incomplete":'))


def _piece(rows: Iterator[T], size: int, before: int) -> tuple[list[T], str]:
    piece: list[T] = []
    try:
        for row in islice(rows, size):
            piece.append(row)  # noqa: PERF402 - what was read before a failure stays
    except AdapterError as error:
        return piece, f"the reading failed after {before + len(piece):,} rows: {error}"
    return piece, ""


def _beyond(rows: Iterator[T], written: int, most: int) -> str:
    """Why the file ends although more follows; empty when nothing does."""
    if written < most:
        return ""
    try:
        more = next(rows, None) is not None
    except AdapterError:
        more = True
    return f"{most:,} rows are the most (limits.export); narrow the filter or raise the limit" if more else ""


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _json(item: dict[str, Any]) -> str:
    return json.dumps(item, separators=(",", ":"), default=str) + "\n"
