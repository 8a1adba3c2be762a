"""What people do.

One keyword-only function a verb: may they, do it, ledger. The only room that composes rooms; `site` is the only
composition root: it opens and hands over, never reads.
"""
