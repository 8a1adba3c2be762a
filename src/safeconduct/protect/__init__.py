"""Ways to make a table safer: frozen parameters and `apply(table, rng) -> Treated(table, account)`.

Pure. Nothing is here yet; the first methods come with microdata.
"""
