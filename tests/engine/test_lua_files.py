"""What each script's file tells its reader."""

from __future__ import annotations

from importlib.resources import files

import pytest

from queue_core import scripts

MOST_LINES = 60


def _text(name: str) -> str:
    return files("queue_core").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")


def _header(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(lines[: next(i for i, line in enumerate(lines) if not line.startswith("--"))])


@pytest.mark.parametrize("name", scripts.names())
def test_a_script_says_which_keys_and_arguments_it_takes_and_what_it_returns(name: str) -> None:
    header = _header(_text(name))
    assert "KEYS[1]" in header
    assert "ARGV" in header
    assert "returns" in header


@pytest.mark.parametrize("name", [*scripts.names(), *(f"lib/{part}" for part in ("head", *scripts.LIBRARY))])
def test_a_script_fits_on_a_screen(name: str) -> None:
    assert len(_text(name).rstrip("\n").split("\n")) <= MOST_LINES


@pytest.mark.parametrize("name", scripts.names())
def test_a_script_carries_only_helpers_that_are_called(name: str) -> None:
    source = scripts.source(name)
    helpers = [line.split("(")[0].removeprefix("local function ") for line in source.split("\n")
               if line.startswith("local function ")]  # fmt: skip
    assert all(source.count(f"{helper}(") > 1 for helper in helpers)
