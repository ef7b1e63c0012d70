"""Failed attempts to sign in are counted and, beyond a limit, refused; memory is bounded however many there are."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from typing import cast

from dashboard.store import Store

WINDOW = 15 * 60
OF_NAME_FROM_ADDRESS, OF_NAME, OF_ADDRESS = 10, 100, 40
MOST_RECORDED = 100


class Throttle:
    """Counts by name from one address, by name, and by address. A success is taken off again.

    A name from everywhere has the highest limit, so that a stranger cannot easily lock its owner out. Names and
    addresses share 65,536 counters of each sort, which live for 15 minutes.

    Args:
        store: where the counters are kept.
        clock: gives unix seconds.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def counters(self, name: str, since: float | None, address: str) -> tuple[str, ...]:
        """Keys of the counters of one attempt.

        Args:
            name: as typed.
            since: when this user's password was set, None for an unknown name; another password starts anew.
            address: where the attempt comes from.
        """
        who, place = f"{name.lower()}|{since or ''}", network(address)
        sorts = (("pair", f"{who}|{place}"), ("name", who), ("address", place), ("all", ""))
        return tuple(self._store.attempts(sort, _bucket(text)) for sort, text in sorts)

    def attempt(self, counters: tuple[str, ...]) -> tuple[float, bool]:
        """Count an attempt; seconds to wait when it must not be made, and whether a failure is worth recording."""
        limits = (OF_NAME_FROM_ADDRESS, OF_NAME, OF_ADDRESS)
        arguments = (round(self._clock() * 1_000), WINDOW * 1_000, *limits)
        wait, recent = cast("list[bytes | int]", self._store.run("auth", "attempt", counters, arguments))
        return int(wait) / 1_000, int(recent) <= MOST_RECORDED


def network(address: str) -> str:
    """Whose address it is: an IPv6 customer has a whole /64."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return address


def _bucket(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:4]
