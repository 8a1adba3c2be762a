"""Secrets: derive, wrap, sign, rotate, destroy.

No other room keeps key bytes longer than the call that needed them.
"""
