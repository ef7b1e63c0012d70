"""Jobs of the queue `reports`, which is paused in the demo."""

from __future__ import annotations

from dashboard.demo.application import app
from dashboard.demo.pace import work


@app.job("reports.monthly_revenue", queue="reports", max_retries=1, timeout=300, backoff=30)
def monthly_revenue(*, month: str, countries: list[str]) -> dict[str, int]:
    """Add up a month, country by country."""
    totals = {}
    for country in countries:
        work(0.3)
        totals[country] = sum(ord(letter) for letter in month + country) * 100
    return totals
