"""What may follow what: one file a machine, each one table; a move that is not in its table does not happen.

`machines()` finds every module here that has a `MACHINE`; pages, documents and tests read the same tables.
"""
