"""What people ask: one file a kind, each composing operations."""
