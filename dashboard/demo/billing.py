"""Jobs of the queue `billing`."""

from __future__ import annotations

from typing import Any

from dashboard.demo.application import app
from dashboard.demo.currencies import amount_words
from dashboard.demo.pace import work
from dashboard.demo.payment_gateway import PaymentGateway, tax_for


@app.job("billing.capture_payment", queue="billing", max_retries=1, timeout=20, backoff=2)
def capture_payment(
    *, payment: str, order: int, tenant: int, amount_cents: int, currency: str, acquirer: str, card_number: str
) -> str:
    """Take the money for an order of a tenant of the shop."""
    del order, tenant, card_number  # part of the message, and of no use here
    return PaymentGateway(acquirer).capture(payment, amount_words(amount_cents, currency))


@app.job("billing.issue_invoice", queue="billing", max_retries=0, timeout=20)
def issue_invoice(*, invoice: str, order: dict[str, Any]) -> str:
    """Write the invoice of an order."""
    total = order["amount_cents"] + tax_for(order)
    work(0.04)
    return f"{invoice}: {total / 100:.2f} {order['currency']}"


@app.job("billing.sync_refunds", queue="billing", max_retries=2, timeout=120, backoff=10)
def sync_refunds(*, since: str, pages: int = 5) -> int:
    """Fetch the refunds of all acquirers."""
    for _page in range(pages):
        work(0.08)
    return pages * len(since)


@app.job("billing.check_acquirer", queue="billing", max_retries=0, timeout=15)
def check_acquirer(*, acquirer: str) -> str:
    """See that an acquirer answers; the schedule that runs it fails while the acquirer is out."""
    return PaymentGateway(acquirer).ping()
