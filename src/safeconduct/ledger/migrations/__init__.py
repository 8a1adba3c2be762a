"""How the metadata database became what it is, one step a file; Alembic runs them."""
