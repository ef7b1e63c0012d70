"""Which jobs the demo enqueues, in which order, and which of them cannot succeed: the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_NAMES = ("ada", "ben", "chloe", "dimitri", "elif", "farah", "goran", "hanna", "ines", "jonas", "kaya", "lucia")
TENANT_IN_YEN = 42
_TOPICS = ("Orders", "Shipping", "Prices", "Returns", "Stock", "Reviews")


@dataclass(frozen=True, slots=True)
class Sample:
    """One job to enqueue; `delay` in seconds."""

    queue: str
    type: str
    data: dict[str, Any]
    priority: int = 0
    delay: float = 0.0


Maker = Callable[[], Sample]


class Sequence:
    """An endless sequence of jobs.

    Args:
        seed: the same seed gives the same jobs.
        fail_rate: share (0 to 1) of jobs that are made so that they fail.
    """

    def __init__(self, seed: int, fail_rate: float) -> None:
        self._random = random.Random(seed)
        self._fail_rate = fail_rate
        self._order = 48_000 + seed % 1000
        self._good: list[tuple[Maker, int]] = [
            (self.receipt, 30), (self.digest, 6), (self.payment, 22), (self.invoice, 12), (self.refunds, 1),
            (self.thumbnail, 12), (self.resize, 6), (self.webhook, 20), (self.verify, 2), (self.report, 1),
        ]  # fmt: skip
        self._bad: list[tuple[Maker, int]] = [
            (self.receipt_to_full_mailbox, 18), (self.greylisted_receipt, 12), (self.declined_payment, 12),
            (self.invoice_without_region, 20), (self.picture_of_unknown_kind, 12), (self.picture_too_large, 6),
            (self.webhook_to_legacy, 16), (self.webhook_to_retired, 10), (self.flaky_webhook, 12),
            (self.wrong_challenge, 4),
        ]  # fmt: skip

    def __iter__(self) -> Iterator[Sample]:
        while True:
            yield self._one_of(self._bad if self._random.random() < self._fail_rate else self._good)

    def bad(self, number: int) -> list[Sample]:
        """So many jobs that fail."""
        return [self._one_of(self._bad) for _ in range(number)]

    def _one_of(self, makers: list[tuple[Maker, int]]) -> Sample:
        (maker,) = self._random.choices([maker for maker, _ in makers], [weight for _, weight in makers])
        return maker()

    def _next_order(self) -> int:
        self._order += 1
        return self._order

    def _cents(self) -> int:
        return self._random.randrange(490, 32_000, 5)

    def _mail(self, domain: str = "customer.example") -> str:
        return f"{self._random.choice(_NAMES)}.{self._random.randrange(1000)}@{domain}"

    def receipt(self, domain: str = "customer.example") -> Sample:
        """A receipt by mail; some are urgent."""
        priority = 5 if self._random.random() < 0.05 else 0
        data = {"to": self._mail(domain), "order": self._next_order(), "total": f"{self._cents() / 100:.2f} EUR"}
        return Sample("emails", "emails.send_receipt", data, priority=priority)

    def digest(self) -> Sample:
        """A newsletter, sent a little later."""
        titles = self._random.sample(_TOPICS, 3)
        data = {"to": self._mail(), "week": f"2026-W{self._random.randrange(1, 53):02d}", "articles": titles}
        return Sample("emails", "emails.send_digest", data, delay=float(self._random.randrange(20, 240)))

    def payment(self, acquirer: str = "", last: str = "") -> Sample:
        """A payment to be captured."""
        payment = f"pay_{self._random.randrange(10**6, 10**7)}{last or self._random.randrange(10, 99)}"
        tenant = TENANT_IN_YEN if self._random.random() < 0.1 else self._random.randrange(1, 40)
        data = {
            "payment": payment, "order": self._next_order(), "tenant": tenant, "amount_cents": self._cents(),
            "currency": "JPY" if tenant == TENANT_IN_YEN else self._random.choice(("EUR", "EUR", "GBP", "USD")),
            "acquirer": acquirer or self._random.choice(("north", "north", "south")),
            "card_number": f"4242 4242 4242 {self._random.randrange(1000, 9999)}",
        }  # fmt: skip
        return Sample("billing", "billing.capture_payment", data)

    def invoice(self, region: str | None = "") -> Sample:
        """An invoice; None leaves the customer's tax region out."""
        customer = {"id": self._random.randrange(1000, 99_999), "name": self._random.choice(_NAMES).title()}
        if region is not None:
            customer["tax_region"] = region or self._random.choice(("DE", "FR", "GB", "NL", "PL"))
        order = {"id": self._next_order(), "amount_cents": self._cents(), "currency": "EUR", "customer": customer}
        return Sample("billing", "billing.issue_invoice", {"invoice": f"INV-{order['id']}", "order": order})

    def refunds(self) -> Sample:
        """A run over the acquirers' refunds, later."""
        return Sample("billing", "billing.sync_refunds", {"since": "2026-11-01", "pages": 4}, delay=90.0)

    def thumbnail(self, suffix: str = "png", side: int = 0) -> Sample:
        """A small picture of a product."""
        return Sample("images", "images.thumbnail", self._picture(suffix, side))

    def resize(self, suffix: str = "png", side: int = 0) -> Sample:
        """A smaller copy of a picture."""
        return Sample("images", "images.resize", self._picture(suffix, side) | {"to": 1280})

    def _picture(self, suffix: str, side: int) -> dict[str, Any]:
        width = side or self._random.choice((1600, 2400, 4000))
        return {"path": f"products/{self._random.randrange(10_000)}.{suffix}", "width": width, "height": width * 3 // 4}

    def webhook(self, host: str = "partner") -> Sample:
        """An event for a partner."""
        event = self._random.choice(("order.paid", "order.shipped", "refund.created"))
        data = {"endpoint": f"https://{host}.example/hooks/redrive", "event": event,
                "payload": {"order": self._next_order()}}  # fmt: skip
        return Sample("webhooks", "webhooks.deliver", data)

    def verify(self, host: str = "partner") -> Sample:
        """A check of a partner's address."""
        data = {
            "endpoint": f"https://{host}.example/hooks/redrive",
            "challenge": f"{self._random.getrandbits(64):016x}",
        }
        return Sample("webhooks", "webhooks.verify", data)

    def report(self) -> Sample:
        """The month's revenue; its queue is paused, so these wait."""
        month = f"2026-{self._random.randrange(1, 12):02d}"
        return Sample("reports", "reports.monthly_revenue", {"month": month, "countries": ["DE", "FR", "NL"]})

    def receipt_to_full_mailbox(self) -> Sample:
        """Refused by the mail server, each time."""
        return self.receipt("full.example")

    def greylisted_receipt(self) -> Sample:
        """Refused once, then taken."""
        return self.receipt("greylisted.example")

    def declined_payment(self) -> Sample:
        """Declined by the bank: a permanent error."""
        return self.payment(last="00")

    def invoice_without_region(self) -> Sample:
        """Made by an old client that does not send the tax region; an edit mends it."""
        return self.invoice(None)

    def picture_of_unknown_kind(self) -> Sample:
        """In a format the decoder does not know."""
        return self.thumbnail("heic")

    def picture_too_large(self) -> Sample:
        """Needs more memory than there is."""
        return self.resize(side=30_000)

    def poison_pill(self) -> Sample:
        """Kills the process that works on it."""
        return self.resize("rifx")

    def webhook_to_legacy(self) -> Sample:
        """Answered with a page instead of JSON."""
        return self.webhook("legacy-shop")

    def webhook_to_retired(self) -> Sample:
        """Refused, since nobody listens there any more."""
        return self.webhook("retired-crm")

    def flaky_webhook(self) -> Sample:
        """Reset once, then taken."""
        return self.webhook("flaky-courier")

    def wrong_challenge(self) -> Sample:
        """Answered with another challenge than was sent."""
        return self.verify("typo")
