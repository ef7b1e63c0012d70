"""The delivery log: what was sent, what waits, what was given up; and sending it again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from dashboard.adapters.contract import InvalidRequest, NotFound, Page
from dashboard.alerts.records import Delivery, Try
from dashboard.audit.log import AuditLog, Entry
from dashboard.language import N_
from dashboard.store import Store

RESULTS = ("waiting", "retrying", "sent", "gave up", "failed")
"""`gave up` is kept to be sent again; `failed` is a test that was not taken, which is made anew instead."""
OPEN = ("waiting", "retrying")
LOOKED_AT = 1_000
MOST_DEAD = 1_000
_FIELDS = (
    "channel", "rule", "type", "result", "attempts", "created", "next", "finished", "status", "error", "seconds",
    "count", "where",
)  # fmt: skip
"""In the order in which newest.lua gives them."""


class UnknownDelivery(NotFound):
    """No message has that id, or it is no longer kept."""


class DeliveryLog:
    """Reads messages, and brings dead ones back.

    Args:
        store: where they are kept.
        clock: gives unix seconds.
        audit: what was sent again, and by whom.

    Raises:
        StoreUnavailable: of all methods, when the store does not answer.
    """

    def __init__(self, store: Store, clock: Callable[[], float], audit: AuditLog | None = None) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def page(
        self, channel: str = "", result: str = "", cursor: str = "", limit: int = 50, alert: str = ""
    ) -> Page[Delivery]:
        """Messages, the newest first; given-up ones by when they were given up.

        Args:
            channel: only those of this one.
            result: only those that ended so; see RESULTS.
            cursor: where to go on, from an earlier page.
            limit: at most so many.
            alert: only those that tell of the alert with this fingerprint, maybe among others.

        Raises:
            InvalidRequest: there is no such result.
        """
        if result and result not in RESULTS:
            raise InvalidRequest(N_("result must be one of %(known)s"), known=", ".join(RESULTS))
        listed = self._store.dead_deliveries if result == "gave up" else self._store.deliveries
        argv = (self._store.delivery(""), limit, channel, result, cursor, LOOKED_AT, alert)
        following, rows = self._store.run("alerts", "newest", (listed,), argv)
        items = tuple(_delivery(row[0].decode(), dict(zip(_FIELDS, row[1], strict=True))) for row in rows)
        return Page(items, following.decode() or None)

    def get(self, delivery_id: str) -> Delivery:
        """One message with its tries. Raises UnknownDelivery."""
        with self._store.errors():
            raw = cast("dict[bytes, bytes]", self._store.client.hgetall(self._store.delivery(delivery_id)))
        if not raw:
            raise UnknownDelivery(N_("there is no message %(id)s, or it is no longer kept"), id=delivery_id)
        return _delivery(delivery_id, {name.decode(): value for name, value in raw.items()})

    def dead(self) -> int:
        """How many messages were given up and can be sent again."""
        with self._store.errors():
            return int(self._store.client.zcard(self._store.dead_deliveries))

    def retry(self, delivery_id: str) -> Delivery:
        """Send one again that was given up, or one that waits for its next try at once.

        Raises:
            UnknownDelivery: there is none of that id.
            InvalidRequest: it was sent, or was not tried yet.
        """
        if not self._replay(delivery_id):
            found = self.get(delivery_id)
            if found.type == "alert.test":
                raise InvalidRequest(
                    N_("a test message is not sent again; test the channel %(name)s"), name=found.channel
                )
            raise InvalidRequest(N_("message %(id)s is not given up: %(result)s"), id=found.id, result=found.result)
        sent = self.get(delivery_id)
        self._record(Entry("retry message", "delivery", target=sent.id, detail=f"{sent.type} to {sent.channel}"))
        return sent

    def retry_all(self) -> int:
        """Send all again that are given up now; how many."""
        sent, most = 0, self.dead()
        while sent < most:
            now = len(self._replay(""))
            if not now:
                break
            sent += now
        if sent:
            self._record(Entry("retry messages", "delivery", count=sent, detail="all that were given up"))
        return sent

    def totals(self) -> dict[tuple[str, str], int]:
        """How many messages ended as (channel, `sent`, `gave up` or `dropped` from the dead ones), ever."""
        with self._store.errors():
            raw = cast("dict[bytes, bytes]", self._store.client.hgetall(self._store.delivery_totals))
        rows = ((name.decode().rpartition("|"), int(count)) for name, count in raw.items())
        return {(channel, result): count for (channel, _, result), count in rows}

    def _record(self, entry: Entry) -> None:
        if self._audit:
            self._audit.record(entry)

    def _replay(self, delivery_id: str) -> Sequence[bytes]:
        store = self._store
        keys = (store.outbox, store.deliveries, store.dead_deliveries)
        argv = (store.delivery(""), repr(self._clock()), delivery_id)
        return cast("Sequence[bytes]", store.run("alerts", "lines+replay", keys, argv))


def _delivery(delivery_id: str, fields: Mapping[str, bytes | None]) -> Delivery:
    def word(name: str) -> str:
        return (fields.get(name) or b"").decode(errors="replace")

    def number(name: str) -> float | None:
        return float(word(name)) if word(name) else None

    tries = (_try(int(name[2:]), json.loads(word(name))) for name in fields if name.startswith("a:"))
    return Delivery(
        id=delivery_id, channel=word("channel"), rule=word("rule"), type=word("type"), result=word("result"),
        attempts=int(word("attempts") or 0), created_at=number("created") or 0.0,
        next_attempt_at=number("next") if word("result") in OPEN else None, finished_at=number("finished"),
        status=int(word("status")) if word("status") else None, error=word("error"), seconds=number("seconds"),
        alerts=int(word("count") or 1), where=word("where"),
        tries=tuple(sorted(tries, key=lambda each: each.number)),
        about=tuple((name[2:], _summary(value or b"")) for name, value in fields.items() if name.startswith("e:")),
    )  # fmt: skip


def _summary(event: bytes) -> str:
    try:
        return str(json.loads(event)["data"].get("summary", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _try(number: int, given: dict[str, Any]) -> Try:
    return Try(number, given["at"], given["result"], given.get("status"), given.get("error", ""), given.get("seconds"))
