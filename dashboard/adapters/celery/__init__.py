"""Celery over Redis: read from messages and results, spoken to by remote control; Celery is not imported."""
