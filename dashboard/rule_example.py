"""What a further alert rule looks like in `redrive.toml`, for one queue or for all."""

from __future__ import annotations

import json
import re

_RULE = """[[alerts.rules]]
name = {name}
metric = "oldest_pending_seconds"
above = 300
for = "2m"
"""


def rule_example(source: str = "", queue: str = "") -> str:
    """A rule that fires when jobs wait for long, as a section of `redrive.toml`.

    Args:
        source, queue: where it watches; empty for everywhere.
    """
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", queue or "jobs")[:48]
    text = _RULE.format(name=json.dumps(f"{name}-wait"))
    where = {"source": source, "queue": queue}
    return text + "".join(f"{field} = {json.dumps(value)}\n" for field, value in where.items() if value)
