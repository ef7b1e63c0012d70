"""Bounded time series of every queue in the dashboard's own store."""
