"""Sample producers and workers with jobs that look like real work and fail in the ways real work does."""
