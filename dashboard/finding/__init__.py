"""What kinds of queues a Redis holds: found by known keys and a bounded scan, so that they need not be configured."""

from __future__ import annotations

from dashboard.finding.finder import Finder, Found
from dashboard.finding.naming import expanded, named
from dashboard.finding.signs import Sign, all_signs
from dashboard.finding.watch import Watch

__all__ = ["Finder", "Found", "Sign", "Watch", "all_signs", "expanded", "named"]
