"""What each channel must be told of an alert now, from what it was told before. No input or output here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dashboard.alerts.records import Alert, AlertState, Told
from dashboard.alerts.rules import seconds
from dashboard.alerts.states import BURNING, DARK
from dashboard.settings import ChannelSettings

_TYPES = {
    AlertState.FIRING: "alert.firing", AlertState.RESOLVED: "alert.resolved", AlertState.NO_DATA: "alert.nodata",
    AlertState.ERROR: "alert.error",
}  # fmt: skip
_OPEN = (AlertState.FIRING, *DARK)
"""Whoever heard one of these last waits for the end."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What a kind of channel does when its settings leave it open. repeat: seconds, 0: never again."""

    group_by: str = "none"
    repeat: float = 0.0


@dataclass(frozen=True, slots=True)
class Listener:
    """What counts of a channel here. repeat: seconds after which a firing alert is told again, 0: never.

    group_by: `rule`, `source` or `none`. wait: seconds a message waits for others of its group. deaf: it is told
    nothing now, being disabled or unread: stored in a form that cannot be read.
    """

    name: str
    repeat: float = 0.0
    send_resolved: bool = True
    group_by: str = "none"
    wait: float = 0.0
    deaf: bool = False
    unread: bool = False

    def key(self, alert: Alert) -> str:
        """Alerts with the same key may go out together, and go out in order."""
        if self.group_by == "rule":
            return f"rule:{alert.rule}:{alert.source}"
        return f"source:{alert.source}" if self.group_by == "source" else alert.fingerprint


@dataclass(frozen=True, slots=True)
class Plan:
    """told: what each channel has heard when all is sent. messages: (whom, type of the message)."""

    told: dict[str, Told]
    messages: tuple[tuple[Listener, str], ...] = ()


def listeners(
    channels: Iterable[ChannelSettings], habits: Mapping[str, Habits], deaf: Collection[str] = ()
) -> list[Listener]:
    """The channels as far as it counts here.

    Args:
        channels: of the settings, and made on pages.
        habits: by kind.
        deaf: names of those that are disabled.
    """
    return [_listener(each, habits.get(each.kind, Habits()), deaf=each.name in deaf) for each in channels]


def plan(
    alert: Alert,
    channels: Iterable[Listener],
    now: float,
    *,
    chosen: Collection[str] | None = None,
    silenced: bool = False,
    no_data_seconds: float = 60.0,
) -> Plan:
    """Whom to tell what.

    A channel hears that an alert fires once, and again after its repeat interval; that it has no data or an error
    once that has lasted; that it is over when it heard of it before. A silenced alert tells nobody anything new, but
    who knows of it hears of its end; when the silence ends and it still fires, it is told then. A disabled channel is
    told nothing, and once it is enabled again what it ought to know by then, as one that is new.

    Args:
        alert: as it stands, with what was heard before.
        channels: every channel there is.
        now: unix seconds.
        chosen: the rule's channels; None: all. Another one that knows of the alert still hears of its end.
        silenced: whether a silence matches it.
        no_data_seconds: how long it must be without a reading before that is told.
    """
    told, messages = {}, []
    lasting = now - alert.since >= no_data_seconds
    for channel in channels:
        before = alert.told.get(channel.name)
        word = _word(alert, before, channel, now, lasting=lasting)
        mute = silenced or (chosen is not None and channel.name not in chosen)
        if word and not channel.deaf and not (mute and word != AlertState.RESOLVED):
            told[channel.name] = Told(word, now)
            if word != AlertState.RESOLVED or channel.send_resolved:
                messages.append((channel, _TYPES[word]))
        elif before:
            told[channel.name] = before
    return Plan(told, tuple(messages))


def _word(alert: Alert, before: Told | None, channel: Listener, now: float, *, lasting: bool) -> AlertState | None:
    """What the channel must hear now when nothing keeps it quiet, None: nothing."""
    knows = before is not None and before.state in _OPEN
    if not alert.unresolved:
        return AlertState.RESOLVED if knows else None
    if before is None or not knows:
        return AlertState.FIRING if alert.state == AlertState.FIRING else None
    due = channel.repeat > 0 and now - before.at >= channel.repeat
    if alert.state in BURNING:
        return AlertState.FIRING if due or before.state in DARK else None
    if not lasting:
        return before.state if due else None
    return alert.state if due or before.state == AlertState.FIRING else None


def known(alert: Alert, channel: str) -> str:
    """The state that a channel heard of an alert while it waits for its end; empty when it does not."""
    told = alert.told.get(channel)
    return told.state.value if told and told.state in _OPEN else ""


def notified(told: Mapping[str, Told]) -> AlertState:
    """What was told last, to whomever."""
    return max(told.values(), key=lambda each: each.at).state if told else AlertState.INACTIVE


def _listener(channel: ChannelSettings, habits: Habits, *, deaf: bool) -> Listener:
    group_by = channel.group_by or habits.group_by
    repeat = seconds(channel.repeat) if channel.repeat else habits.repeat
    wait = 0.0 if group_by == "none" else seconds(channel.group_wait)
    return Listener(channel.name, repeat, channel.send_resolved, group_by, wait, deaf)
