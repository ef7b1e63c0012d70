"""Where log lines go: standard error, tracebacks without the values of variables, which may be secret."""

from __future__ import annotations

import sys

import structlog


def to_stderr() -> None:
    """Set up logging of a process; call it once where the process begins."""
    coloured = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=coloured, exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
