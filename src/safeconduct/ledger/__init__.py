"""What happened: all tables and migrations, the facts, and the append-only log, written in one transaction.

Stores canonical text; knows no other room's classes.
"""
