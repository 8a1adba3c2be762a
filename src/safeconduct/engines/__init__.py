"""How a question is computed: `reference` (plain Python, slow, obviously right) and `duckdb`.

A plan becomes a draft that carries the evidence it was asked for. Engines do not round, suppress or decide.
"""
