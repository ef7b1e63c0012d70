"""The demo's queue_core application; its Redis is named by REDIS_URL."""

from __future__ import annotations

import os

from queue_core import App

app = App(os.environ.get("REDIS_URL", "redis://localhost:6379/0"), version="shop 4.2.0")
