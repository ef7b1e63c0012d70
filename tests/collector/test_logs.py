"""Log lines go to standard error and hold no values of variables."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import structlog
from dashboard.logs import to_stderr
to_stderr()
log = structlog.get_logger("redrive.test")
try:
    secret = "whsec_" + "hidden"
    raise ValueError("broken")
except ValueError:
    log.exception("it failed", channel="ops")
"""


def test_a_logged_exception_shows_where_but_not_the_values() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "it failed" in done.stderr
    assert "channel=ops" in done.stderr
    assert "ValueError: broken" in done.stderr
    assert "whsec_hidden" not in done.stderr
