"""Ways to run jobs in a child: one module each, with a function `serve(session)` that runs until the agent is gone."""

from __future__ import annotations

NAMES = ("process", "thread", "asyncio", "inline")
