"""A payment gateway with acquirers that go down, cards that are declined, and a tax service."""

from __future__ import annotations

from typing import Any

from dashboard.demo import outages
from dashboard.demo.pace import work
from queue_core import PermanentError

_TAX = {"DE": 0.19, "FR": 0.20, "GB": 0.20, "NL": 0.21, "PL": 0.23}


class CardDeclined(PermanentError):
    """The bank refused the card; trying again will not change its mind."""


class PaymentGateway:
    """Captures payments through one acquirer."""

    def __init__(self, acquirer: str) -> None:
        self.acquirer = acquirer

    def capture(self, payment: str, amount: str) -> str:
        """Take the money; returns the acquirer's reference."""
        answer = self._post("/v2/captures", {"payment": payment, "amount": amount})
        if answer["status"] == "declined":
            raise CardDeclined(f"acquirer {self.acquirer} declined the card: insufficient_funds")
        return str(answer["reference"])

    def ping(self) -> str:
        """Ask whether the acquirer answers."""
        return str(self._post("/v2/ping", {"payment": "none"})["status"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        work(0.05)
        if outages.lasts(f"acquirer-{self.acquirer}"):
            raise TimeoutError(f"POST https://{self.acquirer}.acquirer.example{path} timed out after 10.0 s")
        declined = str(body["payment"]).endswith("00")
        return {"status": "declined" if declined else "captured", "reference": f"ref_{body['payment']}"}


def tax_for(order: dict[str, Any]) -> int:
    """Tax of an order in cents."""
    tax: float = order["amount_cents"] * _rate(order["customer"])
    return round(tax)


def _rate(customer: dict[str, Any]) -> float:
    return _TAX[customer["tax_region"]]
