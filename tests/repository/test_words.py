"""Every text of a page can be translated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repository.unmarked import unmarked

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
THE_SAME_EVERYWHERE = frozenset(("CSV", "JSON", "curl", "Ctrl K", "redrive.toml", "REDRIVE_", "UTC", "ms"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_has_no_text_that_is_not_marked(path: Path) -> None:
    assert unmarked(path.read_text(), THE_SAME_EVERYWHERE) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Paused</p>", ["Paused"]),
        ('<p>{{ _("Paused") }}</p>', []),
        ("<p>{{ n }} jobs</p>", ["jobs"]),
        ('<p>{{ "job" if n == 1 else "jobs" }}</p>', ["job", "jobs"]),
        ('<p>{{ ngettext("%(num)s job", "%(num)s jobs", n) }}</p>', []),
        ('<b title="Who did it">{{ name }}</b>', ["Who did it"]),
        ('<b title="{{ "since" if late }}">{{ name }}</b>', ["since"]),
        ('<b class="warn {{ "strong" if late }}"></b>', []),
        ("<code>redrive serve</code>", []),
        ('{{ st("good", "Done") }}', ["Done"]),
        ('{{ st("good", _("Done")) }}', []),
        ('<a {{ key("purge", "Purge it") }}>{{ _("Purge") }}</a>', ["Purge it"]),
        ('{% set label = "Filter jobs" %}', ["Filter jobs"]),
        ("{% if late %}late{% endif %}", ["late"]),
    ],
)
def test_unmarked_text_is_found_wherever_it_stands(source: str, found: list[str]) -> None:
    assert unmarked(source) == found
