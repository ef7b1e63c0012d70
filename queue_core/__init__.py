"""Jobs in Redis, moved only by atomic scripts."""
