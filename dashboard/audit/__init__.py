"""Who changed what, and how it ended."""
