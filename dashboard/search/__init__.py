"""The search: its grammar, times, known values, and what they are completed to."""
