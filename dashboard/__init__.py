"""An operations dashboard for Redis-backed job queues."""

__version__ = "0.1.0"
