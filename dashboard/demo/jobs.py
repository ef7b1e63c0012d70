"""`redrive worker dashboard.demo.jobs:app`: the application with all of the demo's jobs."""

from __future__ import annotations

from dashboard.demo import billing, emails, images, reports, webhooks
from dashboard.demo.application import app

__all__ = ["app", "billing", "emails", "images", "reports", "webhooks"]

app.schedule(billing.sync_refunds, every=120, name="refunds", since="2026-11-01", pages=4)
app.schedule(reports.monthly_revenue, cron="0 6 1 * *", name="revenue", month="last", countries=["DE", "FR", "NL"])
