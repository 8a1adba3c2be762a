"""What may be wrong with the rows of a data set: one file a check; none knows another, and none changes anything."""
