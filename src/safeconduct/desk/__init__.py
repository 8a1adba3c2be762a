"""The methods on one's own files, without a site.

Writes drafts and practice data, never a release.
"""
