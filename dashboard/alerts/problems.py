"""Why a rule or channel cannot be as it was written, by field and in words of whoever reads them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dashboard import language
from dashboard.language import N_, gettext
from dashboard.settings import DURATION

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_NUMBER = N_("write a number, such as 100 or 2.5")
_WHOLE = N_("write a whole number, such as 10")
_SPAN = N_("write a number and its unit, such as 90s, 5m, 2h or 1d")
_NAME = N_("use 1 to %(most)s letters, digits, dots, dashes and underscores, and no spaces")
_MOST = re.compile(r"\{1,(\d+)\}")
_SAID = {
    "missing": N_("this is missing"),
    "extra_forbidden": N_("there is no such field"),
    "string_type": N_("write a text"),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "greater_than": N_("must be more than %(gt)s"),
    "greater_than_equal": N_("must be at least %(ge)s"),
    "less_than": N_("must be less than %(lt)s"),
    "less_than_equal": N_("must be at most %(le)s"),
    "string_too_long": N_("must have at most %(max_length)s characters"),
    "literal_error": N_("must be one of %(expected)s"),
}
"""By the kind of error that pydantic names."""


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    field: as the settings file names it. text: in English, marked for translation; values: for its placeholders.
    """

    field: str
    text: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        """The sentence in the language of who reads it."""
        return gettext(self.text, **self.values)

    @property
    def english(self) -> str:
        """The sentence as settings are refused with it."""
        with language.english():
            return str(self)


def problem_of(error: ErrorDetails) -> Problem:
    """What pydantic says of one field, in plain words."""
    name = str(error["loc"][0]) if error["loc"] else ""
    context = dict(error.get("ctx", {}))
    if error["type"] == "string_pattern_mismatch":
        return _of_pattern(name, str(context.get("pattern")))
    text = _SAID.get(error["type"])
    if text is None:
        return Problem(name, N_("this is not possible: %(problem)s"), {"problem": error["msg"]})
    return Problem(name, text, context)


def _of_pattern(name: str, pattern: str) -> Problem:
    """A time, or the name of something."""
    most = _MOST.search(pattern)
    return Problem(name, _NAME, {"most": most[1]}) if most and DURATION not in pattern else Problem(name, _SPAN)
