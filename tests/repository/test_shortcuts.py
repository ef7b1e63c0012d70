"""The table of single keys, the templates and the script name the same keys."""

from __future__ import annotations

import re
from pathlib import Path

from dashboard.shortcuts import ACTIONS, SHORTCUTS

ROOT = Path(__file__).parents[2]
TEMPLATES = "\n".join(path.read_text() for path in sorted((ROOT / "templates").rglob("*.html")))
SCRIPT = (ROOT / "static/js/keys.js").read_text()


def test_every_key_has_one_meaning() -> None:
    keys = [shortcut.key for shortcut in SHORTCUTS]
    assert len(keys) == len(set(keys))


def test_templates_name_only_keys_of_the_table() -> None:
    named = set(re.findall(r"\bkey(?:ed=|\()\"([a-z-]+)\"", TEMPLATES))
    assert named
    assert named <= {shortcut.name for shortcut in SHORTCUTS}


def test_every_key_that_is_no_action_is_answered_by_the_script_or_a_control() -> None:
    for shortcut in SHORTCUTS:
        if shortcut.group != ACTIONS:
            by_script = re.search(rf"(?:^|\s)\"?{re.escape(shortcut.key)}\"?: \[", SCRIPT)
            assert by_script or f'key("{shortcut.name}")' in TEMPLATES, shortcut.name
