"""The vocabulary two rooms must share.

Days, areas, schemas, the sensitivity of every field, outcome values, errors, settings, the registry and
`Table` (which wraps Arrow). Frozen dataclasses and enums. No I/O, no clock, no randomness; imports nothing of ours.
"""
