"""Jobs of the queue `webhooks`."""

from __future__ import annotations

import json
from typing import Any

from dashboard.demo import outages
from dashboard.demo.application import app
from dashboard.demo.pace import work


@app.job("webhooks.deliver", queue="webhooks", max_retries=2, timeout=15, backoff=3)
def deliver(*, endpoint: str, event: str, payload: dict[str, Any]) -> int:
    """Tell a partner about an event."""
    answer = _post(endpoint, {"event": event, **payload})
    return int(_parse(answer)["accepted"])


@app.job("webhooks.verify", queue="webhooks", max_retries=0, timeout=15)
def verify(*, endpoint: str, challenge: str) -> str:
    """Check that a partner's address belongs to the partner."""
    answer = _parse(_post(endpoint, {"challenge": challenge}))
    if answer.get("challenge") != challenge:
        raise PermissionError(f"{endpoint} answered the challenge wrongly")
    return challenge


def _post(endpoint: str, body: dict[str, Any]) -> str:
    work(0.06)
    if "retired" in endpoint:
        raise ConnectionRefusedError(111, f"Connection refused: {endpoint}")
    if "legacy" in endpoint:
        return "<html><body><h1>It works!</h1></body></html>"
    if "flaky" in endpoint and outages.first_time(f"flaky:{body.get('order')}"):
        raise ConnectionResetError(104, f"Connection reset by peer: {endpoint}")
    wrong = "typo" in endpoint
    return json.dumps({"accepted": 1, "challenge": "none" if wrong else body.get("challenge")})


def _parse(answer: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(answer)
    return parsed
