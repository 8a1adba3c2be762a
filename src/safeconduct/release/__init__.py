"""The gate: `admit`, `decide`, `rules`, `export`.

Only `release.gate` makes a `Release`. A rule marks cells, replaces values or asks for review; it never sees a record.
"""
