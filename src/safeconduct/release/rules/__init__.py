"""Output rules: one file a rule; none knows another."""
