"""Servers that surveys are collected on; one file a kind."""
