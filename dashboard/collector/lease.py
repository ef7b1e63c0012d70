"""Which collector leads: a lease in the store with a fencing epoch."""

from __future__ import annotations

import secrets
import threading
import time

from dashboard.store import Fence, Store

LEASE_SECONDS = 10.0


class Lease:
    """One collector's claim to lead.

    Args:
        store: where the lease lies.
        seconds: how long it lasts without being renewed; renew it about three times as often.
    """

    def __init__(self, store: Store, seconds: float = LEASE_SECONDS) -> None:
        self._store = store
        self._seconds = seconds
        self._holder = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._fence: Fence | None = None
        self._trust_until = 0.0

    def renew(self) -> bool:
        """Take or renew it; whether this collector leads. Raises StoreUnavailable."""
        asked = time.monotonic()
        epoch = int(
            self._store.run("collector", "lead", (self._store.lease,), (self._holder, round(self._seconds * 1000)))
        )
        with self._lock:
            self._fence = Fence(self._holder, epoch) if epoch else None
            self._trust_until = asked + self._seconds
        return bool(epoch)

    def fence(self) -> Fence | None:
        """Proof of leading; None while another one leads, or when the last renewal is too long ago to be sure."""
        with self._lock:
            return self._fence if time.monotonic() < self._trust_until else None

    def resign(self) -> None:
        """Give it back. Raises StoreUnavailable."""
        with self._lock:
            self._fence = None
        self._store.run("collector", "resign", (self._store.lease,), (self._holder,))
