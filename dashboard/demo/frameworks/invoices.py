"""A Celery application of the demo: invoices and reminders. Failures keep their arguments (`result_extended`)."""

from __future__ import annotations

from celery import Celery

from dashboard.demo.pace import work

QUEUES = ("invoices", "reminders")

app = Celery("shop")
app.conf.update(
    task_default_queue="invoices",
    task_routes={"shop.remind": {"queue": "reminders"}},
    result_extended=True,
    task_track_started=True,
    result_expires=86_400,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    worker_prefetch_multiplier=1,
)


class LedgerLocked(RuntimeError):
    """The month is closed in the books."""


@app.task(name="shop.invoice")  # type: ignore[untyped-decorator]  # Celery has no types
def invoice(order: int, amount_cents: int, currency: str = "EUR") -> str:
    """Write an invoice; returns its number."""
    work(0.1)
    if currency == "XAU":
        raise KeyError(currency)
    if amount_cents % 13 == 0:
        raise LedgerLocked("period 2026-10 is closed, post to 2026-11")
    return f"R-{order:06}"


@app.task(name="shop.remind")  # type: ignore[untyped-decorator]  # Celery has no types
def remind(invoice_number: str, days_late: int) -> str:
    """Mail a reminder; returns whom it went to."""
    work(0.05)
    if days_late > 60:
        raise ConnectionRefusedError(111, f"smtp.mail.example refused {invoice_number}")
    return f"reminded of {invoice_number}"


def connect(url: str) -> Celery:
    """The application on a Redis."""
    app.conf.update(broker_url=url, result_backend=url)
    return app


def run(url: str) -> None:
    """Work until SIGTERM, which lets the tasks in hand end."""
    words = [
        "--quiet",
        "worker",
        "--queues",
        ",".join(QUEUES),
        "--concurrency",
        "2",
        "--pool",
        "threads",
        "--hostname",
        "shop@%h",
    ]
    connect(url).worker_main([*words, "--hostname", "shop@%h", "--loglevel", "CRITICAL"])
