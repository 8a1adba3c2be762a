"""File formats, one a file. A format reads rows as text by declared columns; it knows no identifier and keeps none."""
