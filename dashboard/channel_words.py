"""Channels and messages in words, for pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.alerts.deliveries import OPEN
from dashboard.alerts.records import Alert, AlertState, ChannelInfo, Delivery
from dashboard.filters import hour
from dashboard.language import N_, gettext, listed, ngettext

_KINDS = {
    "webhook": (N_("Webhook"), N_("The address that takes a POST, signed when there is a secret (whsec_…).")),
    "slack": ("Slack", N_("The address of an incoming webhook of Slack.")),
    "pagerduty": ("PagerDuty", N_("The secret is the routing key of an integration; the address is only for accounts of"
                                  " the EU.")),
    "alertmanager": ("Alertmanager", N_("The address of Alertmanager; it groups and routes what it is told.")),
    "teams": ("Teams", N_("The address of a workflow that posts to a channel.")),
    "discord": ("Discord", N_("The address of a webhook of a channel.")),
    "email": (N_("Email"), ""),
}  # fmt: skip
_SAID = {
    "sent": N_("Sent to %(channel)s at %(time)s, accepted."),
    "waiting": N_("Being sent to %(channel)s since %(time)s, not accepted yet."),
    "gave up": N_("Could not be sent to %(channel)s at %(time)s."),
    "": N_("A message to %(channel)s was made at %(time)s."),
}
"""By the result of a message; empty for one that is no longer looked at."""
NEAR = 60.0
"""Seconds between an alert and the message that tells of it, at most: it waits for others."""
FEW = 5
"""Of so many tries that were made last it is said how many failed."""


def kind(name: str) -> str:
    """The kind of a channel, as people call it."""
    return gettext(_KINDS[name][0]) if name in _KINDS else name.capitalize()


def hint(name: str) -> str:
    """What its address and secret are."""
    return gettext(_KINDS[name][1]) if name in _KINDS and _KINDS[name][1] else ""


def works(channel: ChannelInfo) -> tuple[str, str]:
    """Look and words of how a channel works: `Working`, `2 of 5 failed`, `Disabled: 410`."""
    if channel.unreadable:
        return "bad", gettext("Cannot be read")
    if channel.disabled:
        status = channel.last_status
        return "bad", gettext("Disabled: %(why)s", why=status) if status else gettext("Disabled")
    lately = channel.recent[-FEW:]
    failed = lately.count(False)
    if failed:
        words = ngettext("%(failed)s of %(num)s failed", "%(failed)s of %(num)s failed", len(lately), failed=failed)
        return ("bad" if not any(lately) else "warn"), words
    return ("good", gettext("Working")) if lately else ("off", gettext("Not tried yet"))


def told(alert: Alert, deliveries: Sequence[Delivery]) -> str:
    """`Sent to pager at 14:19, accepted.`: what became of telling that an alert fires; empty when nobody was told.

    Args:
        alert: as it stands.
        deliveries: the newest messages of all alerts.
    """
    went: dict[str, list[tuple[str, float]]] = {}
    for name, each in sorted(alert.told.items()):
        if each.state != AlertState.RESOLVED:
            went.setdefault(_went(alert, name, each.at, deliveries), []).append((name, each.at))
    return " ".join(_sent(result, went[result]) for result in _SAID if result in went)


def _went(alert: Alert, channel: str, at: float, deliveries: Sequence[Delivery]) -> str:
    """How the message ended that was made for a channel at a time; of an alert that joined another, that one."""
    own = [each for each in deliveries if (each.channel, each.rule) == (channel, alert.rule)]
    near = (each for each in own if abs(each.created_at - at) < NEAR and each.type != "alert.resolved")
    found = min(near, key=lambda each: abs(each.created_at - at), default=None)
    if found is None:
        return "waiting" if any(each.result in OPEN and each.created_at < at for each in own) else ""
    return "waiting" if found.result in OPEN else found.result


def _sent(result: str, told: Sequence[tuple[str, float]]) -> str:
    names, times = [name for name, _ in told], [at for _, at in told]
    at = min(times) if result == "waiting" else max(times)
    return gettext(_SAID[result], channel=listed(names, FEW), time=hour(at))


FILTERS: dict[str, Callable[..., Any]] = {"channel_kind": kind, "channel_works": works}
