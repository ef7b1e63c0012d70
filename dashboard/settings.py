"""The one frozen Settings object; the only reader of the environment and of `redrive.toml`."""

from __future__ import annotations

import difflib
import os
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import (
    SettingsError as PydanticSettingsError,
)

from dashboard.trace_links import checked

DURATION = r"^\d+(\.\d+)?(ms|s|m|h|d)$"
"""Spans of time as they are written: `90s`, `5m`, `1.5h`."""


class SettingsError(Exception):
    """A setting is unknown or invalid; the text names it and says what is allowed."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SourceSettings(_Model):
    """One place where jobs live."""

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,48}$")
    kind: str = "queue_core"
    url: str
    namespace: str = ""
    options: dict[str, str | int | bool | tuple[str, ...]] = Field(default={}, description="of its kind alone")
    find: bool = Field(default=False, description="show other kinds of queues at the same Redis too")


class ChannelSettings(_Model):
    """Where alert messages go; what a kind needs besides stands in `options`."""

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,48}$")
    kind: str = "webhook"
    url: str = ""
    secret: str = ""
    timeout: float = Field(default=10.0, gt=0, le=60)
    previous_secrets: tuple[str, ...] = Field(default=(), description="sign too, while receivers change to `secret`")
    group_by: Literal["", "rule", "source", "none"] = Field(default="", description="empty: as its kind does")
    group_wait: str = Field(default="10s", pattern=DURATION, description="how long a message waits for others")
    repeat: str = Field(default="", pattern=f"^$|{DURATION}", description="empty: as its kind does; 0s: never again")
    send_resolved: bool = True
    options: dict[str, str | int | bool | tuple[str, ...]] = Field(default={}, description="of its kind alone")


class RuleSettings(_Model):
    """What is watched: `metric` above a threshold for a time."""

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    metric: str = Field(default="", description="may be left out to change a built-in rule only in what is written")
    above: float = 0.0
    for_: str = Field(default="0s", alias="for", pattern=DURATION)
    keep_firing_for: str = Field(default="0s", pattern=DURATION, description="this long it must be over")
    clear: float | None = Field(default=None, description="it is over at or below this; default: `above`")
    window: str = Field(default="0s", pattern=DURATION, description="growth and new groups; 0s: the metric's own")
    severity: Literal["page", "ticket", "info"] = "page"
    source: str = ""
    queue: str = ""
    type: str = ""
    fingerprint: str = ""
    channels: tuple[str, ...] | None = None
    minimum: int = Field(default=0, ge=0, description="failure_rate: attempts a minute below which it is not judged")
    objective: float = Field(default=99.0, gt=0, lt=100, description="burn_rate: percent that is to succeed")
    no_data_for: str = Field(default="60s", pattern=DURATION, description="a firing alert without readings is told of")
    enabled: bool = True


class WindowSettings(_Model):
    """A recurring maintenance window, in which alerts that match are told to nobody."""

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    match: tuple[str, ...] = Field(description="all must hold: `queue=reports`, `rule~redis-*`")
    cron: str = Field(description="when it begins: five fields")
    for_: str = Field(alias="for", pattern=DURATION, description="how long it lasts")
    zone: str = "UTC"
    comment: str = Field(default="", max_length=300)


class AlertSettings(_Model):
    """Rules and how often they are evaluated."""

    rules: tuple[RuleSettings, ...] = ()
    windows: tuple[WindowSettings, ...] = ()
    every: float = Field(default=5.0, gt=0, le=300)
    base_url: str = Field(default="", description="address of the dashboard as receivers of alerts reach it")
    heartbeat_url: str = Field(default="", description="told every minute that rules are evaluated; empty: nobody is")
    heartbeat_every: str = Field(default="1m", pattern=DURATION, description="at least 5 seconds")


class AuthSettings(_Model):
    """Who may look and act: everyone who reaches this server, or users who sign in."""

    mode: Literal["none", "users"] = "none"
    session_hours: float = Field(default=12.0, gt=0, le=168, description="unused for so long, a session ends")
    metrics_open: bool | None = Field(default=None, description="/metrics needs no session; default: on loopback")


class RetentionSettings(_Model):
    """How long things are kept."""

    trash_minutes: int = Field(default=60, ge=1, le=10_080)
    operations_days: int = Field(default=30, ge=1, le=365)
    audit_days: int = Field(default=90, ge=1, le=3_650)


class LimitSettings(_Model):
    """Bounds on what one page or operation reads, and from where on a bulk action warns, asks why, or slows down."""

    page_size: int = Field(default=50, ge=1, le=200)
    scan: int = Field(default=5_000, ge=100, le=1_000_000)
    export: int = Field(default=1_000_000, ge=1, le=100_000_000, description="rows of one downloaded list")
    redis_timeout: float = Field(default=3.0, gt=0, le=60)
    reason_from: int = Field(default=1_000, ge=0, description="more jobs than this are acted on with a reason only")
    old_days: float = Field(default=7.0, gt=0, le=3_650)
    backed_up_seconds: float = Field(default=300.0, gt=0)
    backed_up_pending: int = Field(default=10_000, ge=1)
    slow_down_pending_seconds: float = Field(default=300.0, gt=0)
    slow_down_failure_rate: float = Field(default=0.5, gt=0, le=1)
    slow_down_memory: float = Field(default=0.9, gt=0, le=1, description="share of Redis' maxmemory")


class HistorySettings(_Model):
    """What is kept for charts: ten seconds for two hours, a minute for two days, ten minutes for thirty days."""

    queues: int = Field(default=200, ge=0, le=5_000, description="of a source; further ones are kept in its sum alone")


class MetricsSettings(_Model):
    """What `/metrics` gives besides the metrics of queues."""

    job_types: bool = Field(default=False, description="metrics with the job type as a label")
    most_job_types: int = Field(default=50, ge=1, le=100, description="of a queue; further ones are type other")


class RedactSettings(_Model):
    """Argument fields whose values are never shown (case-insensitive, part of the field's name)."""

    fields: tuple[str, ...] = (
        "password", "passwd", "secret", "token", "authorization", "api_key", "apikey", "private_key", "card_number",
        "cvv", "ssn",
    )  # fmt: skip


class Settings(BaseSettings):
    """Order of precedence: command line, `REDRIVE_*` (nested with `__`), the file, defaults."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="REDRIVE_", env_nested_delimiter="__", toml_file="redrive.toml"
    )

    sources: tuple[SourceSettings, ...] = ()
    store: str = Field(default="", description="Redis URL of the dashboard's own data; default: the first source's")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535)
    prefix: str = Field(default="", pattern=r"^(/[A-Za-z0-9_.~/-]*[A-Za-z0-9_.~-])?$")
    trace_url: Annotated[str, AfterValidator(checked)] = Field(default="", description="where a trace is shown")
    environment: str = Field(default="production", description="shown in the title and the navigation")
    read_only: bool = False
    auth: AuthSettings = AuthSettings()
    redact: RedactSettings = RedactSettings()
    alerts: AlertSettings = AlertSettings()
    channels: tuple[ChannelSettings, ...] = ()
    history: HistorySettings = HistorySettings()
    limits: LimitSettings = LimitSettings()
    metrics: MetricsSettings = MetricsSettings()
    retention: RetentionSettings = RetentionSettings()

    @property
    def store_url(self) -> str:
        """Redis URL of the dashboard's own data."""
        return self.store or (self.sources[0].url if self.sources else "")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(config: Path | None = None, *, redis_url: str | None = None, **overrides: Any) -> Settings:
    """Read the settings once.

    Args:
        config: a TOML file instead of `redrive.toml` in the working directory.
        redis_url: one Redis from the command line, which becomes the source `main`; without it, and when nothing
            else names a source, the environment's `REDIS_URL` does. Other kinds of queues there are to be found.
        overrides: values from the command line; None is left out.

    Raises:
        SettingsError: a key is unknown, a value is invalid, or the file cannot be read.
    """
    if config is not None and not config.is_file():
        raise SettingsError(f"{config}: no such file; write one or leave --config out")
    _refuse_unknown_variables()
    given = {key: value for key, value in overrides.items() if value is not None}
    if redis_url:
        given["sources"] = ({"name": "main", "url": redis_url, "find": True}, *given.get("sources", ()))
    loaded = _read(config or Path("redrive.toml"), given)
    if not loaded.sources and os.environ.get("REDIS_URL"):
        main = {"name": "main", "url": os.environ["REDIS_URL"], "find": True}
        loaded = _read(config or Path("redrive.toml"), given | {"sources": (main,)})
    _refuse_twins(loaded)
    return Settings.model_construct(**{name: getattr(loaded, name) for name in Settings.model_fields})


def user_data_folder() -> Path:
    """Where the user's data lives on this system."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "redrive"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "redrive"


def _read(file: Path, given: dict[str, Any]) -> Settings:
    class _FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        return _FromFile(**given)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: not valid TOML: {error}") from error
    except PydanticSettingsError as error:
        raise SettingsError(f"{error}; lists in the environment are written as JSON") from error


_OF_WORKERS = ("REDRIVE_WORKER_VERSION",)


def _refuse_unknown_variables() -> None:
    """A misspelt variable would otherwise be passed over in silence."""
    for variable in sorted(os.environ):
        if not variable.startswith("REDRIVE_"):
            continue
        key = variable.removeprefix("REDRIVE_").split("__")[0].lower()
        if key not in Settings.model_fields and variable not in _OF_WORKERS:
            raise SettingsError(f"unknown setting in the environment: {variable}{_nearest(key, Settings.model_fields)}")


def _refuse_twins(settings: Settings) -> None:
    for what, named in (("sources", settings.sources), ("channels", settings.channels)):
        names = [each.name for each in named]
        twins = sorted({name for name in names if names.count(name) > 1})
        if twins:
            raise SettingsError(f"{what}: the name {twins[0]} is given twice; every one needs a name of its own")


def _nearest(key: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"unknown setting {where}{_nearest(str(problem['loc'][-1]), _known_keys())}")
        else:
            lines.append(f"{where}: {problem['msg']}")
    return "\n".join(lines)


def _known_keys() -> set[str]:
    models: tuple[type[BaseModel], ...] = (
        Settings, SourceSettings, ChannelSettings, RuleSettings, WindowSettings, AlertSettings, AuthSettings,
        RetentionSettings, LimitSettings, HistorySettings, MetricsSettings, RedactSettings,
    )  # fmt: skip
    return {field.alias or name for model in models for name, field in model.model_fields.items()}
