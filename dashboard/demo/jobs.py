"""`redrive worker dashboard.demo.jobs:app`: the application with all of the demo's jobs."""

from __future__ import annotations

from dashboard.demo import billing, emails, images, reports, webhooks
from dashboard.demo.application import app

__all__ = ["app", "billing", "emails", "images", "reports", "webhooks"]
