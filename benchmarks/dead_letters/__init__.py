"""The dead-letter desk at scale, on a real Valkey: `python -m benchmarks.dead_letters`."""
