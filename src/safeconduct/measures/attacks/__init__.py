"""How well somebody guesses who holds what was released: estimators and the attacks that are only statistics.

Pure: what was released, what the attacker knows and the truth to judge by in; a share with its confidence interval out.
Every result is about a game with a stated chance: an attack that does no better than chance learnt nothing. Randomness
is the attacker's own and is handed in; no result carries a record, a person or an unreleased count.
"""
