"""The field's words, as data: rings of words that mean the same to whoever searches. A ring is a line; add yours."""
