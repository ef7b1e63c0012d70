"""Server-sent events: what changed, in words that the parts of a page listen to."""
