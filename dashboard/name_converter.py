"""Where an address has a name of a queue or job, Flask reads and writes it as `names_in_addresses` does."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import UnicodeConverter

from dashboard.names_in_addresses import read, written

TAKEN = {"new": "~6Eew"}
"""Where names stand, this one leads to an empty form; what is called so is written otherwise."""


def register(app: Flask) -> None:
    """Read and write parts so in every address; before any of them is added."""
    app.url_map.converters["default"] = NameConverter


class NameConverter(UnicodeConverter):
    """The part of an address where a name stands."""

    def to_python(self, value: str) -> str:
        """The name that a part stands for."""
        return read(value)

    def to_url(self, value: Any) -> str:
        """The part that stands for a name."""
        return str(super().to_url(TAKEN.get(str(value)) or written(str(value))))
