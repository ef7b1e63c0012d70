"""What should be known before a requeue: one module is one check, found by its place.

A module has `WHAT`, which completes "Could not check …", and `check(facts)`, which gives its cautions.
"""
