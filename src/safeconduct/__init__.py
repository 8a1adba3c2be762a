"""safeconduct: let others learn from data about people on the move, without seeing the people."""
