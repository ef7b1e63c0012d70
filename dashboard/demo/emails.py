"""Jobs of the queue `emails`."""

from __future__ import annotations

from dashboard.demo.application import app
from dashboard.demo.mail_server import MailServer
from dashboard.demo.pace import work


@app.job("emails.send_receipt", queue="emails", max_retries=3, timeout=30, backoff=4)
def send_receipt(*, to: str, order: int, total: str) -> str:
    """Mail a customer the receipt of an order."""
    body = _render("receipt", order=str(order), total=total)
    MailServer().send(to, f"Your receipt for order {order}")
    return f"{len(body)} bytes to {to}"


@app.job("emails.send_digest", queue="emails", max_retries=2, timeout=60, backoff=6)
def send_digest(*, to: str, week: str, articles: list[str]) -> str:
    """Mail a subscriber the week's articles."""
    body = _render("digest", week=week, titles=", ".join(articles))
    MailServer("bulk.mail.example").send(to, f"The week {week} in {len(articles)} articles")
    return f"{len(body)} bytes to {to}"


def _render(template: str, **values: str) -> str:
    work(0.01)
    return "\n".join([f"template: {template}", *(f"{name}: {value}" for name, value in values.items())])
