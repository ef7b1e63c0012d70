"""An operations dashboard for Redis-backed job queues."""
