"""Finds the channels: every module here that offers `KIND` and `create`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

from dashboard import discovery
from dashboard.alerts import channels
from dashboard.alerts.channels.contract import Channel, ChannelKind
from dashboard.alerts.channels.reach import TRUSTED, Reach
from dashboard.alerts.notices import Habits
from dashboard.settings import ChannelSettings, SettingsError


@cache
def kinds() -> dict[str, ChannelKind]:
    """Every kind of channel by name."""
    found = (module for module in discovery.modules(channels) if hasattr(module, "KIND"))
    return {module.KIND: cast("ChannelKind", module) for module in found}


def habits() -> dict[str, Habits]:
    """What each kind does when its settings leave it open."""
    return {name: Habits(kind.GROUP_BY, kind.REPEAT_SECONDS) for name, kind in kinds().items()}


def kind_of(settings: ChannelSettings) -> ChannelKind:
    """The kind of a channel. Raises SettingsError when there is none."""
    known = kinds()
    if settings.kind not in known:
        hint = discovery.hint(settings.kind, known)
        raise SettingsError(f"channel {settings.name}: unknown kind {settings.kind!r}; {hint}")
    return known[settings.kind]


def open_channels(settings: Iterable[ChannelSettings], reach: Reach = TRUSTED) -> dict[str, Channel]:
    """The channels of the settings by name.

    Raises:
        SettingsError: a kind is unknown, a name is used twice, or a value is not possible.
    """
    made: dict[str, Channel] = {}
    for channel in settings:
        if channel.name in made:
            raise SettingsError(f"channel {channel.name}: the name is used twice; give each channel its own")
        made[channel.name] = kind_of(channel).create(channel, reach)
    return made
