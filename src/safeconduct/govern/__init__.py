"""What is allowed: purpose, agreement, retention, licence, budget, roles, states.

Pure decisions over facts passed in: `may(...) -> Yes | No(reason)`.
"""
