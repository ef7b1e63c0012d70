"""A home directory for one test, as commands have it."""

from __future__ import annotations

from tests.cli.conftest import home

__all__ = ["home"]
