"""Rules for files: one file a rule; none knows another. A rule lets a file through or says why not."""
