"""Metadata standards, one a file: what other catalogues read. A standard only writes what an entry holds."""
