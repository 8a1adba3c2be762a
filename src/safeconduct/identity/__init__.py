"""Who is asking: accounts, credentials, sessions, tokens."""
