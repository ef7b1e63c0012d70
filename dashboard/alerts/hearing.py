"""Which channels get no messages now, and what a channel truly heard of alerts when a message did not reach it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dashboard.alerts.records import Alert, AlertState, Told
from dashboard.store import Store

MOST_UNHEARD = 1_000


@dataclass(frozen=True, slots=True)
class Hearing:
    """deaf: names of channels that are disabled. unheard: by channel and the alert's fingerprint, what the channel
    knew before a message was given up because it is disabled; None: nothing.
    """

    deaf: frozenset[str] = frozenset()
    unheard: Mapping[tuple[str, str], AlertState | None] = field(default_factory=dict)

    def of(self, alert: Alert) -> dict[str, Told]:
        """What each channel heard of an alert, without what did not reach it."""
        heard = {}
        for channel, told in alert.told.items():
            known = self.unheard.get((channel, alert.fingerprint), told.state)
            if known is not None:
                heard[channel] = told if known == told.state else Told(known, told.at)
        return heard


def hearing(store: Store, channels: Iterable[str]) -> Hearing:
    """Reads it for the channels of these names, in one command. Raises StoreUnavailable."""
    names = list(dict.fromkeys(channels))
    if not names:
        return Hearing()
    deaf, unheard = set(), {}
    for name, (disabled, flat) in zip(names, store.run("alerts", "hearing", (store.outbox,), (MOST_UNHEARD, *names)),
                                      strict=True):  # fmt: skip
        if disabled:
            deaf.add(name)
        for fingerprint, known in zip(flat[::2], flat[1::2], strict=True):
            unheard[name, fingerprint.decode(errors="replace")] = _state(known)
    return Hearing(frozenset(deaf), unheard)


def _state(word: bytes) -> AlertState | None:
    try:
        return AlertState(word.decode()) if word else None
    except ValueError:
        return None
