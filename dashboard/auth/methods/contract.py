"""What every way in offers."""

from __future__ import annotations

from typing import Protocol

from werkzeug.wrappers import Request

from dashboard.auth.identity import Identity


class Method(Protocol):
    """Recognises accounts by one kind of proof."""

    def identify(self, request: Request) -> Identity | None:
        """Who asks; None when the request carries no valid proof of this kind.

        Raises:
            StoreUnavailable: the proof cannot be checked now.
        """
