"""A rule or channel of a page that is stored, and that this version cannot read."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from dashboard.alerts.problems import Problem, problem_of
from dashboard.alerts.validation import WrongRule
from dashboard.language import N_
from dashboard.settings import SettingsError

READING = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError, SettingsError)
"""What reading a stored text may raise, whatever it holds."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is stored under a name. problem: why it cannot be read. revision: of what is stored, to remove it."""

    name: str
    problem: Problem
    revision: str

    def __str__(self) -> str:
        """Why, in the language of who reads it."""
        return f"{self.problem.field}: {self.problem}" if self.problem.field else str(self.problem)

    @property
    def english(self) -> str:
        """Why, for what is written down."""
        return f"{self.problem.field}: {self.problem.english}" if self.problem.field else self.problem.english


def why(error: Exception) -> Problem:
    """What was wrong with a stored text."""
    if isinstance(error, ValidationError):
        return problem_of(error.errors()[0])
    if isinstance(error, WrongRule):
        return error.problem
    if isinstance(error, SettingsError):
        return Problem("", str(error))
    return Problem("", N_("what is stored is damaged"))


def another_name(name: str) -> Problem:
    """It says to have another name than it is stored under."""
    return Problem("name", N_("it calls itself %(name)s"), {"name": name[:64]})
