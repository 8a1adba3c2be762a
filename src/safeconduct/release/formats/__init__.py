"""File formats of an edition: one file a format; none knows another, none adds or leaves out a cell."""
