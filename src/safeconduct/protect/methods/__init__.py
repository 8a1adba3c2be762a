"""Treatments: one file a method; none knows another."""
