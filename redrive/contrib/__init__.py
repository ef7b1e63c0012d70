"""Hooks for applications of other queue products, three lines each: exact records of their failures."""
