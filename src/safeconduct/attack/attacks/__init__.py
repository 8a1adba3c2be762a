"""What an intruder tries: one file an attack, and no attack knows another."""
