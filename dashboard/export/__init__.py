"""Whole lists as files: rows read page by page, written as they are read."""
