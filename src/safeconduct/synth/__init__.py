"""Ways to make a table up.

`fit(table, rng) -> Model` and `Model.sample(n, rng)`; a fitted model is a draft. `samples` makes practice data from
nothing but a seed: no record of a real person goes in.
"""
