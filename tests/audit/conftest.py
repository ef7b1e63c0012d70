"""The application as the tests of its pages use it."""

from __future__ import annotations

from tests.web.conftest import app, bundle, client, drive, seeder, settings

__all__ = ["app", "bundle", "client", "drive", "seeder", "settings"]
