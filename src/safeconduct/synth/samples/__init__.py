"""Practice data from nothing but a seed: an invented country, invented people, and what their phones would record."""
