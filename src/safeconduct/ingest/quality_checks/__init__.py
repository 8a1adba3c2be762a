"""What is read off the records of a day: one file a check, or a family that differs by a column; none knows another."""
