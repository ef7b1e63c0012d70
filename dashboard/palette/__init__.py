"""What the command palette finds: one module for each kind of entry, found by its place.

A module offers `entries(asked) -> Iterable[Command]`. Those it gives for an empty question form the first list, which
is part of every page and so must ask Redis for nothing that the page has not read already.
"""
