"""Releases and insights as words, pictures and pages.

Gettext catalogues, SVG maps with a table twin, HTML blocks. A block takes a `Release`, or on pages marked `insider` an
`Insight`; nothing else can be shown.
"""
