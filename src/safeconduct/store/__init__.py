"""Individual-level records at rest: encrypted, by pseudonym and data-set version.

Faces, each with its own importers: `records` (ingest, engines, actions.site, actions.retention), `microdata` (ingest,
engines, actions.site), `intake` and `uploads` (ingest, actions.site), `drafts` (release, actions.site), `versions`
(names, sizes, hashes), `places` (public geography), `documents` (descriptions and plans, never a record) and `chests`
(encrypted files with random access, for whatever a room hands over to be kept). Beside the records of a data set lie,
sealed: `codes` and `epochs` (pseudonyms), `objections` (who is left out), `seen` (who was there that day), `figures`
(what was counted of days) and `pools` (papers of shares).
"""
