"""Corrections of rows and descriptions before roles are confirmed: one file a correction; none knows another."""
