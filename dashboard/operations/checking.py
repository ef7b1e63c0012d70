"""Runs every check of `dashboard.operations.warnings`; one that cannot be made says so and holds nothing up."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import structlog

from dashboard.adapters.contract import Action, AdapterError
from dashboard.discovery import modules
from dashboard.language import gettext
from dashboard.operations import warnings
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

log = structlog.get_logger("redrive.operations")


def cautions(facts: Facts) -> tuple[Caution, ...]:
    """What should be known before saying yes, the heaviest first.

    Args:
        facts: the frozen selection and its sources. Only a requeue is checked: its jobs run again.
    """
    found = [Caution("left_out", text) for text in facts.selection.warnings]
    if facts.action == Action.REQUEUE and facts.selection.matched:
        found += [caution for module in modules(warnings) for caution in _checked(module, facts)]
    return tuple(sorted(found, key=lambda caution: -caution.weight))


def _checked(module: ModuleType, facts: Facts) -> Iterator[Caution]:
    try:
        yield from list(module.check(facts))
    except AdapterError as error:
        yield _unchecked(module, str(error))
    except Exception as error:
        log.exception("a plan could not be checked", check=module.__name__)
        yield _unchecked(module, type(error).__name__)


def _unchecked(module: ModuleType, why: str) -> Caution:
    return Caution(
        "unchecked", gettext("Could not check %(what)s: %(why)s", what=gettext(module.WHAT), why=why), "", Weight.NOTE
    )
