"""Individual-level records at rest: encrypted, by pseudonym and data-set version.

Faces, each with its own importers: `records` (ingest, engines, actions.site, actions.retention), `intake` (ingest,
actions.site), `drafts` (release, actions.site), `versions` (names, sizes, hashes) and `places` (public geography).
"""
