"""The demo's queue_core application; its Redis is named by REDIS_URL, its release by SHOP_RELEASE."""

from __future__ import annotations

import os

from queue_core import App

RELEASE = os.environ.get("SHOP_RELEASE", "shop 4.2.0")
app = App(os.environ.get("REDIS_URL", "redis://localhost:6379/0"), version=RELEASE)
