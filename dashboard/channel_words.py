"""Channels and messages in words, for pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.alerts.records import Alert, AlertState, ChannelInfo, Delivery
from dashboard.filters import hour
from dashboard.language import N_, gettext, ngettext

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
    """`Sent to pager at 14:19 UTC, accepted.`: what became of telling that an alert fires; empty when nobody was."""
    firing = [(name, each) for name, each in alert.told.items() if each.state != AlertState.RESOLVED]
    said = []
    for name, each in sorted(firing, key=lambda pair: pair[1].at)[-2:]:
        own = (d for d in deliveries if d.channel == name and d.rule == alert.rule and d.created_at >= each.at - 5)
        sent = next(own, None)
        said.append(_sent(name, each.at, sent.result if sent else ""))
    return " ".join(said)


def _sent(channel: str, at: float, result: str) -> str:
    values = {"channel": channel, "time": hour(at)}
    if result == "sent":
        return gettext("Sent to %(channel)s at %(time)s, accepted.", **values)
    if result == "gave up":
        return gettext("Could not be sent to %(channel)s at %(time)s.", **values)
    if result in ("waiting", "retrying"):
        return gettext("Being sent to %(channel)s since %(time)s, not accepted yet.", **values)
    return gettext("Told to %(channel)s at %(time)s.", **values)


FILTERS: dict[str, Callable[..., Any]] = {"channel_kind": kind, "channel_works": works}
