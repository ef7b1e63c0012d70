"""`redrive worker dashboard.demo.jobs:app`: the application with all of the demo's jobs."""

from __future__ import annotations

from dashboard.demo import billing, emails, images, reports, webhooks
from dashboard.demo.application import app

__all__ = ["app", "billing", "emails", "images", "reports", "webhooks"]

app.schedule(billing.check_acquirer, every=30, name="acquirer-check", catch_up="skip", grace=15, acquirer="north")
app.schedule(billing.sync_refunds, every=120, name="refunds", overlap="skip", since="2026-11-01", pages=4)
app.schedule(
    emails.send_digest, cron="* * * * *", name="desk-digest", to="desk@customer.example", week="2026-W48",
    articles=["Orders", "Returns"],
)  # fmt: skip
app.schedule(
    billing.sync_refunds, cron="0 2 * * *", timezone="Europe/Berlin", name="nightly-refunds", since="2026-01-01",
    pages=40,
)  # fmt: skip
app.schedule(reports.monthly_revenue, cron="0 6 1 * *", name="revenue", month="last", countries=["DE", "FR", "NL"])
