"""What the documentation says of a kind is what its adapter says."""

from __future__ import annotations

import re
from pathlib import Path

from dashboard.adapters import discovery

PAGE = Path(__file__).parents[2] / "docs" / "adapters.md"


def test_every_kind_stands_in_the_table_with_what_it_can_do() -> None:
    text = PAGE.read_text()
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([a-z_, ]+) \|$", text.partition("## What is found")[0], re.MULTILINE)
    documented = {kind: set(listed.split(", ")) for kind, listed in rows}
    real = {kind: set(discovery.create(kind, "x", "redis://127.0.0.1:1/0", {}).capabilities().names())
            for kind in discovery.factories()}  # fmt: skip
    assert documented == real


def test_every_option_of_a_kind_is_documented() -> None:
    text = PAGE.read_text()
    assert [
        (kind, name) for kind, names in discovery.known_options().items() for name in names if f"`{name}`" not in text
    ] == []
