"""What the documentation shows is there, and what is there is documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel

from dashboard.alerts.evaluator import Evaluator
from dashboard.app import create_app
from dashboard.cli import cli
from dashboard.collector.lease import Lease
from dashboard.services import build_services
from dashboard.settings import MetricsSettings, Settings, SourceSettings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def commands(group: click.Group = cli, path: str = "redrive") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        elif command:
            yield f"{path} {name}", command


def settings(model: type[BaseModel] = Settings, path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        here = f"{path}{field.alias or name}"
        inner = [each for each in (field.annotation, *get_args(field.annotation)) if is_model(each)]
        if inner:
            yield from settings(inner[0], f"{here}." if inner[0] is field.annotation else f"{here}[].")
        else:
            yield here


def is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    text = (ROOT / "docs/configuration.md").read_text()
    documented = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert sorted(documented) == sorted(settings())


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs/commands.md").read_text()
    missing = [path for path, _ in commands() if not re.search(rf"`{path}[` ]", text)]
    assert missing == []


def test_every_option_is_documented() -> None:
    text = (ROOT / "docs/commands.md").read_text()
    options = {
        option.opts[0] for _, command in commands() for option in command.params if isinstance(option, click.Option)
    }
    assert sorted(option for option in options if f"{option}`" not in text and f"{option} " not in text) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_shown_exists(page: Path) -> None:
    known = {path for path, _ in commands()} | {path.rpartition(" ")[0] for path, _ in commands()}
    shown = re.findall(r"(?:^|`)redrive ((?:[a-z]+)(?: [a-z]+)?)", page.read_text(), re.MULTILINE)
    assert [words for words in shown if not ({f"redrive {words}", f"redrive {words.split()[0]}"} & known)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_metric_is_documented_and_every_documented_one_is_exported(redis_url: str) -> None:
    services = build_services(
        Settings(sources=(SourceSettings(name="main", url=redis_url),), metrics=MetricsSettings(job_types=True))
    )
    lease = Lease(services.store)
    assert lease.renew()
    evaluator = Evaluator(services.store, services.sources, services.settings, services.clock)
    fence = lease.fence()
    assert fence
    evaluator.evaluate(fence)
    app = create_app(services.settings, services)
    exported = set(re.findall(r"^# TYPE (redrive_\w+)", app.test_client().get("/metrics").text, re.MULTILINE))
    documented = set(re.findall(r"^\| `(redrive_\w+)", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE))
    assert documented == exported
