"""Kinds of source, one module each; `ingest.source` finds them by name."""
