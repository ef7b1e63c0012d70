"""Finds the channels: every module here that offers `KIND` and `create`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from dashboard import discovery
from dashboard.alerts import channels
from dashboard.alerts.channels.contract import Channel, ChannelFactory
from dashboard.settings import ChannelSettings, SettingsError


@cache
def factories() -> dict[str, ChannelFactory]:
    """Every channel's factory by kind."""
    return discovery.factories(channels)


def open_channels(settings: Iterable[ChannelSettings]) -> dict[str, Channel]:
    """The channels of the settings by name.

    Raises:
        SettingsError: a kind is unknown, a name is used twice, or a value is not possible.
    """
    made: dict[str, Channel] = {}
    for channel in settings:
        if channel.name in made:
            raise SettingsError(f"channel {channel.name}: the name is used twice; give each channel its own")
        known = factories()
        if channel.kind not in known:
            near = discovery.hint(channel.kind, known)
            raise SettingsError(f"channel {channel.name}: unknown kind {channel.kind!r}; {near}")
        made[channel.name] = known[channel.kind](channel)
    return made
