"""What adapters of products without an index of failures share: a mirror of their dead letters, and bulk work over it.

A product (RQ, Celery, …) implements `product.Product`; `adapter.MirroredAdapter` makes a whole adapter of it. The
mirror is a queue of `queue_core` in the dashboard's own store, one for each queue of the product, in which every
failure lies as a dead letter: groups, filters, selections, operations, outcomes, undo and trash work the same for all.
"""
