"""The same verbs over HTTP, for notebooks.

Installs without engines.
"""
